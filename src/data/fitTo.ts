import { type ImageShape, UsageError } from '../core/index.js';
import type { Pixels } from './pixels.js';
import { type Box, resample } from './resample.js';

/**
 * How a picture of another aspect ratio comes into a shape: `letterbox` keeps all of it between black bars, `crop` fills
 * the shape with the largest part around its middle.
 */
export const fits = ['letterbox', 'crop'] as const;
export type Fit = (typeof fits)[number];

/**
 * Brings a picture to a shape. Its size: means weighted by a triangle; its channels: gray by Rec. 601 luma, or the gray
 * value three times. A picture that has the shape already is left as it is.
 *
 * @param shape `[height, width, channels]` with 1 or 3 channels
 * @throws UsageError for another number of channels
 */
export function fitTo(image: Pixels, shape: ImageShape, fit: Fit): Pixels {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new UsageError(`images cannot have ${channels} channels`, { hint: 'Use 1 (gray) or 3 (RGB).' });
  }
  if (image.shape.join() === shape.join()) return image;
  // The fewer channels are resized, the less work it is.
  const source = channels === 1 ? toGray(image) : image;
  const sized = fit === 'crop' ? cropped(source, height, width) : letterboxed(source, height, width);
  return channels === 3 ? toColour(sized) : sized;
}

function cropped(image: Pixels, height: number, width: number): Pixels {
  const [rows, columns] = image.shape;
  const scale = Math.min(rows / height, columns / width);
  return resample(image, boxAround(rows, columns, height * scale, width * scale), height, width);
}

function letterboxed(image: Pixels, height: number, width: number): Pixels {
  const [rows, columns, channels] = image.shape;
  const scale = Math.max(rows / height, columns / width);
  const [tall, wide] = [rows, columns].map((side) => Math.max(1, Math.round(side / scale))) as [
    number,
    number,
  ];
  const inner = resample(image, { top: 0, left: 0, height: rows, width: columns }, tall, wide);
  if (tall === height && wide === width) return inner;
  const pixels = new Float32Array(height * width * channels);
  const [top, left] = [Math.floor((height - tall) / 2), Math.floor((width - wide) / 2)];
  const row = wide * channels;
  for (let y = 0; y < tall; y++) {
    pixels.set(inner.pixels.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
  }
  return { pixels, shape: [height, width, channels] };
}

const boxAround = (rows: number, columns: number, height: number, width: number): Box => ({
  top: (rows - height) / 2,
  left: (columns - width) / 2,
  height,
  width,
});

function toGray(image: Pixels): Pixels {
  const [height, width, channels] = image.shape;
  if (channels === 1) return image;
  const pixels = new Float32Array(height * width);
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels;
    pixels[i] = 0.299 * image.pixels[at]! + 0.587 * image.pixels[at + 1]! + 0.114 * image.pixels[at + 2]!;
  }
  return { pixels, shape: [height, width, 1] };
}

function toColour(image: Pixels): Pixels {
  const [height, width, channels] = image.shape;
  if (channels === 3) return image;
  const pixels = new Float32Array(height * width * 3);
  for (const [i, value] of image.pixels.entries()) pixels.fill(value, i * 3, i * 3 + 3);
  return { pixels, shape: [height, width, 3] };
}
