import { Remark } from './notice.js';
import type { Square } from './worker.js';

/** Side of the squares that are kept and looked at, in pixels. */
const SIDE = 224;

const canvas = document.createElement('canvas');
canvas.width = SIDE;
canvas.height = SIDE;
const context = canvas.getContext('2d', { willReadFrequently: true });

/** What pictures are cut from. */
export type Source = HTMLVideoElement | HTMLImageElement | ImageBitmap;

const sizeOf = (source: Source): readonly [number, number] =>
  source instanceof HTMLVideoElement
    ? [source.videoWidth, source.videoHeight]
    : source instanceof HTMLImageElement
      ? [source.naturalWidth, source.naturalHeight]
      : [source.width, source.height];

/** The square in the middle, on white where it is transparent. */
export function squareOf(source: Source): Square {
  if (context === null) throw new Remark('This browser gives no canvas to look at pictures.');
  const [width, height] = sizeOf(source);
  const side = Math.min(width, height);
  context.fillStyle = 'white';
  context.fillRect(0, 0, SIDE, SIDE);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return { side: SIDE, bytes: context.getImageData(0, 0, SIDE, SIDE).data };
}

/** The square in the middle, and the same as a JPEG. */
export function snapshotOf(source: Source): { readonly square: Square; readonly url: string } {
  const square = squareOf(source);
  return { square, url: canvas.toDataURL('image/jpeg', 0.9) };
}

/** The picture behind a URL of this page. */
export async function imageOf(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/** The picture in a file. Throws a remark if it is none. */
export async function bitmapOf(file: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Remark(`${name} is no picture that this browser can read.`);
  }
}
