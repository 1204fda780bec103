import type { FusedConv2DAttrs, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { arithmetic } from '../arithmetic.js';
import { addressesOf, composed, fallBack, type KernelArgs, type RunKernel, wasmKernel } from '../kernel.js';
import { simdOf } from '../simd.js';
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

interface Biased {
  /** Maps that nobody else has: they may be changed in place. */
  maps: TensorInfo;
  bias: TensorInfo;
  relu: boolean;
}

function withBias(backend: BackendWasm, run: RunKernel, { maps, bias, relu }: Biased): TensorInfo {
  const channels = maps.shape[3]!;
  const count = tf.util.sizeFromShape(maps.shape);
  if (channels % 4 > 0 || count === 0) {
    const sum = run(tf.Add, { a: maps, b: bias });
    return relu ? run(tf.Relu, { x: sum }) : sum;
  }
  const [mapsAt, biasAt] = addressesOf(backend, maps, bias);
  const simd = simdOf(backend);
  const shares = simd.shares(count / channels, 1);
  simd.parallel(shares.length, count, (share) => {
    const { from, size } = shares[share]!;
    simd.loop(relu ? 'BiasRelu' : 'Bias', mapsAt + from * channels * 4, biasAt, size, channels / 4);
  });
  return maps;
}

/** The gradients of x and of the bias where `y` is ReLU of x and a bias. */
export const biasReluGrad: KernelConfig = {
  kernelName: 'BiasReluGrad',
  backendName: 'wasm',
  kernelFunc: (({ inputs: { dy, y }, backend }: KernelArgs<'dy' | 'y', object>): TensorInfo[] => {
    const dx = reluGradient(backend, dy, y);
    const axis = y.shape.slice(1).map((_, index) => index);
    const sum = tf.getKernel(tf.Sum, 'wasm').kernelFunc({ inputs: { x: dx }, attrs: { axis }, backend });
    return [dx, sum as TensorInfo];
  }) as unknown as KernelFunc,
};

function reluGradient(backend: BackendWasm, dy: TensorInfo, y: TensorInfo): TensorInfo {
  const count = tf.util.sizeFromShape(y.shape);
  if (count % 4 > 0 || count === 0) {
    return composed(backend, (run) => run(tf.Multiply, { a: dy, b: run(tf.Step, { x: y }, { alpha: 0 }) }));
  }
  const dx = backend.makeOutput(y.shape, 'float32');
  const simd = simdOf(backend);
  const addresses = addressesOf(backend, dy, y, dx);
  const shares = simd.shares(count / 4, 1);
  simd.parallel(shares.length, count, (share) => {
    const { from, size } = shares[share]!;
    simd.loop('ReluGradient', ...addresses.map((address) => address + from * 16), size);
  });
  return dx;
}
