import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { adamLoop } from './adamLoop.js';
import { type Arithmetic, arithmetic } from './arithmetic.js';
import { type Access, assemble, FunctionBuilder, type Operator, types } from './assembler.js';
import { type Contraction, contractionFunctions, contractor, type Layout } from './contraction.js';
import { copyRows, pack } from './copyLoops.js';
import { nearestLoops } from './nearestLoops.js';
import { patchLoops } from './patchLoops.js';
import { averagePoolGradient, poolGradient, poolGradientByFours } from './poolLoops.js';
import { reluLoops } from './reluLoops.js';
import { type Calls, PARAMETERS, startThreads, type Threads, threads } from './threads.js';
import { transformLoops } from './transformLoops.js';

/** The SIMD functions of this package, instantiated on the memory in which the wasm backend keeps its tensors. */
export interface Simd {
  contract(layout: Layout, nest: Contraction): void;
  /** Runs one of the loops below. */
  loop(name: string, ...parameters: number[]): void;
  /** The same loops, not for tasks of `parallel`. To call one takes less time, which counts where it runs for less than a microsecond. */
  loops: Calls;
  /**
   * Runs `task` for each index below `count`: on all threads, in any order, if that is worth it. A task may call nothing but
   * `contract` and `loop` with whole numbers, whose calls are made later, and must not read what another one writes.
   *
   * @param operations number of multiplications of all tasks together; a value that is read and stored takes as long as four
   */
  parallel(count: number, operations: number, task: (index: number) => void): void;
  /** Cuts a length into parts for `parallel`, of whole units but for the last one: a single part on one thread. */
  shares(length: number, unit: number): Share[];
  /** Number of threads that `parallel` uses. */
  threads: number;
  /** Fills floats from an address on with zeros. */
  clear(at: number, count: number): void;
  /** The memory as whole numbers. An allocation may move it. */
  integers(): Int32Array;
  /** The memory as floats. An allocation may move it. */
  floats(): Float32Array;
  /** Address of a constant 1. */
  one: number;
}

export interface Share {
  from: number;
  size: number;
}

const instances = new WeakMap<BackendWasm, Record<string, Simd>>();

/** Operations from which on threads gain time: those of some 100 µs. */
const WORTH_THREADS = 1 << 21;

/** Parts for each thread, so that those which are done early take more. */
const SHARES = 2;

/** True if WebAssembly knows 128-bit vectors on this machine. */
export function simdWorks(): boolean {
  works ??= WebAssembly.validate(assemble(reluLoops(), false));
  return works;
}

let works: boolean | undefined;

/**
 * Returns the functions for this backend in the arithmetic and on the threads in use; the first call makes them.
 *
 * @throws Error if the backend does not expose its memory
 */
export function simdOf(backend: BackendWasm): Simd {
  const made = instances.get(backend) ?? {};
  instances.set(backend, made);
  const use = `${arithmetic()} ${threads()}`;
  made[use] ??= instantiate(backend);
  return made[use];
}

function instantiate(backend: BackendWasm): Simd {
  const module = backend.wasm as unknown as EmscriptenModule;
  const memory = module.wasmMemory ?? module.asm?.memory;
  if (!memory) {
    throw new Error('The wasm backend does not expose its memory, so its training kernels cannot run.');
  }
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const binary = new WebAssembly.Module(assemble(functions(arithmetic()), shared));
  const { exports } = new WebAssembly.Instance(binary, { env: { memory } });
  const one = module._malloc(4) >>> 0;
  module.HEAPF32[one / 4] = 1;
  const crew = shared && threads() > 1 ? startThreads(binary, memory, exports) : undefined;
  return {
    loops: exports as Calls,
    ...(crew === undefined ? onOneThread(exports as Calls) : onThreads(crew, exports as Calls)),
    one,
    ...views(module),
  };
}

function views(module: EmscriptenModule): Pick<Simd, 'clear' | 'integers' | 'floats'> {
  return {
    clear: (at, count) => module.HEAPF32.fill(0, at / 4, at / 4 + count),
    integers: () => module.HEAP32,
    floats: () => module.HEAPF32,
  };
}

/** What depends on the number of threads. */
type Runs = Pick<Simd, 'contract' | 'loop' | 'parallel' | 'shares' | 'threads'>;

