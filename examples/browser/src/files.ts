import { digitIn, type Picture } from './digit.js';

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
      const digit = digitIn(await pictureOf(file));
      if (digit === undefined) refused.push(`${file.name} is of one shade: there is no drawing in it.`);
      else digits.push(digit);
    } catch {
      refused.push(`${file.name} is not an image that this browser can read.`);
    }
  }
  return { digits, refused };
}

/** An image file on white paper, which shows where it is transparent. */
async function pictureOf(file: File): Promise<Picture> {
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
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]! / 255,
  );
  return { pixels, shape: [height, width, 3] };
}
