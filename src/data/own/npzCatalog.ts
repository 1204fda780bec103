import { readFile } from 'node:fs/promises';
import { DataError, type ImageShape } from '../../core/index.js';
import { assertPixelCount } from '../decode/pixelLimit.js';
import { type SplitName, splitNames } from '../imageFolder.js';
import { type ArrayPart, arrayCatalog } from './arrayCatalog.js';
import { assertLabel, type Catalog } from './catalog.js';
import { type NpyArray, parseNpy } from './npy.js';
import { openZip, type Zip } from './zip.js';

const hint =
  'Save it with numpy.savez(file, images=…, labels=…), or with train_images, train_labels, test_images, test_labels.';

/** Names of a pair of arrays: with a split before or behind, or none. */
const pairs: readonly (readonly [images: string, labels: string])[] = [
  ['images', 'labels'],
  ['x', 'y'],
];

/**
 * The images of a NumPy archive: an array of images `[n, h, w]` or `[n, h, w, c]` and one of labels `[n]` or `[n, 1]`,
 * numbers or texts. They are called `images` and `labels` or `x` and `y`; with splits, `train_images` or `x_train`, and so on for
 * `val` and `test`. The archive is held in memory.
 *
 * @throws DataError naming file and array when it is damaged, or holds no such pair
 */
export async function npzCatalog(file: string): Promise<Catalog> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new DataError(`cannot read ${file}: ${cause.message}`, {
      hint: 'Name an archive of NumPy.',
      cause,
    });
  });
  const zip = openZip(bytes, file);
  const parts: ArrayPart[] = [];
  for (const split of [undefined, ...splitNames]) {
    const part = await readPart(zip, file, split);
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0) {
    const known = zip.names.slice(0, 20).join(', ');
    throw new DataError(`${file} holds no images with labels, but ${known || 'nothing'}`, { hint });
  }
  if (parts[0]!.split === undefined && parts.length > 1) {
    throw new DataError(`${file} holds images both with and without a split`, { hint });
  }
  if (parts[0]!.split !== undefined && parts[0]!.split !== 'train') {
    throw new DataError(`${file} holds no images of the split train`, { hint });
  }
  return arrayCatalog(file, parts);
}

async function readPart(
  zip: Zip,
  file: string,
  split: SplitName | undefined,
): Promise<ArrayPart | undefined> {
  for (const pair of pairs) {
    const spelt =
      split === undefined
        ? [pair]
        : [pair.map((name) => `${split}_${name}`), pair.map((name) => `${name}_${split}`)];
    for (const [images, labels] of spelt) {
      if (!zip.names.includes(`${images}.npy`)) continue;
      const array = async (name: string) =>
        parseNpy(await zip.read(`${name}.npy`), `${file}, array ${name},`);
      const [seen, said] = [await array(images!), await array(labels!)];
      return {
        ...imagesOf(seen, `${file}, array ${images},`),
        labels: labelsOf(said, seen.shape[0]!, `${file}, array ${labels},`),
        ...(split === undefined ? {} : { split }),
      };
    }
  }
  return undefined;
}

function imagesOf({ shape, values }: NpyArray, name: string): Pick<ArrayPart, 'shape' | 'values'> {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  const usable = shape.length === 3 || (shape.length === 4 && (channels === 1 || channels === 3));
  if (!usable || count === 0 || !ArrayBuffer.isView(values)) {
    throw new DataError(`${name} is ${shape.join('×')}, but images are n×h×w, n×h×w×1 or n×h×w×3 numbers`, {
      hint,
    });
  }
  assertPixelCount(width, height, name);
  const own: ImageShape = [height, width, channels];
  return { shape: own, values };
}

function labelsOf({ shape, values }: NpyArray, count: number, name: string): string[] {
  if (values.length !== count || shape[0] !== count) {
    throw new DataError(`${name} is ${shape.join('×')}, but there are ${count} images`, { hint });
  }
  const labels = Array.from(values, String);
  for (const [place, label] of labels.entries()) assertLabel(label, `${name} label ${place}`);
  return labels;
}