function onOneThread(calls: Calls): Runs {
  return {
    contract: contractor(calls),
    loop: (name, ...parameters) => calls[name]!(...parameters),
    parallel(count, _, task) {
      for (let index = 0; index < count; index++) task(index);
    },
    shares: (length) => [{ from: 0, size: length }],
    threads: 1,
  };
}

function onThreads(crew: Threads, calls: Calls): Runs {
  const now = onOneThread(calls);
  const later = onOneThread(crew.notes);
  let current = now;
  return {
    contract: (layout, nest) => current.contract(layout, nest),
    loop(name, ...parameters) {
      if (current === later && !(parameters.length <= PARAMETERS && parameters.every(Number.isInteger))) {
        throw new Error(`A task for threads takes whole numbers, ${PARAMETERS} at most: ${name}`);
      }
      current.loop(name, ...parameters);
    },
    parallel(count, operations, task) {
      if (count < 2 || operations < WORTH_THREADS || current === later) {
        return now.parallel(count, operations, task);
      }
      crew.forget();
      current = later;
      try {
        for (let index = 0; index < count; index++) {
          task(index);
          crew.endTask();
        }
        crew.run();
      } finally {
        current = now;
      }
    },
    shares(length, unit) {
      const size = unit * Math.ceil(length / unit / (SHARES * threads()));
      return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
        from: index * size,
        size: Math.min(size, length - index * size),
      }));
    },
    threads: threads(),
  };
}

/** Members of Emscripten's module object that its declared type lacks. */
interface EmscriptenModule {
  asm?: { memory?: WebAssembly.Memory };
  wasmMemory?: WebAssembly.Memory;
  _malloc(bytes: number): number;
  HEAP32: Int32Array;
  HEAPF32: Float32Array;
}

function functions(arithmetic: Arithmetic): FunctionBuilder[] {
  const fused = arithmetic === 'fma';
  return [
    ...contractionFunctions(fused),
    ...loopFunctions(),
    ...transformLoops(fused),
    ...nearestLoops(fused),
  ];
}

/** Loops over float elements, by kernel: the operator, and how the result is stored (a comparison gives a byte). */
const binaryLoops: Record<string, [Operator, Access]> = {
  Equal: ['f32.eq', 'i32.store8'],
  NotEqual: ['f32.ne', 'i32.store8'],
  Greater: ['f32.gt', 'i32.store8'],
  GreaterEqual: ['f32.ge', 'i32.store8'],
  Less: ['f32.lt', 'i32.store8'],
  LessEqual: ['f32.le', 'i32.store8'],
  Maximum: ['f32.max', 'f32.store'],
  Minimum: ['f32.min', 'f32.store'],
};

/** Names of the kernels that have a loop, and the type of their result. */
export const binaryKernels = Object.entries(binaryLoops).map(([name, [, store]]) => ({
  name,
  dtype: store === 'i32.store8' ? ('bool' as const) : ('float32' as const),
}));

function loopFunctions(): FunctionBuilder[] {
  const binaries = Object.entries(binaryLoops).map(([name, [operator, store]]) =>
    binary(name, operator, store),
  );
  return [
    ...binaries,
    select(),
    pack(),
    copyRows(),
    averagePoolGradient(),
    poolGradient(),
    poolGradientByFours(),
    adamLoop(),
    ...patchLoops(),
    ...reluLoops(),
  ];
}

/** (a, b, out, count, aStep, bStep): addresses, and strides in bytes, which are 0 for a single number. */
function binary(name: string, operator: Operator, store: Access): FunctionBuilder {
  const code = new FunctionBuilder(name, Array(6).fill(types.i32));
  const [a, b, out, count, aStep, bStep] = [0, 1, 2, 3, 4, 5] as const;
  return code.repeat(count, () => {
    code.get(out).get(a).memory('f32.load').get(b).memory('f32.load').op(operator).memory(store);
    code
      .advance(a, aStep)
      .advance(b, bStep)
      .skip(out, store === 'i32.store8' ? 1 : 4);
  });
}

/** (condition, t, e, out, count): addresses; a condition is one byte. */
function select(): FunctionBuilder {
  const code = new FunctionBuilder('Select', Array(5).fill(types.i32));
  const [condition, t, e, out, count] = [0, 1, 2, 3, 4] as const;
  return code.repeat(count, () => {
    code.get(out).get(t).memory('f32.load').get(e).memory('f32.load');
    code.get(condition).memory('i32.load8_u').op('select').memory('f32.store');
    code.skip(condition, 1).skip(t, 4).skip(e, 4).skip(out, 4);
  });
}
