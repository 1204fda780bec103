import { DataError } from '../../core/errors.js';
import { compareNames } from '../../core/names.js';
import { randomStream } from '../../core/random.js';
import type { CatalogImage } from './catalog.js';
import type { Findings, LeftOut } from './findings.js';
import { disjointSets } from './nearDuplicates.js';
import type { SplitName } from './splits.js';

/** Images to learn from and images to be tested on. */
export interface CutImages extends Pick<Findings, 'leftOut' | 'tested' | 'leaks'> {
  readonly train: readonly CatalogImage[];
  /** To choose settings on; empty if the data name none. */
  readonly val: readonly CatalogImage[];
  readonly test: readonly CatalogImage[];
  /** True if the test images were held out, because the data name none. */
  readonly heldOut: boolean;
}

/** Sets of names of images that show nearly the same. */
export type AlikeNames = Findings['alike'];

/** One in so many images of a class is held out. */
const ONE_IN = 5;

/**
 * Cuts data by their own splits, and tells which test images lie beside near ones to learn from. If the splits name no test
 * images, those of `val` take their part. If there are none either, about one in five images of each class is held out.
 * Images that show nearly the same, or are of one group, are never cut apart, and a class of fewer than two such sets is left
 * out. The choice depends on the names of classes and on these sets alone, so every command makes the same.
 */
export function cut(images: readonly CatalogImage[], alike: AlikeNames = []): CutImages {
  const of = (name: SplitName) => images.filter(({ split }) => split === name);
  const [train, val, test] = [of('train'), of('val'), of('test')];
  const sets = setsOf(images, alike);
  const given = (tested: readonly CatalogImage[]) => ({
    ...{ leftOut: [], heldOut: false },
    tested: countSets(tested, sets),
  });
  if (test.length > 0) return { train, val, test, ...given(test), leaks: leaksOf([train, val, test], sets) };
  if (val.length > 0) return { train, val: [], test: val, ...given(val), leaks: leaksOf([train, val], sets) };
  return holdOut(train.length > 0 ? train : images, sets);
}

/**
 * Cuts images to learn from; see {@link cut}.
 *
 * @throws DataError naming the root of the data when they have one class, or fewer than two that could be cut
 */
export function cutToLearn(
  images: readonly CatalogImage[],
  root: string,
  { alike = [], dark = [] }: Partial<Pick<Findings, 'alike' | 'dark'>> = {},
): CutImages {
  const classes = classesOf(images).length;
  if (classes < 2) {
    throw new DataError(`${root} holds images of ${classes} class${classes === 1 ? '' : 'es'}`, {
      hint: 'At least two classes are needed: a folder each, or two labels.',
    });
  }
  const parts = cut(images, alike);
  if (!parts.heldOut || classesOf(parts.train).length >= 2) return parts;
  throw tooFew(root, parts.leftOut, images, dark.length);
}

function tooFew(
  root: string,
  leftOut: readonly LeftOut[],
  images: readonly CatalogImage[],
  dark: number,
): DataError {
  const counted = leftOut
    .slice(0, MOST_NAMED)
    .map(({ label, images: sets }) => {
      const all = images.filter((image) => image.label === label).length;
      return `${label} (${all === sets ? count(all) : `${count(all)} of ${sets === 1 ? 'one set' : `${sets} sets`}`})`;
    })
    .join(', ');
  const repeated = leftOut.some(
    ({ label, images: sets }) => images.filter((i) => i.label === label).length > sets,
  );
  const rest = leftOut.length > MOST_NAMED ? ` and ${leftOut.length - MOST_NAMED} more` : '';
  return new DataError(
    `fewer than two classes of ${root} have two images that differ, so none can be held out to test on: ${counted}${rest}`,
    {
      hint:
        dark > 1
          ? `${dark} images are black but for little. If they are ink on transparency, set the background to white or another color.`
          : repeated
            ? 'Near-duplicates, such as frames of one burst, and images of one group count once. Add other pictures of each class, or put some into folders train and test.'
            : 'Add more images of each class.',
      ...(dark > 1 ? { option: 'background' } : {}),
    },
  );
}

const count = (images: number) => `${images} image${images === 1 ? '' : 's'}`;

/** Most classes that an error names. */
const MOST_NAMED = 5;

const classesOf = (images: readonly CatalogImage[]) => [...new Set(images.map(({ label }) => label))];

