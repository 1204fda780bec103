import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../core/errors.js';
import { checkFields, checkOptionBag, checkText, oneAmong, optional, whole } from '../core/kindChecks.js';
import { type AnyBackendName, type Arithmetic, arithmetics, type BackendInfoOf } from './backendInfo.js';
import { assertKernels } from './requiredKernels.js';

/** Properties of a backend that was started. */
export type Started = Pick<BackendInfoOf<AnyBackendName>, 'threads' | 'simd' | 'arithmetic' | 'adapter'> & {
  readonly versions?: Partial<BackendInfoOf<AnyBackendName>['versions']>;
};

/**
 * URLs of the files of `@tensorflow/tfjs-backend-wasm`, of which a machine loads the one for it; or the URL of a folder
 * that holds them, with a slash at its end.
 */
export type WasmPaths =
  | string
  | Readonly<Record<'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm', string>>;

export interface BackendOptions {
  /**
   * URL of the files of `@tensorflow/tfjs-backend-wasm`. Default: in Node the folder of that package, in a browser the folder of
   * the script. With Vite:
   *
   * ```ts
   * import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
   * import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
   *
   * const wasmPaths = { 'tfjs-backend-wasm.wasm': plain, 'tfjs-backend-wasm-simd.wasm': simd };
   * await selectBackend('wasm', { wasmPaths });
   * ```
   */
  readonly wasmPaths?: WasmPaths;
  /** Arithmetic of wasm. Default: `fma` where the machine has it. */
  readonly arithmetic?: Arithmetic;
  /**
   * Threads of wasm in Node, which share convolutions and matrix products, and do not change results. Default: 1.
   */
  readonly threads?: number;
}

const wasmPathsChecks = {
  'tfjs-backend-wasm.wasm': checkText,
  'tfjs-backend-wasm-simd.wasm': checkText,
};

/** Throws a `UsageError` for options of another kind. */
export function checkBackendOptions(options: BackendOptions): void {
  const { wasmPaths, arithmetic, threads } = checkOptionBag('selectBackend', options);
  optional(oneAmong(arithmetics))('arithmetic', arithmetic, 'selectBackend');
  optional(whole(1))('threads', threads, 'selectBackend');
  if (typeof wasmPaths === 'object') checkFields('wasmPaths', wasmPaths, wasmPathsChecks);
  else optional(checkText)('wasmPaths', wasmPaths, 'selectBackend');
}

/**
 * Makes wasm the backend, with the kernels of `tfjs-wasm-training` beside the stock ones.
 *
 * @param options `wasmPaths` are found beside the package in Node
 * @throws BackendError when it does not start
 */
export async function startWasm({
  wasmPaths: paths,
  arithmetic = 'fma',
  threads = 1,
}: BackendOptions = {}): Promise<Started> {
  const [wasm, kernels] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('tfjs-wasm-training'),
  ]);
  // Its threads start from the text of a function, which minifiers break: a built page would wait for them for ever.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (paths !== undefined) wasm.setWasmPaths(typeof paths === 'string' ? paths : allFiles(paths));
  const load = () => tf.setBackend('wasm');
  if (!(await (threads > 1 ? kernels.onSharedMemory(load) : load()))) {
    throw new BackendError('WebAssembly does not start here.', { hint: 'Ask for the cpu backend instead.' });
  }
  try {
    kernels.register({ arithmetic, threads });
  } catch (cause) {
    throw new BackendError((cause as Error).message, {
      hint: 'Use the @tensorflow/tfjs-backend-wasm release that this package depends on, or another backend.',
      cause,
    });
  }
  return {
    threads: Math.max(wasm.getThreadsCount(), kernels.threads()),
    simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT').then(Boolean),
    ...(kernels.isSupported() ? { arithmetic: kernels.arithmetic() } : {}),
    versions: { wasm: wasm.version_wasm },
  };
}

/**
 * Loads gradients and chained operations of tensors. They come with all of TensorFlow.js, since Node cannot import the parts of its
 * core; the build for Node has these parts alone (`tsdown.config.ts`).
 */
export async function loadGradients(): Promise<void> {
  await import('@tensorflow/tfjs');
}

/** Throws a `BackendError` when no backend is loaded. */
export function assertBackend(): void {
  if (tf.engine().backendNames().length > 0) return;
  throw new BackendError('no backend is loaded', {
    hint: 'Call `await selectBackend()` first, or import @tensorflow/tfjs.',
  });
}

/** TensorFlow.js wants a URL of the file with threads too, though it will not load that. */
function allFiles(paths: Exclude<WasmPaths, string>) {
  return { ...paths, 'tfjs-backend-wasm-threaded-simd.wasm': paths['tfjs-backend-wasm-simd.wasm'] };
}

/** Makes plain JavaScript the backend. */
export async function startCpu(): Promise<Started> {
  await tf.setBackend('cpu');
  // Its first tensor would print an advertisement for tfjs-node.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
  return { threads: 1, simd: false };
}

/** Info on the backend that is now in use. Throws a `BackendError` when it lacks a kernel. */
export function infoOf<Name extends AnyBackendName>(
  name: Name,
  reason: string,
  { versions, ...started }: Started,
): BackendInfoOf<Name> {
  assertKernels(tf.getBackend());
  return { name, reason, ...started, versions: { tfjs: tf.version_core, ...versions } };
}
