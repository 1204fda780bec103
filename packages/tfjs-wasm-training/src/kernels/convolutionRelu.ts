import type { FusedConv2DAttrs, KernelConfig } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { arithmetic } from '../arithmetic.js';
import { composed, fallBack, wasmKernel } from '../kernel.js';
import { withBias } from './bias.js';
import type { ConvAttrs, Shape4D } from './geometry.js';

/** conv2d, a bias and ReLU, of which the last two take one pass over the maps. The bits are those of three kernels. */
export const conv2dBiasRelu = wasmKernel<'x' | 'filter' | 'bias', ConvAttrs>(
  'Conv2DBiasRelu',
  ({ inputs: { x, filter, bias }, attrs, backend }) =>
    composed(backend, (run) =>
      withBias(backend, run, { maps: run(tf.Conv2D, { x, filter }, named(attrs)), bias, relu: true }),
    ),
);

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
    const conv = named({ strides, pad, dataFormat, dilations, dimRoundingMode } as ConvAttrs);
    return composed(backend, (run) =>
      withBias(backend, run, {
        maps: run(tf.Conv2D, { x, filter }, conv),
        ...{ bias, relu: attrs.activation === 'relu' },
      }),
    );
  });
}

const named = (attrs: ConvAttrs) => attrs as unknown as tf.NamedAttrMap;
