import type { KernelConfig, ResizeNearestNeighborGradAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { composed, fallBack, wasmKernel } from './kernel.js';

/** Gradient of nearest-neighbour upsampling by a whole factor: the sum of each block, as a pool of averages. */
export function resizeNearestNeighborGrad(stock: KernelConfig): KernelConfig {
  return wasmKernel<'images' | 'dy', ResizeNearestNeighborGradAttrs>(tf.ResizeNearestNeighborGrad, (args) => {
    const { inputs, attrs, backend } = args;
    const [, height, width] = inputs.images.shape as [number, number, number, number];
    const [, outHeight, outWidth] = inputs.dy.shape as [number, number, number, number];
    const block: [number, number] = [outHeight / height, outWidth / width];
    if (attrs.alignCorners || !block.every(Number.isInteger)) return fallBack(stock, args);
    return composed(backend, (run, own) => {
      const average = run(tf.AvgPool, { x: inputs.dy }, { filterSize: block, strides: block, pad: 'valid' });
      const size = own(backend.makeOutput([], 'float32', undefined, Float32Array.of(block[0] * block[1])));
      return run(tf.Multiply, { a: average, b: size });
    });
  });
}
