import type { MaxPoolGradAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { axesOf, inputTaps } from './geometry.js';
import { wasmKernel } from './kernel.js';
import { addressOf, simdOf, valuesOf } from './simd.js';

/**
 * Gradient of maxPool: each output passes its gradient to the first maximum of its window. (The stock kernel starts
 * its search for the maximum at zero, so a window of negative values passes nothing.)
 */
export const maxPoolGrad = wasmKernel<'dy' | 'input', MaxPoolGradAttrs>(
  tf.MaxPoolGrad,
  ({ inputs: { dy, input }, attrs, backend }) => {
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
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
    const [inputAt, dyAt, dxAt] = [input, dy, dx].map((tensor) => addressOf(backend, tensor)) as [
      number,
      number,
      number,
    ];
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
