import type { KernelConfig } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { batchMatMul } from './batchMatMul.js';
import { conv2d } from './conv2d.js';
import { conv2dBackpropFilter } from './conv2dBackpropFilter.js';
import { conv2dBackpropInput } from './conv2dBackpropInput.js';
import { depthToSpace } from './depthToSpace.js';
import { elementwise } from './elementwise.js';
import { cast, identity } from './identity.js';
import { maxPoolGrad } from './maxPoolGrad.js';
import { resizeNearestNeighborGrad } from './resizeNearestNeighborGrad.js';
import { select } from './select.js';
import { simdWorks } from './simd.js';
import { sum } from './sum.js';
import { tile } from './tile.js';

const additions: readonly KernelConfig[] = [conv2dBackpropFilter, conv2dBackpropInput, identity, maxPoolGrad];
/** These hand the cases that they are not better at to the kernel that they replace. */
const wrappers = {
  [tf.BatchMatMul]: batchMatMul,
  [tf.Cast]: cast,
  [tf.Conv2D]: conv2d,
  [tf.DepthToSpace]: depthToSpace,
  [tf.ResizeNearestNeighborGrad]: resizeNearestNeighborGrad,
  [tf.Select]: select,
  [tf.Sum]: sum,
  [tf.Tile]: tile,
  ...elementwise,
};
let registered = false;

/**
 * Gives the wasm backend the kernels that training needs and it lacks (the filter gradient), has wrong (the gradient
 * of maxPool) or has slow. Call it after importing `@tensorflow/tfjs-backend-wasm`; later calls do nothing.
 * Where WebAssembly has no SIMD (browsers before 2023) the stock kernels stay: inference works there, training a
 * convolution does not.
 */
export function registerWasmKernels(): void {
  if (registered || !simdWorks()) return;
  registered = true;
  for (const kernel of additions) replace(kernel);
  for (const [name, wrap] of Object.entries(wrappers)) replace(wrap(tf.getKernel(name, 'wasm')));
}

function replace(kernel: KernelConfig): void {
  const stock = tf.getKernel(kernel.kernelName, 'wasm');
  if (stock) tf.unregisterKernel(kernel.kernelName, 'wasm');
  // The stock set-up binds the compiled function, which a wrapper may still call.
  tf.registerKernel(stock?.setupFunc ? { ...kernel, setupFunc: stock.setupFunc } : kernel);
}
