import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Arithmetic, chooseArithmetic } from './arithmetic.js';
import { adamStep } from './kernels/adamStep.js';
import { add, biasReluGrad, fusedMatMul, reluGrad } from './kernels/bias.js';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput } from './kernels/convolution.js';
import { conv2dBiasRelu, conv2dTransposeBiasRelu, fusedConv2d } from './kernels/convolutionRelu.js';
import { cast, depthToSpace, identity, tile } from './kernels/copies.js';
import { comparisonsAndExtremes, select } from './kernels/elementwise.js';
import { nearestRows } from './kernels/nearestRows.js';
import { avgPoolGrad, maxPoolGrad, resizeNearestNeighborGrad } from './kernels/pooling.js';
import { batchMatMul, sum } from './kernels/products.js';
import { registerBiasReluGradients, useReluGrad } from './reluGradient.js';
import { simdOf, simdWorks } from './simd.js';
import { chooseThreads } from './threads.js';

/** Kernels that replace the stock kernel in every case, or that have no stock kernel. */
const complete: readonly KernelConfig[] = [
  adamStep,
  biasReluGrad,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv2dBiasRelu,
  conv2dTransposeBiasRelu,
  identity,
  maxPoolGrad,
  nearestRows,
  reluGrad,
];

/** Kernels that call the stock kernel in the cases that they do not improve. */
const wrappers: Readonly<Record<string, (stock: KernelConfig) => KernelConfig>> = {
  [tf._FusedMatMul]: fusedMatMul,
  [tf.Add]: add,
  [tf.AvgPoolGrad]: avgPoolGrad,
  [tf.BatchMatMul]: batchMatMul,
  [tf.Cast]: cast,
  [tf.Conv2D]: conv2d,
  [tf.DepthToSpace]: depthToSpace,
  [tf.FusedConv2D]: fusedConv2d,
  [tf.ResizeNearestNeighborGrad]: resizeNearestNeighborGrad,
  [tf.Select]: select,
  [tf.Sum]: sum,
  [tf.Tile]: tile,
  ...comparisonsAndExtremes,
};

/** Names of the kernels that {@link register} adds or replaces. */
export const kernelNames: readonly string[] = [
  ...complete.map(({ kernelName }) => kernelName),
  ...Object.keys(wrappers),
].sort();

/** Marks our kernels in TensorFlow.js's registry, which is global: another copy of this package sees the mark too. */
const MARK = Symbol.for('tfjs-wasm-training');

/** True if the platform has WebAssembly with 128-bit vectors, which the kernels need. Browsers have them since 2023. */
export function isSupported(): boolean {
  return simdWorks();
}

export interface RegisterOptions {
  /** How sums of products are computed. Default: as before, which at first is `fma` where the engine has it, else `plain`. */
  readonly arithmetic?: Arithmetic;
  /**
   * Number of threads for the kernels here that have enough work for several. They need Node, and a backend loaded by
   * {@link onSharedMemory}. Results do not depend on it. Default: as before, which at first is 1.
   */
  readonly threads?: number;
}

/**
 * Gives the wasm backend the kernels that training needs and that it lacks (the filter gradient of a convolution),
 * computes wrongly (the gradient of maxPool) or computes slowly. Import `@tensorflow/tfjs-backend-wasm` first. Kernels
 * that are registered already stay, so further calls change nothing but the arithmetic and the number of threads.
 *
 * Where {@link isSupported} is false it does nothing: the stock kernels stay, inference works, and training a
 * convolution does not.
 *
 * @throws Error if the stock kernels are missing, or if wasm is the current backend and does not expose its memory
 */
export function register(options: RegisterOptions = {}): void {
  if (!isSupported()) return;
  if (options.arithmetic !== undefined) chooseArithmetic(options.arithmetic);
  if (options.threads !== undefined) chooseThreads(options.threads);
  if (!tf.getKernel(tf.Conv2D, 'wasm')) {
    throw new Error('There are no wasm kernels yet: import @tensorflow/tfjs-backend-wasm before register().');
  }
  // Fails here rather than in the middle of a training.
  if (tf.getBackend() === 'wasm') simdOf(tf.backend() as BackendWasm);
  useReluGrad();
  registerBiasReluGradients();
  for (const kernel of complete) replace(kernel.kernelName, () => kernel);
  for (const [name, wrap] of Object.entries(wrappers)) replace(name, wrap);
}

/** Number of threads that the kernels here use: 1 where memory is not shared, or wasm is not the current backend. */
export function threads(): number {
  return tf.getBackend() === 'wasm' && isSupported() ? simdOf(tf.backend() as BackendWasm).threads : 1;
}

function replace(name: string, wrap: (stock: KernelConfig) => KernelConfig): void {
  const stock: KernelConfig | undefined = tf.getKernel(name, 'wasm');
  if (stock && MARK in stock) return;
  const kernel = { ...wrap(stock as KernelConfig), [MARK]: true };
  if (stock) tf.unregisterKernel(name, 'wasm');
  // The stock setup binds the compiled function, which a wrapper may still call.
  tf.registerKernel(stock?.setupFunc ? { ...kernel, setupFunc: stock.setupFunc } : kernel);
}
