import type { MaxPoolGradAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { axesOf, inputTaps } from './geometry.js';
import { wasmKernel } from './kernel.js';
import { valuesOf } from './simd.js';

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
    const channels = info.inChannels;
    const dx = backend.makeOutput(input.shape, 'float32');
    const [values, gradient, target] = [input, dy, dx].map((tensor) => valuesOf(backend, tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    target.fill(0);
    const best = new Int32Array(channels);
    let read = 0;
    for (let image = 0; image < info.batchSize; image++) {
      for (let row = 0; row < height.output; row++) {
        const down = inputTaps(height, row);
        for (let column = 0; column < width.output; column++) {
          const along = inputTaps(width, column);
          const corner = ((image * height.input + down.from) * width.input + along.from) * channels;
          for (let channel = 0; channel < channels; channel++) best[channel] = corner + channel;
          for (let y = 0; y < down.count; y++) {
            for (let x = 0; x < along.count; x++) {
              const at = corner + (y * width.input + x) * channels;
              for (let channel = 0; channel < channels; channel++) {
                if (values[at + channel]! > values[best[channel]!]!) best[channel] = at + channel;
              }
            }
          }
          for (let channel = 0; channel < channels; channel++) target[best[channel]!]! += gradient[read++]!;
        }
      }
    }
    return dx;
  },
);
