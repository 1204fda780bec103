import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addressesOf } from '../kernel.js';
import { simdOf } from '../simd.js';

/** Attributes of {@link adamStep}. */
export interface AdamStepAttrs {
  /** Shares of the old moments that remain. */
  readonly beta1: number;
  readonly beta2: number;
  /** Learning rate with the corrections for the first steps. */
  readonly rate: number;
  /** Added to the root of the second moment. */
  readonly epsilon: number;
  /** What each variable is multiplied by: below 1 where it decays. */
  readonly keep: readonly number[];
}

/**
 * A step of Adam over all variables. Inputs are, in a list, the two moments, each of all variables end to end, and then the
 * gradient and the value of each variable. Outputs are the moments and the values after the step.
 */
export const adamStep: KernelConfig = {
  kernelName: 'AdamStep',
  backendName: 'wasm',
  kernelFunc: ((args: { inputs: TensorInfo[]; attrs: AdamStepAttrs; backend: BackendWasm }): TensorInfo[] => {
    const { inputs, attrs, backend } = args;
    const { beta1, beta2, rate, epsilon, keep } = attrs;
    const [mean, square, ...pairs] = inputs as [TensorInfo, TensorInfo, ...TensorInfo[]];
    const variables = pairs.filter((_, index) => index % 2 === 1);
    const outputs = [mean, square, ...variables].map(({ shape }) => backend.makeOutput(shape, 'float32'));
    const simd = simdOf(backend);
    const addresses = addressesOf(backend, ...pairs);
    const moments = addressesOf(backend, mean, square);
    const [newMean, newSquare, ...values] = addressesOf(backend, ...outputs) as [number, number, ...number[]];
    let before = 0;
    for (const [index, { shape }] of variables.entries()) {
      const size = tf.util.sizeFromShape(shape);
      const [gradient, variable] = addresses.slice(2 * index, 2 * index + 2) as [number, number];
      const old = moments.map((address) => address + before * 4) as [number, number];
      const made = [values[index]!, newMean + before * 4, newSquare + before * 4];
      const factors = [keep[index]!, beta1, 1 - beta1, beta2, 1 - beta2, rate, epsilon];
      simd.loop('AdamStep', gradient, variable, ...old, ...made, size >> 2, size & 3, ...factors);
      before += size;
    }
    return outputs;
  }) as unknown as KernelFunc,
};
