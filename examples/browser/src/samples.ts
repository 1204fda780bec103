import { SIDE } from './pixels.js';
import sheet from './samples.png';

/** What the rows of the sheet are; a row holds five digits of MNIST's test set, white on black. */
const names = ['2', '3', '5', '8'];

/** A class by name with a few digits. They are MNIST's own, so they need no preparation. */
export interface Sample {
  readonly name: string;
  readonly images: readonly Float32Array[];
}

/** A few digits of a few classes, to begin with. */
export async function loadSamples(): Promise<Sample[]> {
  const image = new Image();
  image.src = sheet;
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d', {
    willReadFrequently: true,
  });
  if (context === null) throw new Error('this browser gives no canvas');
  context.drawImage(image, 0, 0);
  const columns = Array.from({ length: image.width / SIDE }, (_, column) => column);
  return names.map((name, row) => ({
    name,
    images: columns.map((column) => {
      const { data } = context.getImageData(column * SIDE, row * SIDE, SIDE, SIDE);
      return Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i]! / 255);
    }),
  }));
}
