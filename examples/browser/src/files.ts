import { inkOf } from './ink.js';
import { mnistDigit } from './mnistDigit.js';

/** Larger pictures are made this small before they are looked at, in pixels. */
const LARGEST = 400;

/** What came of image files: the digits in them, and a sentence for each file that holds none. */
export interface ReadFiles {
  readonly digits: readonly Float32Array[];
  readonly refused: readonly string[];
}

/** Reads image files, one digit each. */
export async function readDigits(files: Iterable<File>): Promise<ReadFiles> {
  const digits: Float32Array[] = [];
  const refused: string[] = [];
  for (const file of files) {
    try {
      const ink = inkOf(await pixelsOf(file));
      const digit = ink && mnistDigit(ink);
      if (digit === undefined) refused.push(`${file.name} is of one shade: there is no drawing in it.`);
      else digits.push(digit);
    } catch {
      refused.push(`${file.name} is not an image that this browser can read.`);
    }
  }
  return { digits, refused };
}

/** The pixels of an image file on white paper, which shows where it is transparent. */
async function pixelsOf(file: File): Promise<ImageData> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no canvas');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
