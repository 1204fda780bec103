import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { RunKernel } from '../kernel.js';
import type { ConvInfo } from './geometry.js';
import { LANES, MOST_CHANNELS } from './patches.js';

/** What kernels take of a convolution from outputs to inputs. */
export interface Mirrored {
  attrs: tf.NamedAttrMap;
  filterShape: [number, number, number, number];
}

/**
 * A convolution to few channels, without strides, is the gradient of the input of its mirror image: of one from few channels, by the
 * filter read backwards. Returns that, and `undefined` for other shapes.
 */
export function mirrored(info: ConvInfo): Mirrored | undefined {
  const { inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth, padInfo } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const sides = [
    [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom],
    [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right],
  ];
  const fits =
    outChannels <= MOST_CHANNELS &&
    inChannels % LANES === 0 &&
    filterHeight * filterWidth > 1 &&
    strideHeight * strideWidth * dilationHeight * dilationWidth === 1 &&
    Math.min(...sides.flat()) >= 0 &&
    Math.min(inChannels, outChannels, outHeight, outWidth) > 0;
  if (!fits) return undefined;
  return {
    attrs: { strides: 1, pad: [[0, 0], ...sides, [0, 0]], dataFormat: 'NHWC', dilations: 1 },
    filterShape: [filterHeight, filterWidth, outChannels, inChannels],
  };
}

/** The filter of the mirror image. */
export function turned(run: RunKernel, filter: TensorInfo): TensorInfo {
  const backwards = run(tf.Reverse, { x: filter }, { dims: [0, 1] });
  return run(tf.Transpose, { x: backwards }, { perm: [0, 1, 3, 2] });
}
