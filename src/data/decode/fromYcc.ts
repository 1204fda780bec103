import type { Pixels } from '../pixels.js';
import { resample } from '../resample.js';

/** How many times a picture is as wide and as high as one of its planes: 1 × 1 where nothing was left out. */
export interface Subsampling {
  readonly across: number;
  readonly down: number;
}

/**
 * Turns brightness and two differences of colour, as JPEGs hold them (JFIF, section 7), into RGB. Where a plane of
 * differences is smaller than the picture, its values are spread smoothly and not in blocks, as libjpeg does.
 *
 * @param data Y, Cb, Cr of each pixel, 0 … 255, the latter two repeated over the pixels that they stand for
 */
export function fromYcc(
  data: Uint8Array,
  width: number,
  height: number,
  planes: readonly [Subsampling, Subsampling],
): Pixels {
  const [blue, red] = planes.map((plane, i) => difference(data, width, height, i + 1, plane)) as [
    Float32Array,
    Float32Array,
  ];
  const pixels = new Float32Array(width * height * 3);
  const limited = (value: number) => Math.min(255, Math.max(0, value)) / 255;
  for (let i = 0; i < width * height; i++) {
    const [y, cb, cr] = [data[i * 3]!, blue[i]! - 128, red[i]! - 128];
    pixels[i * 3] = limited(y + 1.402 * cr);
    pixels[i * 3 + 1] = limited(y - 0.344136 * cb - 0.714136 * cr);
    pixels[i * 3 + 2] = limited(y + 1.772 * cb);
  }
  return { pixels, shape: [height, width, 3] };
}

function difference(
  data: Uint8Array,
  width: number,
  height: number,
  channel: number,
  { across, down }: Subsampling,
): Float32Array {
  const [columns, rows] = [Math.ceil(width / across), Math.ceil(height / down)];
  const plane = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      plane[y * columns + x] = data[(y * down * width + x * across) * 3 + channel]!;
    }
  }
  if (across === 1 && down === 1) return plane;
  const box = { top: 0, left: 0, height: height / down, width: width / across };
  return resample({ pixels: plane, shape: [rows, columns, 1] }, box, height, width).pixels;
}
