import { toInk } from 'fewshot-atnl/data';
import { SIDE } from './pixels.js';

/** Values in [0, 1] of a picture, row by row, of each pixel one for gray or three for red, green and blue. */
export interface Picture {
  readonly pixels: Float32Array;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
}

/**
 * The digit in a picture, prepared as those of MNIST were: light ink on black, scaled with its proportions into 20×20 pixels,
 * and put into 28×28 with its center of mass in the middle. Undefined for a picture without ink.
 *
 * @param polarity of the ink, where it is known
 */
export function digitIn(picture: Picture, polarity?: 'dark' | 'light'): Float32Array | undefined {
  const { frame, pixels } = toInk(picture, [SIDE, SIDE, 1], polarity === undefined ? {} : { polarity });
  return frame && pixels;
}
