import { assemble, type FunctionBuilder } from 'tfjs-wasm-training/assembler';

/**
 * A loop over numbers in a working memory, for WebAssembly with 128-bit vectors and in JavaScript: both give the same bits.
 * Parameters are whole numbers: counts, and addresses and distances in bytes.
 */
export interface Loop {
  vectors(): FunctionBuilder;
  plain(memory: ArrayBuffer, ...parameters: number[]): void;
}

/** A working memory that grows as needed, and what runs loops in it. */
export interface Workspace {
  /** Values from address 0 on, at least so many. Views of before hold nothing once it has grown, and contents may be lost. */
  floats(length: number): Float32Array<ArrayBuffer>;
  run(loop: Loop, ...parameters: number[]): void;
}

const PAGE = 65_536;

/** By WebAssembly. Throws where the platform has no 128-bit vectors or forbids to compile. */
export function vectorWorkspace(): Workspace {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const functions = new Map<Loop, (...parameters: number[]) => void>();
  let view = new Float32Array(memory.buffer);
  const made = (loop: Loop) => {
    const { exports } = new WebAssembly.Instance(moduleOf(loop), { env: { memory } });
    const [run] = Object.values(exports) as [(...parameters: number[]) => void];
    functions.set(loop, run);
    return run;
  };
  return {
    floats(length) {
      if (length > view.length) {
        memory.grow(Math.ceil((length * view.BYTES_PER_ELEMENT) / PAGE) - memory.buffer.byteLength / PAGE);
        view = new Float32Array(memory.buffer);
      }
      return view;
    },
    run: (loop, ...parameters) => (functions.get(loop) ?? made(loop))(...parameters),
  };
}

const modules = new WeakMap<Loop, WebAssembly.Module>();

function moduleOf(loop: Loop): WebAssembly.Module {
  const known = modules.get(loop) ?? new WebAssembly.Module(assemble([loop.vectors()], false));
  modules.set(loop, known);
  return known;
}

/** By JavaScript. */
export function plainWorkspace(): Workspace {
  let view = new Float32Array(PAGE / Float32Array.BYTES_PER_ELEMENT);
  return {
    floats(length) {
      if (length > view.length) view = new Float32Array(length);
      return view;
    },
    run: (loop, ...parameters) => loop.plain(view.buffer, ...parameters),
  };
}

/** Memories above this size are not kept for the next use: 64 MiB. */
const KEPT = 2 ** 26;

let shared: Workspace | undefined;

/** The workspace of this thread, or one for this use alone if more than 64 MiB are asked for or WebAssembly cannot have so many. */
export function sharedWorkspace(length: number): Workspace {
  shared ??= fastestWorkspace();
  return length * Float32Array.BYTES_PER_ELEMENT <= KEPT ? shared : fastestWorkspace(length);
}

/** Just below 32 MiB, the largest array that glibc takes as a measure. */
const MEASURE = 31 * 2 ** 20;

let measured = false;

/**
 * Makes a large array and drops it. Nothing is written to it, so it takes no memory, but once it is freed, glibc keeps up to twice its
 * size of what later arrays leave (M_TRIM_THRESHOLD in mallopt(3)). Otherwise it may give all of it back to the system each time that
 * results are freed, and the next results wait for new pages, which can take longer than to compute them.
 */
function keepFreedMemory(): void {
  if (measured) return;
  measured = true;
  try {
    new ArrayBuffer(MEASURE);
  } catch {
    // There is too little memory to keep any.
  }
}

/** By WebAssembly where it works, with memory for so many values. */
export function fastestWorkspace(length = 0): Workspace {
  keepFreedMemory();
  try {
    const workspace = vectorWorkspace();
    workspace.floats(length);
    return workspace;
  } catch {
    return plainWorkspace();
  }
}

/** A copy of values in a workspace. Other ways to copy fill the new memory with zeros first. */
export const copied = (values: Float32Array<ArrayBuffer>, from: number, length: number): Float32Array =>
  new Float32Array(values.subarray(from, from + length));
