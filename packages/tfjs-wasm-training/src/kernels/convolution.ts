import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type {
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  KernelConfig,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { arithmetic } from '../arithmetic.js';
import { addressesOf, composed, fallBack, valuesOf, wasmKernel } from '../kernel.js';
import { simdOf } from '../simd.js';
import { type Bias, biasAt } from './bias.js';
import {
  type Axis,
  axesOf,
  type ConvAttrs,
  type ConvInfo,
  convInfo,
  inputTaps,
  outputTaps,
  type Shape4D,
  type Taps,
} from './geometry.js';
import { mirrored, turned } from './mirrored.js';
import { Patches, takesPatches } from './patches.js';
import { Winograd } from './winograd.js';
import { winogradLayout } from './winogradLayout.js';

/** Rows of our tiles are images and their sums run over channels: with fewer of either they were left to the stock kernel. */
const FEWEST_IMAGES = 4;
const FEWEST_CHANNELS = 4;

/**
 * conv2d. It is faster than the stock kernel for batches: all images share one pass over the filter at each position.
 * It is also right where a stride exceeds the filter; there the stock kernel pads `same` convolutions wrongly. Small ones are
 * the stock kernel's in `plain`, which keeps the bits that it had.
 */
export function conv2d(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x' | 'filter', ConvAttrs>(tf.Conv2D, (args) => {
    const { inputs, attrs, backend } = args;
    const { x, filter } = inputs;
    const info = convInfo(x.shape, filter.shape, attrs);
    const whole = convolveInBlocks(backend, info, { x, filter });
    if (whole) return whole;
    const { height, width } = axesOf(info);
    const small = info.batchSize < FEWEST_IMAGES || info.inChannels < FEWEST_CHANNELS;
    const left = small && arithmetic() === 'plain';
    if (left && height.stride <= height.kernel && width.stride <= width.kernel) return fallBack(stock, args);
    const mirror = mirrored(info);
    if (mirror) {
      const attributes = { ...mirror.attrs, inputShape: info.outShape };
      return composed(backend, (run) =>
        run(tf.Conv2DBackpropInput, { dy: x, filter: turned(run, filter) }, attributes),
      );
    }
    const target = backend.makeOutput(info.outShape, 'float32');
    slideFilter(backend, {
      source: x,
      target,
      filter,
      vertical: { tapsAt: (row) => inputTaps(height, row), sourceStep: height.dilation, filterStep: 1 },
      horizontal: { tapsAt: (column) => inputTaps(width, column), sourceStep: width.dilation, filterStep: 1 },
    });
    return target;
  });
}

/**
 * conv2d where it is computed some images at a time, which are given a bias while they are in the cache; `undefined` for other
 * shapes. Small ones in `plain` are none of them.
 */
export function convolveInBlocks(
  backend: BackendWasm,
  info: ConvInfo,
  { x, filter, bias }: { x: TensorInfo; filter: TensorInfo; bias?: Bias },
): TensorInfo | undefined {
  const layout = winogradLayout(info);
  if (!layout && (arithmetic() === 'plain' || !takesPatches(info, 'forward'))) return undefined;
  return composed(backend, (_, own) => {
    const y = backend.makeOutput(info.outShape, 'float32');
    const pass = layout ? new Winograd(backend, own, info, layout) : new Patches(backend, own, info);
    pass.forward(...addressesOf(backend, x, filter, y), biasAt(backend, bias));
    return y;
  });
}

/** The gradient of the input where it is computed some images at a time, as {@link convolveInBlocks} does; else `undefined`. */
export function backToInputInBlocks(
  backend: BackendWasm,
  info: ConvInfo,
  { dy, filter, bias }: { dy: TensorInfo; filter: TensorInfo; bias?: Bias },
): TensorInfo | undefined {
  const layout = winogradLayout(info);
  if (!layout) return undefined;
  return composed(backend, (run, own) => {
    const swapped = run(tf.Transpose, { x: filter }, { perm: [0, 1, 3, 2] });
    const dx = backend.makeOutput(info.inShape, 'float32');
    const pass = new Winograd(backend, own, info, layout);
    pass.backToInput(...addressesOf(backend, dy, swapped, dx), biasAt(backend, bias));
    return dx;
  });
}

/** Gradient of conv2d with respect to its input, which is also conv2dTranspose: each input position sums over its taps. */
export const conv2dBackpropInput = wasmKernel<'dy' | 'filter', Conv2DBackpropInputAttrs & ConvAttrs>(
  tf.Conv2DBackpropInput,
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    const whole = backToInputInBlocks(backend, info, { dy, filter });
    if (whole) return whole;
    const { height, width } = axesOf(info);
    const mirror = mirrored(info);
    return composed(backend, (run, own) => {
      if (mirror) return run(tf.Conv2D, { x: dy, filter: turned(run, filter) }, mirror.attrs);
      if (takesPatches(info, 'backToInput')) {
        const dx = backend.makeOutput(info.inShape, 'float32');
        new Patches(backend, own, info).backToInput(...addressesOf(backend, dy, filter, dx));
        return dx;
      }
      const target = backend.makeOutput(info.inShape, 'float32');
      slideFilter(backend, {
        source: dy,
        target,
        filter: run(tf.Transpose, { x: filter }, { perm: [0, 1, 3, 2] }),
        vertical: { tapsAt: (row) => outputTaps(height, row), sourceStep: -1, filterStep: height.stride },
        horizontal: {
          tapsAt: (column) => outputTaps(width, column),
          sourceStep: -1,
          filterStep: width.stride,
        },
      });
      return target;
    });
  },
);

