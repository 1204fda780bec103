import { checkCount } from '../../src/core/checks.js';
import { randomStream } from '../../src/core/random.js';
import { byteSource, type ImageSource } from '../../src/data/imageSource.js';

/** Height and width of the task's images. */
export const LINE_IMAGE_SIDE = 32;

/** Pixels from the center to the end of a line, clear of the border. The paper says 16. */
const LENGTH = LINE_IMAGE_SIDE / 2 - 1;
/** Width of a line in pixels, along the rows of a steep line and the columns of a flat one. */
const WIDTH = 2;
/** Parts of a row (of a column for a flat line) whose coverage is computed one by one; across the line it is exact. */
const PARTS = 8;
const CLASSES = 10;

/** Random lines and their angles. */
export interface Lines {
  /** 32×32×1 images. Classes are tenths of a turn: 0 … 9. */
  readonly source: ImageSource;
  /** Radians in [0, 2π) of each image, counter-clockwise from the right. */
  readonly angles: Float64Array;
}

/**
 * One image of the rendered-lines task of Berthelot et al., *Understanding and Improving Interpolation in Autoencoders
 * via an Adversarial Regularizer* (arXiv 1807.07543, section 4.1): a white antialiased line on black, from the center
 * outward. Length and width are those of the paper's public code; the rasterization is our own.
 *
 * @param angle radians, counter-clockwise from the right
 * @returns 32 · 32 values in [0, 1], row by row: the share of each pixel that the line covers
 */
export function drawLine(angle: number): Float32Array {
  const side = LINE_IMAGE_SIDE;
  const pixels = new Float32Array(side * side);
  const right = LENGTH * Math.cos(angle);
  const down = -LENGTH * Math.sin(angle);
  const steep = Math.abs(down) >= Math.abs(right);
  const [along, across] = steep ? [down, right] : [right, down];
  const from = side / 2 + Math.min(0, along);
  const to = side / 2 + Math.max(0, along);
  for (let part = Math.floor(from * PARTS); part < to * PARTS; part++) {
    const start = Math.max(from, part / PARTS);
    const end = Math.min(to, (part + 1) / PARTS);
    const i = Math.floor(part / PARTS);
    const middle = side / 2 + (((start + end) / 2 - side / 2) * across) / along;
    for (let j = Math.floor(middle - WIDTH / 2); j < middle + WIDTH / 2; j++) {
      const share = Math.min(j + 1, middle + WIDTH / 2) - Math.max(j, middle - WIDTH / 2);
      pixels[steep ? i * side + j : j * side + i]! += share * (end - start);
    }
  }
  return pixels;
}

/**
 * Lines at angles that are uniform in [0, 2π). Line `i` depends on the seed and `i` alone.
 *
 * @throws UsageError when `count` is not a whole number of at least 1
 */
export function renderLines({ count, seed }: { readonly count: number; readonly seed: number }): Lines {
  checkCount('count', count);
  const size = LINE_IMAGE_SIDE * LINE_IMAGE_SIDE;
  const angles = Float64Array.from({ length: count }, (_, i) =>
    randomStream(seed, 'line', i).uniform(0, 2 * Math.PI),
  );
  const bytes = new Uint8Array(count * size);
  for (const [i, angle] of angles.entries()) {
    for (const [j, value] of drawLine(angle).entries()) bytes[i * size + j] = Math.round(255 * value);
  }
  const labels = Int32Array.from(angles, (angle) => Math.floor((CLASSES * angle) / (2 * Math.PI)));
  const classes = [...Array(CLASSES).keys()];
  return { source: byteSource(bytes, [LINE_IMAGE_SIDE, LINE_IMAGE_SIDE, 1], labels, classes), angles };
}
