import { readFileSync } from 'node:fs';
import type { ImageShape } from '../../../src/core/image.js';
import type { Pixels } from '../../../src/data/decode/pixels.js';

interface References {
  readonly shape: readonly [number, number];
  readonly decoded: readonly { readonly name: string; readonly jpeg: string; readonly pixels: string }[];
  readonly upright: string;
  readonly turned: readonly string[];
  readonly resized: {
    readonly pixels: string;
    readonly shape: readonly [number, number];
    readonly to: readonly {
      readonly size: readonly [number, number];
      readonly box: readonly [number, number, number, number];
      readonly values: readonly number[];
    }[];
  };
}

/** What test/reference/jpegs.py has written. */
export const references: References = JSON.parse(
  readFileSync(new URL('../../reference/jpegs.json', import.meta.url), 'utf8'),
);

export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

/** Bytes as the pixels that they mean. */
export function pixelsOf(base64: string, [height, width]: readonly [number, number]): Pixels {
  const values = bytesOf(base64);
  const shape: ImageShape = [height, width, values.length / (height * width)];
  return { pixels: Float32Array.from(values, (value) => value / 255), shape };
}

/** The largest difference of two pictures, in steps of 1/255. */
export function farthest(a: Pixels, b: Pixels): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`${a.shape} and ${b.shape} differ`);
  return a.pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - b.pixels[i]!)), 0) * 255;
}