/** Bytes that one pass over some images may touch and still stay in a second-level cache. */
const CACHE_BYTES = 128 * 1024;

/** Columns in a line of the cache. */
const LINE = 16;

/**
 * Gradient of conv2d with respect to its filter. For each row of taps it is the product of the input under that row
 * (taps × channels, which are contiguous) with the output gradient, summed over images and positions.
 */
export const conv2dBackpropFilter = wasmKernel<'x' | 'dy', Conv2DBackpropFilterAttrs & ConvAttrs>(
  tf.Conv2DBackpropFilter,
  ({ inputs: { x, dy }, attrs, backend }) => {
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    const { inChannels, outChannels, filterHeight, filterWidth, batchSize } = info;
    const { height, width } = axesOf(info);
    const mirror = mirrored(info);
    return composed(backend, (run, own) => {
      if (mirror) {
        const attributes = { ...mirror.attrs, filterShape: mirror.filterShape };
        return turned(run, run(tf.Conv2DBackpropFilter, { x: dy, dy: x }, attributes));
      }
      const layout = winogradLayout(info);
      if (layout) {
        const dw = backend.makeOutput(attrs.filterShape, 'float32');
        new Winograd(backend, own, info, layout).backToFilter(...addressesOf(backend, x, dy, dw));
        return dw;
      }
      if (takesPatches(info, 'backToFilter')) {
        const dw = backend.makeOutput(attrs.filterShape, 'float32');
        new Patches(backend, own, info).backToFilter(...addressesOf(backend, x, dy, dw));
        return dw;
      }
      const vertical = margins(height);
      const horizontal = margins(width);
      const needed = [...vertical, ...horizontal].some((size) => size > 0);
      const padded = needed ? own(padImages(backend, x, vertical, horizontal)) : x;
      const gradient = backend.makeOutput(attrs.filterShape, 'float32');
      const [xAt, dyAt, gradientAt] = addressesOf(backend, padded, dy, gradient);
      const pixel = inChannels * 4;
      const row = padded.shape[2]! * pixel;
      const image = padded.shape[1]! * row;
      const dyPixel = outChannels * 4;
      const dyImage = height.output * width.output * dyPixel;
      const block = Math.max(1, Math.floor(CACHE_BYTES / (image + dyImage)));
      const simd = simdOf(backend);
      const parts = simd.shares(outChannels, LINE);
      const everyTap = [...Array(filterHeight).keys()];
      // Few columns leave threads without work, unless each row of taps is a task, which reads the images once more.
      const tasks = parts.flatMap((part) =>
        (parts.length < simd.threads ? everyTap.map((tap) => [tap]) : [everyTap]).map((taps) => ({
          part,
          taps,
        })),
      );
      const operations = batchSize * height.output * width.output * tf.util.sizeFromShape(gradient.shape);
      simd.parallel(tasks.length, operations, (task) => {
        const { part, taps } = tasks[task]!;
        const { from: column, size: columns } = part;
        for (let first = 0; first < batchSize; first += block) {
          for (const tap of taps) {
            simd.contract('rows', {
              a: xAt + first * image + tap * row,
              b: dyAt + first * dyImage + column * 4,
              c: gradientAt + tap * filterWidth * inChannels * dyPixel + column * 4,
              rows: filterWidth * inChannels,
              columns,
              aRow: 4,
              cRow: dyPixel,
              counts: [Math.min(block, batchSize - first), height.output, width.output],
              aSteps: [image, height.stride * row, width.stride * pixel],
              bSteps: [dyImage, width.output * dyPixel, dyPixel],
              accumulate: first > 0,
            });
          }
        }
      });
      return gradient;
    });
  },
);

/** Zeros before and after one axis with which every tap of every output reads inside it. */
type Margins = [before: number, after: number];

function margins({ input, output, kernel, stride, padding }: Axis): Margins {
  return [padding, Math.max(0, (output - 1) * stride + kernel - padding - input)];
}

/** Returns the images with zeros around. It copies row by row, while the stock kernel copies values. */
function padImages(
  backend: BackendWasm,
  x: TensorInfo,
  [top, bottom]: Margins,
  [left, right]: Margins,
): TensorInfo {
  const [images, height, width, channels] = x.shape as Shape4D;
  const out = backend.makeOutput([images, top + height + bottom, left + width + right, channels], 'float32');
  const row = width * channels;
  const outRow = (left + width + right) * channels;
  valuesOf(backend, out).fill(0);
  if (height * row === 0) return out;
  const simd = simdOf(backend);
  const [xAt, outAt] = addressesOf(backend, x, out);
  for (let image = 0; image < images; image++) {
    const from = xAt + image * height * row * 4;
    const to = outAt + ((image * (top + height + bottom) + top) * outRow + left * channels) * 4;
    simd.loop('CopyRows', from, to, height, row >> 2, row & 3, row * 4, outRow * 4);
  }
  return out;
}

