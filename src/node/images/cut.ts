import { DataError } from '../../core/errors.js';
import { randomStream } from '../../core/random.js';
import type { CatalogImage } from './catalog.js';
import type { SplitName } from './splits.js';

/** Images to learn from and images to be tested on. */
export interface CutImages {
  readonly train: readonly CatalogImage[];
  /** To choose settings on; empty if the data name none. */
  readonly val: readonly CatalogImage[];
  readonly test: readonly CatalogImage[];
  /** True if the test images were held out, because the data name none. */
  readonly heldOut: boolean;
}

/** One in so many images of a class is held out. */
const ONE_IN = 5;

/**
 * Cuts data by their own splits. If they name no test images, those of `val` take their part; if there are none either,
 * one in five images of each class is held out, at least one of two or more. The choice depends on the name of the class
 * and its number of images alone, so every command makes the same.
 */
export function cut(images: readonly CatalogImage[]): CutImages {
  const of = (name: SplitName) => images.filter(({ split }) => split === name);
  const [train, val, test] = [of('train'), of('val'), of('test')];
  if (test.length > 0) return { train, val, test, heldOut: false };
  if (val.length > 0) return { train, val: [], test: val, heldOut: false };
  return holdOut(train.length > 0 ? train : images);
}

/**
 * Cuts images to learn from; see {@link cut}.
 *
 * @throws DataError naming the root of the data when they have one class, or nothing that could be held out
 */
export function cutToLearn(images: readonly CatalogImage[], root: string): CutImages {
  const classes = new Set(images.map(({ label }) => label)).size;
  if (classes < 2) {
    throw new DataError(`${root} holds images of ${classes} class${classes === 1 ? '' : 'es'}`, {
      hint: 'At least two classes are needed: a folder each, or two labels.',
    });
  }
  const parts = cut(images);
  if (parts.test.length > 0) return parts;
  throw new DataError(`${root} holds one image of each class, so none can be held out to test on`, {
    hint: 'Add more images of each class.',
  });
}

function holdOut(images: readonly CatalogImage[]): CutImages {
  const indices = new Map<string, number[]>();
  for (const [index, { label }] of images.entries()) {
    const own = indices.get(label);
    if (own === undefined) indices.set(label, [index]);
    else own.push(index);
  }
  const out = new Set<number>();
  for (const [label, own] of indices) {
    const count = own.length < 2 ? 0 : Math.max(1, Math.round(own.length / ONE_IN));
    for (const chosen of randomStream('held out', label).sample(own.length, count)) out.add(own[chosen]!);
  }
  return {
    train: images.filter((_, index) => !out.has(index)),
    val: [],
    test: images.filter((_, index) => out.has(index)),
    heldOut: true,
  };
}
