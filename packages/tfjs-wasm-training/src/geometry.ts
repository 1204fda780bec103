import type { backend_util } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

export type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** The attributes that every 2-D convolution kernel shares. */
export interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
}

export function convInfo(
  inputShape: number[],
  filterShape: number[],
  attrs: ConvAttrs,
  depthwise = false,
): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC'),
  );
}

/** One spatial axis of a convolution. */
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

/** The taps of one axis that meet the data at one position: `count` of them from `tap` on, read from `from` on. */
export interface Taps {
  tap: number;
  from: number;
  count: number;
}

/** The taps that stay inside the input for the output at `position`; each one reads `dilation` further on. */
export function inputTaps(axis: Axis, position: number): Taps {
  const start = position * axis.stride - axis.padding;
  const tap = Math.max(0, Math.ceil(-start / axis.dilation));
  const end = Math.min(axis.kernel, Math.ceil((axis.input - start) / axis.dilation));
  return { tap, from: start + tap * axis.dilation, count: Math.max(0, end - tap) };
}

/** The taps through which the input at `position` reached an output; each one is `stride` taps and one output back. */
export function outputTaps(axis: Axis, position: number): Taps {
  const last = Math.floor((position + axis.padding) / axis.stride);
  const phase = (position + axis.padding) % axis.stride;
  const skipped = Math.max(0, last - axis.output + 1);
  const end = Math.min(last, Math.floor((axis.kernel - 1 - phase) / axis.stride)) + 1;
  return { tap: phase + skipped * axis.stride, from: last - skipped, count: Math.max(0, end - skipped) };
}