/** Gives for each image the number of its set: those that are alike, or of one group, have the same. */
export function setsOf(
  images: readonly CatalogImage[],
  alike: AlikeNames,
): ReadonlyMap<CatalogImage, number> {
  const sets = disjointSets(images.length);
  const byName = new Map<string, number>();
  const byGroup = new Map<string, number>();
  const join = (known: Map<string, number>, key: string, index: number) => {
    const first = known.get(key);
    if (first === undefined) known.set(key, index);
    else sets.join(first, index);
  };
  for (const [index, { name, group }] of images.entries()) {
    join(byName, name, index);
    if (group !== undefined) join(byGroup, group, index);
  }
  for (const names of alike) {
    const indices = names.flatMap((name) => byName.get(name) ?? []);
    for (const index of indices) sets.join(indices[0]!, index);
  }
  return new Map(images.map((image, index) => [image, sets.first(index)]));
}

/** Number of sets among images. */
const countSets = (images: readonly CatalogImage[], sets: ReadonlyMap<CatalogImage, number>): number =>
  new Set(images.map((image) => sets.get(image)!)).size;

/** For each image of a later part that shares a set with an earlier part: the first image of that part, and itself. */
function leaksOf(
  parts: readonly (readonly CatalogImage[])[],
  sets: ReadonlyMap<CatalogImage, number>,
): CutImages['leaks'] {
  const leaks: [string, string][] = [];
  const known = new Map<number, string>();
  for (const part of parts) {
    for (const image of part) {
      const earlier = known.get(sets.get(image)!);
      if (earlier !== undefined) leaks.push([earlier, image.name]);
    }
    for (const image of part) if (!known.has(sets.get(image)!)) known.set(sets.get(image)!, image.name);
  }
  return leaks;
}

/** Images of a class that lie together. */
type Sizes = Map<string, number>;

function holdOut(images: readonly CatalogImage[], sets: ReadonlyMap<CatalogImage, number>): CutImages {
  const sizes = new Map<number, Sizes>();
  const byLabel = new Map<string, Set<number>>();
  const totals: Sizes = new Map();
  for (const image of images) {
    const [set, label] = [sets.get(image)!, image.label];
    const own = sizes.get(set) ?? new Map();
    sizes.set(set, own.set(label, (own.get(label) ?? 0) + 1));
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(set));
    totals.set(label, (totals.get(label) ?? 0) + 1);
  }
  const out = chooseOut(sizes, byLabel, totals);
  const leftOut = [...byLabel]
    .filter(([, own]) => ![...own].some((set) => out.has(set)))
    .map(([label, own]): LeftOut => ({ label, images: own.size }));
  const left = new Set(leftOut.map(({ label }) => label));
  const used = images.filter(({ label }) => !left.has(label));
  const test = used.filter((image) => out.has(sets.get(image)!));
  return {
    train: used.filter((image) => !out.has(sets.get(image)!)),
    val: [],
    test,
    heldOut: true,
    tested: countSets(test, sets),
    leftOut,
    leaks: [],
  };
}

/**
 * Chooses sets to hold out, class by class, those with the fewest sets first. A set is taken while that brings all its
 * classes together nearer to a fifth, and leaves each of them another set to learn from.
 */
function chooseOut(
  sizes: ReadonlyMap<number, Sizes>,
  byLabel: ReadonlyMap<string, ReadonlySet<number>>,
  totals: Sizes,
): ReadonlySet<number> {
  const out = new Set<number>();
  const held: Sizes = new Map();
  const kept = new Map(Array.from(byLabel, ([label, own]) => [label, own.size]));
  const heldOf = (label: string) => held.get(label) ?? 0;
  const off = (label: string, more: number) =>
    Math.abs(heldOf(label) + more - Math.max(1, Math.round(totals.get(label)! / ONE_IN)));
  const labelsOf = (set: number) => [...sizes.get(set)!];
  const mayGo = (set: number) => !out.has(set) && labelsOf(set).every(([label]) => kept.get(label)! > 1);
  const nearer = (set: number) =>
    labelsOf(set).reduce((sum, [label, size]) => sum + off(label, size) - off(label, 0), 0) < 0;
  const take = (set: number) => {
    out.add(set);
    for (const [label, size] of labelsOf(set)) {
      held.set(label, heldOf(label) + size);
      kept.set(label, kept.get(label)! - 1);
    }
  };
  const bySize = (a: number, b: number) => total(sizes.get(a)!) - total(sizes.get(b)!);
  const labels = [...byLabel].sort(([a, own], [b, other]) => own.size - other.size || compareNames(a, b));
  for (const [label, own] of labels) {
    const list = [...own];
    const order = Array.from(randomStream('held out', label).permutation(list.length), (i) => list[i]!);
    for (const set of order) if (mayGo(set) && nearer(set)) take(set);
    if (heldOf(label) > 0) continue;
    const smallest = order.filter(mayGo).sort(bySize)[0];
    if (smallest !== undefined) take(smallest);
  }
  return out;
}

const total = (sizes: Sizes) => [...sizes.values()].reduce((sum, size) => sum + size, 0);
