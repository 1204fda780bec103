import { DataError } from '../../core/errors.js';
import type { ImageReader } from '../../data/arrayImages.js';
import { laidOver } from '../../data/decode/transparency.js';
import type { Catalog, CatalogImage, StoredImage } from './catalog.js';
import type { SplitName } from './splits.js';

/** An array of images of one shape, with their labels. */
export interface ArrayPart extends ImageReader {
  /** Absent if the data are not split. */
  readonly split?: SplitName;
  /** 1 channel is gray, 2 are gray and opacity, 3 RGB, 4 RGB and opacity. */
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly labels: readonly string[];
}

/** The images of arrays, named `train/0`, `train/1`, … or, if nothing is split, `image/0`, … */
export function arrayCatalog(
  root: string,
  parts: readonly ArrayPart[],
  notes: readonly string[] = [],
): Catalog {
  const nameOf = (split: SplitName | undefined, index: number) => `${split ?? 'image'}/${index}`;
  const images = parts.flatMap(({ split, labels }) =>
    labels.map(
      (label, index): CatalogImage => ({
        ...{ name: nameOf(split, index), label },
        ...(split === undefined ? {} : { split }),
      }),
    ),
  );
  const partOf = new Map(parts.map((part) => [part.split ?? 'image', part]));
  return {
    ...{ root, images, notes },
    passedOver: [],
    async read(name) {
      const [, key, digits] = /^(\w+)\/(0|[1-9]\d*)$/.exec(name) ?? [];
      const part = partOf.get((key ?? '') as SplitName);
      if (part === undefined || !(Number(digits) < part.labels.length)) {
        throw new DataError(`${root} has no image ${name}`, {
          hint: `Its images are ${nameOf(parts[0]!.split, 0)} and so on.`,
        });
      }
      return storedValues(part, Number(digits), `${root}, image ${name}`);
    },
  };
}

function storedValues({ shape, bytesOf, valuesOf }: ArrayPart, index: number, name: string): StoredImage {
  const [height, width, channels] = shape;
  return {
    get bytes() {
      return bytesOf(index);
    },
    header: () => ({ format: 'array', width, height, channels: channels < 3 ? 1 : 3 }),
    decode: async (_decoder, options) =>
      laidOver({ ...valuesOf(index, name), width, height, channels }, options),
  };
}
