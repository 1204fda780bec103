import type {
  AvgPoolGradAttrs,
  KernelConfig,
  MaxPoolGradAttrs,
  ResizeNearestNeighborGradAttrs,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addressesOf, composed, fallBack, valuesOf, wasmKernel } from '../kernel.js';
import { simdOf } from '../simd.js';
import { type Axis, axesOf, inputTaps, type Shape4D } from './geometry.js';

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
    const byFours = info.inChannels % 4 === 0;
    const across = linesOf(width, byFours);
    simd.parallel(info.batchSize, 4 * tf.util.sizeFromShape(input.shape), (image) => {
      for (let row = 0; row < height.output; row++) {
        const down = inputTaps(height, row);
        for (const { column, from, count, windows } of across) {
          const corner = ((image * height.input + down.from) * width.input + from) * pixel;
          const window = (image * height.output + row) * width.output + column;
          const addresses = [inputAt + corner, dxAt + corner, dyAt + window * pixel];
          const sides = [down.count, count, width.input * pixel];
          if (byFours) {
            const steps = [pixel, width.stride * pixel];
            simd.loop('MaxPoolGradByFours', ...addresses, windows, info.inChannels / 4, ...sides, ...steps);
          } else {
            simd.loop('MaxPoolGrad', ...addresses, info.inChannels, ...sides);
          }
        }
      }
    });
    return dx;
  },
);

/** Windows in a line, one stride apart and of the same width. */
interface Line {
  /** Column of the first in the output. */
  column: number;
  /** Where the first begins in the input. */
  from: number;
  /** Width of each. */
  count: number;
  windows: number;
}

/** Returns the windows of a row: together if they are alike and `joined`, else each on its own. */
function linesOf(width: Axis, joined: boolean): Line[] {
  const lines: Line[] = [];
  for (let column = 0; column < width.output; column++) {
    const { from, count } = inputTaps(width, column);
    const line = lines.at(-1);
    const follows = line?.count === count && from === line.from + line.windows * width.stride;
    if (joined && line && follows) line.windows++;
    else lines.push({ column, from, count, windows: 1 });
  }
  return lines;
}

/** Gradient of avgPool, where windows tile the images and channels come in fours: each output shares its gradient evenly. */
export function avgPoolGrad(stock: KernelConfig): KernelConfig {
  return wasmKernel<'dy' | 'input', AvgPoolGradAttrs>(tf.AvgPoolGrad, (args) => {
    const { inputs, attrs, backend } = args;
    const { dy, input } = inputs;
    const shape = input.shape as Shape4D;
    const info = tf.backend_util.computePool2DInfo(shape, attrs.filterSize, attrs.strides, 1, attrs.pad);
    const tiles = Object.values(axesOf(info)).every(
      ({ input, output, kernel, stride }) => stride === kernel && input === output * kernel,
    );
    if (!tiles || info.inChannels % 4 !== 0 || dy.dtype !== 'float32') return fallBack(stock, args);
    const dx = backend.makeOutput(shape, 'float32');
    const { filterHeight: down, filterWidth: along, outHeight, outWidth, inChannels } = info;
    const [dyAt, dxAt] = addressesOf(backend, dy, dx);
    const rows = info.batchSize * outHeight;
    const sizes = [rows, down, outWidth, along, inChannels / 4];
    simdOf(backend).loop('AvgPoolGrad', dyAt, dxAt, ...sizes, 1 / (down * along));
    return dx;
  });
}

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
