import { DataError } from '../../core/errors.js';
import { randomStream } from '../../core/random.js';
import type { CatalogImage } from './catalog.js';
import type { SplitName } from './imageFolder.js';

/** Images to learn from and images to be judged on. */
export interface CutImages {
  readonly train: readonly CatalogImage[];
  /** To choose settings on; empty where the data name none. */
  readonly val: readonly CatalogImage[];
  readonly test: readonly CatalogImage[];
  /** Whether the test images were held out of data that name none. */
  readonly heldOut: boolean;
}

/** One in so many images of a class is held out. */
const ONE_IN = 5;

/**
 * Cuts data as they say themselves. Where they name no test images, those of `val` are taken for them; where there are
 * none either, one in five images of each class is held out, at least one of two or more. The choice depends on the names of the class
 * and its number of images alone, so that every command makes the same.
 */
export function cut(images: readonly CatalogImage[]): CutImages {
  const of = (name: SplitName) => images.filter(({ split }) => split === name);
  const [train, val, test] = [of('train'), of('val'), of('test')];
  if (test.length > 0) return { train, val, test, heldOut: false };
  if (val.length > 0) return { train, val: [], test: val, heldOut: false };
  return holdOut(train.length > 0 ? train : images);
}

/**
 * {@link cut} of images that somebody is to learn from.
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
  throw new DataError(`${root} holds one image of each class, so none can be held out to be judged on`, {
    hint: 'Add more images of each class.',
  });
}

function holdOut(images: readonly CatalogImage[]): CutImages {
  const places = new Map<string, number[]>();
  for (const [place, { label }] of images.entries()) {
    const own = places.get(label);
    if (own === undefined) places.set(label, [place]);
    else own.push(place);
  }
  const out = new Set<number>();
  for (const [label, own] of places) {
    const count = own.length < 2 ? 0 : Math.max(1, Math.round(own.length / ONE_IN));
    for (const chosen of randomStream('held out', label).sample(own.length, count)) out.add(own[chosen]!);
  }
  return {
    train: images.filter((_, place) => !out.has(place)),
    val: [],
    test: images.filter((_, place) => out.has(place)),
    heldOut: true,
  };
}
