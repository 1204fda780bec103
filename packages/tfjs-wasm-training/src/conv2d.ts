import type { KernelConfig } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { axesOf, type ConvAttrs, convInfo, inputTaps } from './geometry.js';
import { fallBack, wasmKernel } from './kernel.js';
import { slideFilter } from './slide.js';

/** The rows of our tiles are images and their sums run over channels: with few of either the stock kernel is faster. */
const FEWEST_IMAGES = 4;
const FEWEST_CHANNELS = 4;

/**
 * conv2d. For batches it is faster than the stock kernel: all images share one pass over the filter at each position.
 * Where a stride exceeds the filter it is also right: there the stock kernel pads `same` convolutions wrongly.
 */
export function conv2d(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x' | 'filter', ConvAttrs>(tf.Conv2D, (args) => {
    const { inputs, attrs, backend } = args;
    const { x, filter } = inputs;
    const info = convInfo(x.shape, filter.shape, attrs);
    const { height, width } = axesOf(info);
    const small = info.batchSize < FEWEST_IMAGES || info.inChannels < FEWEST_CHANNELS;
    if (small && height.stride <= height.kernel && width.stride <= width.kernel) return fallBack(stock, args);
    const target = backend.makeOutput(info.outShape, 'float32');
    slideFilter(backend, {
      source: x,
      target,
      filter,
      filterLayout: 'in-out',
      vertical: { tapsAt: (row) => inputTaps(height, row), sourceStep: height.dilation, filterStep: 1 },
      horizontal: { tapsAt: (column) => inputTaps(width, column), sourceStep: width.dilation, filterStep: 1 },
    });
    return target;
  });
}
