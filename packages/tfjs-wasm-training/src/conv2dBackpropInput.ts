import type { Conv2DBackpropInputAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { axesOf, type ConvAttrs, convInfo, outputTaps } from './geometry.js';
import { composed, wasmKernel } from './kernel.js';
import { slideFilter } from './slide.js';

/** Up to this many input channels, and with output channels in fours, sums of four lanes beat four-lane columns. */
const FEW_CHANNELS = 3;

/** Gradient of conv2d for its input, which is also conv2dTranspose. Each input position reads back the taps it fed. */
export const conv2dBackpropInput = wasmKernel<'dy' | 'filter', Conv2DBackpropInputAttrs & ConvAttrs>(
  tf.Conv2DBackpropInput,
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    const { height, width } = axesOf(info);
    return composed(backend, (run) => {
      const byDot = info.inChannels <= FEW_CHANNELS && info.outChannels % 4 === 0;
      const target = backend.makeOutput(info.inShape, 'float32');
      slideFilter(backend, {
        source: dy,
        target,
        filter: byDot ? filter : run(tf.Transpose, { x: filter }, { perm: [0, 1, 3, 2] }),
        filterLayout: byDot ? 'out-in' : 'in-out',
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
