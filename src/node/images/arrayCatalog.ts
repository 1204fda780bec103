import { DataError } from '../../core/errors.js';
import { type ImageShape, sizeOf } from '../../core/image.js';
import type { Catalog, CatalogImage, StoredImage } from './catalog.js';
import type { SplitName } from './splits.js';

/** An array of images of one shape, with their labels. */
export interface ArrayPart {
  /** Absent if the data are not split. */
  readonly split?: SplitName;
  readonly shape: ImageShape;
  /** Image after image; bytes mean value / 255, floats are in [0, 1]. */
  readonly values: Uint8Array | Float32Array | Float64Array;
  readonly labels: readonly string[];
}

/** The images of arrays, named `train/0`, `train/1`, … or, if nothing is split, `image/0`, … */
export function arrayCatalog(root: string, parts: readonly ArrayPart[]): Catalog {
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
    root,
    images,
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

function storedValues({ shape, values }: ArrayPart, index: number, name: string): StoredImage {
  const size = sizeOf(shape);
  const own = values.subarray(index * size, (index + 1) * size);
  const [height, width, channels] = shape;
  return {
    bytes: new Uint8Array(own.buffer, own.byteOffset, own.byteLength),
    header: () => ({ format: 'array', width, height, channels: channels as 1 | 3 }),
    async decode() {
      if (own instanceof Uint8Array) return { pixels: Float32Array.from(own, (value) => value / 255), shape };
      const bad = own.findIndex((value) => !(value >= 0 && value <= 1));
      if (bad < 0) return { pixels: Float32Array.from(own), shape };
      throw new DataError(`${name} holds ${own[bad]} at value ${bad}`, {
        hint: 'Floats must be in [0, 1]; divide by 255, or save bytes.',
      });
    },
  };
}
