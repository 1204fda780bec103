import type { Conv2DBackpropFilterAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { axesOf, type ConvAttrs, convInfo } from './geometry.js';
import { composed, wasmKernel } from './kernel.js';
import { padImages } from './pad.js';
import { addressOf, simdOf } from './simd.js';

/** What one pass over some images may touch and still stay in a second-level cache, in bytes. */
const CACHE_BYTES = 128 * 1024;

/**
 * Gradient of conv2d for its filter: for each row of taps, the product of the input under it (taps × channels, which
 * are contiguous) with the output gradient, summed over images and positions.
 */
export const conv2dBackpropFilter = wasmKernel<'x' | 'dy', Conv2DBackpropFilterAttrs & ConvAttrs>(
  tf.Conv2DBackpropFilter,
  ({ inputs: { x, dy }, attrs, backend }) => {
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    const { inChannels, outChannels, filterHeight, filterWidth, batchSize } = info;
    const { height, width } = axesOf(info);
    return composed(backend, (_, own) => {
      const vertical = around(height);
      const horizontal = around(width);
      const needed = [...vertical, ...horizontal].some((size) => size > 0);
      const padded = needed ? own(padImages(backend, x, vertical, horizontal)) : x;
      const gradient = backend.makeOutput(attrs.filterShape, 'float32');
      const [xAt, dyAt, gradientAt] = [padded, dy, gradient].map((tensor) => addressOf(backend, tensor)) as [
        number,
        number,
        number,
      ];
      const pixel = inChannels * 4;
      const row = padded.shape[2]! * pixel;
      const image = padded.shape[1]! * row;
      const dyPixel = outChannels * 4;
      const dyImage = height.output * width.output * dyPixel;
      const block = Math.max(1, Math.floor(CACHE_BYTES / (image + dyImage)));
      const simd = simdOf(backend);
      for (let first = 0; first < batchSize; first += block) {
        for (let tap = 0; tap < filterHeight; tap++) {
          simd.contract('rows', {
            a: xAt + first * image + tap * row,
            b: dyAt + first * dyImage,
            c: gradientAt + tap * filterWidth * inChannels * dyPixel,
            rows: filterWidth * inChannels,
            columns: outChannels,
            aRow: 4,
            cRow: dyPixel,
            counts: [Math.min(block, batchSize - first), height.output, width.output],
            aSteps: [image, height.stride * row, width.stride * pixel],
            bSteps: [dyImage, width.output * dyPixel, dyPixel],
            accumulate: first > 0,
          });
        }
      }
      return gradient;
    });
  },
);

/** The zeros before and after one axis that let every tap of every output read inside it. */
function around({
  input,
  output,
  kernel,
  stride,
  padding,
}: ReturnType<typeof axesOf>['height']): [number, number] {
  return [padding, Math.max(0, (output - 1) * stride + kernel - padding - input)];
}
