import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressesOf, composed, type KernelArgs, wasmKernel } from '../kernel.js';
import { simdOf } from '../simd.js';
import type { ConvAttrs } from './geometry.js';

/** conv2d, a bias and ReLU, of which the last two take one pass over the maps. The bits are those of three kernels. */
export const conv2dBiasRelu = wasmKernel<'x' | 'filter' | 'bias', ConvAttrs>(
  'Conv2DBiasRelu',
  ({ inputs: { x, filter, bias }, attrs, backend }) =>
    composed(backend, (run) => {
      const maps = run(tf.Conv2D, { x, filter }, attrs as unknown as tf.NamedAttrMap);
      const channels = maps.shape[3]!;
      const count = tf.util.sizeFromShape(maps.shape);
      if (channels % 4 > 0 || count === 0) return run(tf.Relu, { x: run(tf.Add, { a: maps, b: bias }) });
      const [mapsAt, biasAt] = addressesOf(backend, maps, bias);
      simdOf(backend).loop('BiasRelu', mapsAt, biasAt, count / channels, channels / 4);
      return maps;
    }),
);

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
  simdOf(backend).loop('ReluGradient', ...addressesOf(backend, dy, y, dx), count / 4);
  return dx;
}
