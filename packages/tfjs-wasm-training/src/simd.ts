import type { TensorInfo } from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { BackendError } from '../../../src/core/errors.js';
import { assemble } from './assembler.js';
import { type Contraction, contractionFunctions, contractor } from './contraction.js';
import type { Layout } from './contractionTile.js';
import { loopFunctions } from './loops.js';

/** Our own SIMD functions, instantiated on the memory in which the wasm backend keeps its tensors. */
export interface Simd {
  contract(layout: Layout, nest: Contraction): void;
  /** Runs one of the loops of loops.ts. */
  loop(name: string, ...parameters: number[]): void;
  /** Address of a constant 1. */
  one: number;
}

/** What Emscripten leaves on its module object beyond the declared types. */
interface EmscriptenModule {
  asm?: { memory?: WebAssembly.Memory };
  wasmMemory?: WebAssembly.Memory;
  _malloc(bytes: number): number;
  HEAPF32: Float32Array;
}

const instances = new WeakMap<BackendWasm, Simd>();

/** Whether this machine can run the functions: whether its WebAssembly knows 128-bit vectors. */
export function simdWorks(): boolean {
  return WebAssembly.validate(assemble(functions(), false));
}

/** The functions for this backend, made at the first call. */
export function simdOf(backend: BackendWasm): Simd {
  const known = instances.get(backend);
  if (known) return known;
  const module = moduleOf(backend);
  const memory = module.wasmMemory ?? module.asm?.memory;
  if (!memory) {
    throw new BackendError(
      'The wasm backend does not expose its memory, so its training kernels cannot run.',
      {
        hint: 'Use the @tensorflow/tfjs-backend-wasm release that this package depends on, or another backend.',
      },
    );
  }
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const binary = new WebAssembly.Module(assemble(functions(), shared));
  const { exports } = new WebAssembly.Instance(binary, { env: { memory } });
  const one = module._malloc(4) >>> 0;
  module.HEAPF32[one / 4] = 1;
  const simd: Simd = {
    contract: contractor(exports),
    loop: (name, ...parameters) => (exports[name] as (...parameters: number[]) => void)(...parameters),
    one,
  };
  instances.set(backend, simd);
  return simd;
}

/** Where the backend keeps the tensor's values, in bytes. Stable until the tensor is disposed. */
export function addressOf(backend: BackendWasm, tensor: TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId);
}

/** The tensor's values in place. Any allocation may move the heap, so take the view after the last one. */
export function valuesOf(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

function moduleOf(backend: BackendWasm): EmscriptenModule {
  return backend.wasm as unknown as EmscriptenModule;
}

function functions() {
  return [...contractionFunctions(), ...loopFunctions()];
}
