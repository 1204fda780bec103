import type { KernelConfig, MaxPoolGradAttrs, ResizeNearestNeighborGradAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { addressesOf, composed, fallBack, valuesOf, wasmKernel } from '../kernel.js';
import { simdOf } from '../simd.js';
import { axesOf, inputTaps, type Shape4D } from './geometry.js';

/**
 * Gradient of maxPool: each output passes its gradient to the first maximum of its window. (The stock kernel starts
 * its search for the maximum at zero, so a window of negative values passes nothing.)
 */
export const maxPoolGrad = wasmKernel<'dy' | 'input', MaxPoolGradAttrs>(
  tf.MaxPoolGrad,
  ({ inputs: { dy, input }, attrs, backend }) => {
    const info = tf.backend_util.computePool2DInfo(
      input.shape as Shape4D,
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const { height, width } = axesOf(info);
    const dx = backend.makeOutput(input.shape, 'float32');
    valuesOf(backend, dx).fill(0);
    const simd = simdOf(backend);
    const [inputAt, dyAt, dxAt] = addressesOf(backend, input, dy, dx);
    const pixel = info.inChannels * 4;
    const across = Array.from({ length: width.output }, (_, column) => inputTaps(width, column));
    let window = 0;
    for (let image = 0; image < info.batchSize; image++) {
      for (let row = 0; row < height.output; row++) {
        const down = inputTaps(height, row);
        for (const along of across) {
          const corner = ((image * height.input + down.from) * width.input + along.from) * pixel;
          const sizes = [info.inChannels, down.count, along.count, width.input * pixel];
          simd.loop('MaxPoolGrad', inputAt + corner, dxAt + corner, dyAt + window * pixel, ...sizes);
          window++;
        }
      }
    }
    return dx;
  },
);

/** Gradient of nearest-neighbor upsampling by a whole factor: the sum of each block, as an average pool times its size. */
export function resizeNearestNeighborGrad(stock: KernelConfig): KernelConfig {
  return wasmKernel<'images' | 'dy', ResizeNearestNeighborGradAttrs>(tf.ResizeNearestNeighborGrad, (args) => {
    const { inputs, attrs, backend } = args;
    const [, height, width] = inputs.images.shape as Shape4D;
    const [, outHeight, outWidth] = inputs.dy.shape as Shape4D;
    const block: [number, number] = [outHeight / height, outWidth / width];
    if (attrs.alignCorners || !block.every(Number.isInteger)) return fallBack(stock, args);
    return composed(backend, (run, own) => {
      const average = run(tf.AvgPool, { x: inputs.dy }, { filterSize: block, strides: block, pad: 'valid' });
      const size = own(backend.makeOutput([], 'float32', undefined, Float32Array.of(block[0] * block[1])));
      return run(tf.Multiply, { a: average, b: size });
    });
  });
}
