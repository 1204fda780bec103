import type { ImageShape } from '../core/index.js';

/** An image's values in [0, 1], row by row, channels last. */
export interface Pixels {
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
}
