import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type {
  Conv2DBackpropInputAttrs,
  FusedConv2DAttrs,
  KernelConfig,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { arithmetic } from '../arithmetic.js';
import { composed, fallBack, wasmKernel } from '../kernel.js';
import { type Bias, withBias } from './bias.js';
import { backToInputInBlocks, convolveInBlocks } from './convolution.js';
import { type ConvAttrs, convInfo, type Shape4D } from './geometry.js';

/** conv2d, a bias and ReLU. The bits are those of three kernels. */
export const conv2dBiasRelu = wasmKernel<'x' | 'filter' | 'bias', ConvAttrs>(
  'Conv2DBiasRelu',
  ({ inputs: { x, filter, bias }, attrs, backend }) =>
    convolveWithBias(backend, { x, filter, attrs }, { values: bias, relu: true }),
);

/** conv2dTranspose to `inputShape`, a bias and ReLU. The bits are those of three kernels. */
export const conv2dTransposeBiasRelu = wasmKernel<
  'x' | 'filter' | 'bias',
  Conv2DBackpropInputAttrs & ConvAttrs
>('Conv2DTransposeBiasRelu', ({ inputs: { x: dy, filter, bias: values }, attrs, backend }) => {
  const bias = { values, relu: true };
  const info = convInfo(attrs.inputShape, filter.shape, attrs);
  const whole = backToInputInBlocks(backend, info, { dy, filter, bias });
  if (whole) return whole;
  return composed(backend, (run) =>
    withBias(backend, run, run(tf.Conv2DBackpropInput, { dy, filter }, named(attrs)), bias),
  );
});

/**
 * conv2d with bias and activation. Only in `fma`, as it gives other bits than the stock kernel. Convolutions of single pixels and
 * other activations than ReLU stay with that.
 */
export function fusedConv2d(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x' | 'filter' | 'bias', FusedConv2DAttrs>(tf.FusedConv2D, (args) => {
    const { inputs, attrs, backend } = args;
    const { x, filter, bias } = inputs;
    const [height, width, , channels] = filter.shape as Shape4D;
    const wide = height * width > 1;
    const known = attrs.activation === 'linear' || attrs.activation === 'relu';
    const ours = wide && known && bias !== undefined && tf.util.sizeFromShape(bias.shape) === channels;
    if (!ours || arithmetic() === 'plain') return fallBack(stock, args);
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
    const conv = { strides, pad, dataFormat, dilations, dimRoundingMode } as ConvAttrs;
    return convolveWithBias(
      backend,
      { x, filter, attrs: conv },
      { values: bias, relu: attrs.activation === 'relu' },
    );
  });
}

/** conv2d and a bias: in one pass over the maps, or in two. */
function convolveWithBias(
  backend: BackendWasm,
  { x, filter, attrs }: { x: TensorInfo; filter: TensorInfo; attrs: ConvAttrs },
  bias: Bias,
): TensorInfo {
  const whole = convolveInBlocks(backend, convInfo(x.shape, filter.shape, attrs), { x, filter, bias });
  if (whole) return whole;
  return composed(backend, (run) =>
    withBias(backend, run, run(tf.Conv2D, { x, filter }, named(attrs)), bias),
  );
}

const named = (attrs: ConvAttrs) => attrs as unknown as tf.NamedAttrMap;
