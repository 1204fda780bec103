import type { backend_util } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Shape of NHWC images, or of a filter: [height, width, input channels, output channels]. */
export type Shape4D = [number, number, number, number];

export type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** Attributes that every 2-D convolution kernel has. */
export interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
}

/** @throws Error if the images are not NHWC, as the stock kernels do */
export function convInfo(inputShape: number[], filterShape: number[], attrs: ConvAttrs): ConvInfo {
  if (attrs.dataFormat === 'NCHW') throw new Error('Convolutions on the wasm backend take NHWC images only.');
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    'channelsLast',
  );
}

/** One spatial axis of a convolution or a pool. */
export interface Axis {
  input: number;
  output: number;
  kernel: number;
  stride: number;
  dilation: number;
  padding: number;
}

export function axesOf(info: ConvInfo): { height: Axis; width: Axis } {
  return {
    height: {
      input: info.inHeight,
      output: info.outHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      padding: info.padInfo.top,
    },
    width: {
      input: info.inWidth,
      output: info.outWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      padding: info.padInfo.left,
    },
  };
}

/** The taps of one axis that meet data at one position: `count` taps from `tap` on, which read from `from` on. */
export interface Taps {
  tap: number;
  from: number;
  count: number;
}

/** Returns the taps that read inside the input for the output at `position`; each reads `dilation` further on. */
export function inputTaps(axis: Axis, position: number): Taps {
  const start = position * axis.stride - axis.padding;
  const tap = Math.max(0, Math.ceil(-start / axis.dilation));
  const end = Math.min(axis.kernel, Math.ceil((axis.input - start) / axis.dilation));
  return { tap, from: start + tap * axis.dilation, count: Math.max(0, end - tap) };
}

/**
 * Returns the taps through which the input at `position` reaches an output. Each is `stride` taps after the one before,
 * and one output earlier. The dilation is 1.
 */
export function outputTaps(axis: Axis, position: number): Taps {
  const last = Math.floor((position + axis.padding) / axis.stride);
  const phase = (position + axis.padding) % axis.stride;
  const skipped = Math.max(0, last - axis.output + 1);
  const end = Math.min(last, Math.floor((axis.kernel - 1 - phase) / axis.stride)) + 1;
  return { tap: phase + skipped * axis.stride, from: last - skipped, count: Math.max(0, end - skipped) };
}
