import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../core/errors.js';

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Kernels by the work that calls them, forward and backward. */
const kernelsByUse = {
  'encoding and decoding': names(`
    Conv2D FusedConv2D Conv2DBackpropInput BatchMatMul _FusedMatMul Add Relu Sigmoid
    Reshape Transpose Slice PadV2 Concat Identity Cast Fill ZerosLike`),
  'features of photos': names('FusedConv2D FusedDepthwiseConv2D Add Mean'),
  'geometry on the sphere': names(`
    Acos ArgMin Atan2 Cos Sin Sqrt Rsqrt Square Abs Neg Sub Multiply RealDiv Sum Mean
    Maximum Minimum ClipByValue Select Tile ExpandDims Pack Unpack`),
  training: names(`
    Conv2DBackpropFilter Step AddN SplitV SquaredDifference Pow FusedBatchNorm LeakyRelu Tanh`),
  losses: names(`
    Exp Expm1 Log Log1p Max Min Softplus Equal NotEqual Greater GreaterEqual Less LessEqual
    LogicalAnd LogicalNot LogicalOr`),
  classifying: names(`
    MaxPool MaxPoolGrad AvgPool AvgPoolGrad Softmax ArgMax OneHot TopK GatherV2 Range`),
};

/** Every kernel that encoding, decoding, training, the losses and the classifiers call. */
export const requiredKernels: readonly string[] = [...new Set(Object.values(kernelsByUse).flat())].sort();

/**
 * Checks before any work begins that a backend can do it; TensorFlow.js itself fails in the middle of a training.
 *
 * @param backend name of the backend in TensorFlow.js: `wasm`, `tensorflow`, `cpu`, `webgl`
 * @throws {BackendError} naming every required kernel that is missing
 */
export function assertKernels(backend: string): void {
  const present = new Set(tf.getKernelsForBackend(backend).map((kernel) => kernel.kernelName));
  const missing = Object.entries(kernelsByUse).flatMap(([use, kernels]) => {
    const lacking = kernels.filter((kernel) => !present.has(kernel));
    return lacking.length === 0 ? [] : [`${lacking.join(', ')} (${use})`];
  });
  if (missing.length === 0) return;
  throw new BackendError(`The ${backend} backend lacks kernels: ${missing.join('; ')}.`, {
    hint: 'Choose another backend, or update @tensorflow/tfjs and its backends together.',
  });
}
