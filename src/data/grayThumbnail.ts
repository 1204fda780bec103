import { DataError, formatShape } from '../core/index.js';
import type { Pixels } from './pixels.js';

/** A square of an image, in pixels from its top left corner. */
export interface Square {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** The largest square in the middle. */
export function middleSquare({ shape: [height, width] }: Pixels): Square {
  const side = Math.min(height, width);
  return { top: (height - side) / 2, left: (width - side) / 2, side };
}

/**
 * Part of an image in gray (Rec. 601 luma), resized by averaging the area that each new pixel covers.
 *
 * @param name the file, for messages
 * @returns `size` × `size` bytes
 * @throws DataError when the square is not within the image
 */
export function grayThumbnail(
  image: Pixels,
  { top, left, side }: Square,
  size: number,
  name: string,
): Uint8Array {
  const { pixels, shape } = image;
  const [height, width, channels] = shape;
  const slack = 1e-6;
  if (!(side > 0 && top >= 0 && left >= 0 && top + side <= height + slack && left + side <= width + slack)) {
    throw new DataError(
      `${name} is ${formatShape(shape)}: the square of ${side} at ${top}, ${left} is not within it`,
      {
        hint: 'Crop within the image.',
      },
    );
  }
  const gray = (row: number, column: number): number => {
    const at = (row * width + column) * channels;
    if (channels === 1) return pixels[at]!;
    return 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
  };
  const step = side / size;
  const columns = Array.from({ length: size }, (_, i) =>
    covered(left + i * step, left + (i + 1) * step, width),
  );
  const bytes = new Uint8Array(size * size);
  for (let i = 0; i < size; i++) {
    const rows = covered(top + i * step, top + (i + 1) * step, height);
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (const [row, tall] of rows)
        for (const [column, wide] of columns[j]!) sum += tall * wide * gray(row, column);
      bytes[i * size + j] = Math.round((255 * sum) / (step * step));
    }
  }
  return bytes;
}

/** The pixels that an interval touches, and how much of each. */
function covered(from: number, to: number, count: number): [index: number, share: number][] {
  const parts: [number, number][] = [];
  for (let i = Math.floor(from); i < Math.min(count, Math.ceil(to)); i++) {
    parts.push([i, Math.min(i + 1, to) - Math.max(i, from)]);
  }
  return parts;
}
