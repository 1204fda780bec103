import type { Pixels } from './decode/pixels.js';

/** Part of a picture in pixels, or fractions of them. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Old pixels that a new one is a mean of: index of the first, and the weight of each. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Resizes a part of a picture. Each new value is a mean of old ones around its position, weighted by a triangle that
 * reaches one pixel to each side: a pixel of the old picture if it grows, of the new one if it shrinks. So fine patterns are
 * smoothed and do not alias. Pillow calls this filter `BILINEAR`, with a `box`.
 */
export function resample(image: Pixels, box: Box, height: number, width: number): Pixels {
  const [rows, columns, channels] = image.shape;
  const across = tapsOf(columns, box.left, box.width, width);
  const down = tapsOf(rows, box.top, box.height, height);
  const [firstRow, lastRow] = [down[0]!.first, down.at(-1)!.first + down.at(-1)!.weights.length];
  const narrow = new Float32Array((lastRow - firstRow) * width * channels);
  for (let row = firstRow; row < lastRow; row++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = across[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let at = (row * columns + first) * channels + c;
        for (let k = 0; k < weights.length; k++, at += channels) sum += weights[k]! * image.pixels[at]!;
        narrow[((row - firstRow) * width + x) * channels + c] = sum;
      }
    }
  }
  const line = width * channels;
  const pixels = new Float32Array(height * line);
  for (let y = 0; y < height; y++) {
    const { first, weights } = down[y]!;
    for (let i = 0; i < line; i++) {
      let sum = 0;
      let at = (first - firstRow) * line + i;
      for (let k = 0; k < weights.length; k++, at += line) sum += weights[k]! * narrow[at]!;
      pixels[y * line + i] = sum;
    }
  }
  return { pixels, shape: [height, width, channels] };
}

/** Taps of each of `to` new pixels, for `length` of the `side` old ones from `start` on. */
function tapsOf(side: number, start: number, length: number, to: number): Taps[] {
  const scale = length / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.round(center - reach));
    const end = Math.min(side, Math.round(center + reach));
    const raw = Float64Array.from({ length: Math.max(1, end - first) }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map((weight) => weight / total) };
  });
}