/** A filter that slides over images: conv2d forward, or its gradient backward. All tensors are NHWC. */
interface SlidingFilter {
  source: TensorInfo;
  target: TensorInfo;
  /** [h, w, source channels, target channels] */
  filter: TensorInfo;
  vertical: Slide;
  horizontal: Slide;
}

/** One axis of a sliding filter: the taps of each target position, and how far one tap moves in source and filter. */
interface Slide {
  tapsAt(position: number): Taps;
  sourceStep: number;
  filterStep: number;
}

/**
 * Computes the target one position at a time, for all images of the batch together. They see the same taps there, so
 * borders need no padding, and each image is a row of one matrix product. Of few images, each is taken by itself, and the
 * positions side by side that see the same taps are the rows. Sums are added in the same order either way.
 */
function slideFilter(backend: BackendWasm, pass: SlidingFilter): void {
  const { source, target, filter, vertical, horizontal } = pass;
  const simd = simdOf(backend);
  const [images, sourceHeight, sourceWidth, sourceChannels] = source.shape as Shape4D;
  const [, targetHeight, targetWidth, targetChannels] = target.shape as Shape4D;
  const [sourceAt, filterAt, targetAt] = addressesOf(backend, source, filter, target);
  const sourcePixel = sourceChannels * 4;
  const targetPixel = targetChannels * 4;
  const tapBytes = sourceChannels * targetPixel;
  const filterRow = filter.shape[1]! * tapBytes;
  // Taps that are neighbors in both operands make one longer sum.
  const merged = horizontal.sourceStep === 1 && horizontal.filterStep === 1;
  const byImage = images < FEWEST_IMAGES;
  const across = runsOf(horizontal, targetWidth, byImage);
  const [sourceImage, targetImage] = [
    sourceHeight * sourceWidth * sourcePixel,
    targetHeight * targetWidth * targetPixel,
  ];
  const sourceSteps = [vertical.sourceStep * sourceWidth * sourcePixel, horizontal.sourceStep * sourcePixel];
  const filterSteps = [vertical.filterStep * filterRow, horizontal.filterStep * tapBytes];
  // A stride wider than the filter skips positions altogether; they hold zero.
  if (!everyPositionReads(vertical, targetHeight) || !everyPositionReads(horizontal, targetWidth)) {
    valuesOf(backend, target).fill(0);
  }

  const operations = images * targetHeight * targetWidth * tf.util.sizeFromShape(filter.shape);
  simd.parallel(targetHeight * across.length, operations, (position) => {
    const row = Math.floor(position / across.length);
    const down = vertical.tapsAt(row);
    const along = across[position % across.length]!;
    if (down.count * along.count === 0) return;
    const a = sourceAt + (down.from * sourceWidth + along.from) * sourcePixel;
    const c = targetAt + (row * targetWidth + along.column) * targetPixel;
    for (let image = 0; image < (byImage ? images : 1); image++) {
      simd.contract('sum', {
        a: a + image * sourceImage,
        b: filterAt + down.tap * filterRow + along.tap * tapBytes,
        c: c + image * targetImage,
        rows: byImage ? along.positions : images,
        columns: targetChannels,
        aRow: byImage ? along.step * sourcePixel : sourceImage,
        cRow: byImage ? targetPixel : targetImage,
        counts: merged
          ? [1, down.count, along.count * sourceChannels]
          : [down.count, along.count, sourceChannels],
        aSteps: merged ? [0, sourceSteps[0]!, 4] : [sourceSteps[0]!, sourceSteps[1]!, 4],
        bSteps: merged ? [0, filterSteps[0]!, targetPixel] : [filterSteps[0]!, filterSteps[1]!, targetPixel],
        accumulate: false,
      });
    }
  });
}

/** Positions side by side that see the same taps, each `step` further on in the source. */
interface Run extends Taps {
  column: number;
  positions: number;
  step: number;
}

/** Returns the positions of a line in runs, or each on its own unless `joined`. */
function runsOf(slide: Slide, positions: number, joined: boolean): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < positions; column++) {
    const taps = slide.tapsAt(column);
    const run = runs.at(-1);
    const alike = joined && run?.tap === taps.tap && run.count === taps.count;
    const step = run === undefined ? 0 : (taps.from - run.from) / run.positions;
    if (alike && (run.positions === 1 ? step > 0 : step === run.step)) {
      run.positions++;
      run.step = step;
    } else {
      runs.push({ tap: taps.tap, from: taps.from, count: taps.count, column, positions: 1, step: 0 });
    }
  }
  return runs;
}

function everyPositionReads(slide: Slide, positions: number): boolean {
  for (let position = 0; position < positions; position++)
    if (slide.tapsAt(position).count === 0) return false;
  return true;
}
