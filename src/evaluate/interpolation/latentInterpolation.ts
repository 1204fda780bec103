import { decodePlaces } from '../../augment/latentCodes.js';
import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import { encodeParents, layBack, nearerParent } from '../../augment/residual.js';
import { checkCount, checkShare } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import { assertUsableImage, imagesOf, type Label, type LabeledImage } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import type { ImageSource } from '../../data/imageSource.js';
import type { LatentSpace } from '../../models/architecture.js';
import type { Model } from '../../models/model.js';
import { type Proportion, proportion } from '../statistics.js';

/** The latent paths that lead from one image to another. */
export const interpolationPaths = ['slerp', 'lerp'] as const satisfies readonly PathName[];
export type InterpolationPath = (typeof interpolationPaths)[number];

/** Those that codes in a latent space allow: great circles need a sphere. */
export function interpolationPathsIn(latentSpace: LatentSpace): readonly InterpolationPath[] {
  return latentSpace === 'sphere' ? interpolationPaths : ['lerp'];
}

/** Two images of the model's shape, of one class or not. */
export type ImagePair = readonly [from: LabeledImage, to: LabeledImage];

export interface InterpolateOptions {
  readonly path: InterpolationPath;
  /** Places on each path: 0 is the first image, 1 the second; outside of [0, 1] the path goes on beyond them. */
  readonly omegas: readonly number[];
  /** Share of what decoding loses of the nearer image that is laid back, in [0, 1], as `hallucinate` does. Default: 0. */
  readonly detail?: number;
  /** Images encoded or decoded at a time. Default: 128. */
  readonly batchSize?: number;
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/**
 * What the decoder draws on the way between the codes of two images, `[pair][omega]`. Both ends are decoded codes too:
 * at ω = 0 and 1 stand reconstructions, not the images themselves.
 *
 * - `slerp` follows the great circle through two codes of length 1; beyond the ends it goes on along the same circle.
 * - `lerp` follows the straight line. On a spherical model that is the poster's ATNL*: the line runs through the inside of
 *   the sphere, where codes are shorter than any that the decoder has learnt from (cos(θ/2) at the middle of two codes
 *   that are θ apart), and beyond the ends through the outside. They are decoded as they are, not brought back to length 1.
 *
 * An image is labelled as the nearer end (in the middle: the first), which says nothing about what is to be seen, and has no
 * provenance: it is made to be looked at, not to learn from.
 *
 * @throws UsageError for another path, slerp on a model without a sphere, or a place that is not finite; DataError for an
 *   image that the model cannot take, numbered along the pairs: 0 and 1 are the first pair's
 */
export function interpolate(
  model: Model,
  pairs: readonly ImagePair[],
  { path: name, omegas, detail = 0, batchSize = 128 }: InterpolateOptions,
): LabeledImage[][] {
  if (!interpolationPaths.includes(name)) {
    throw new UsageError(`there is no interpolation along ${name}`, {
      hint: `Choose from ${interpolationPaths.join(', ')}.`,
    });
  }
  const path = latentPath(name);
  baseOf(path, model);
  const lost = omegas.find((omega) => !Number.isFinite(omega));
  if (lost !== undefined) throw new UsageError(`omega is ${lost}, but must be a finite number`);
  checkShare('detail', detail);
  checkCount('batchSize', batchSize);
  const images = pairs.flat();
  for (const [i, image] of images.entries()) assertUsableImage(image, i, model.imageShape);

  const ends = [...slices(images, batchSize)].flatMap((batch) =>
    encodeParents(
      model,
      batch.map(({ pixels }) => pixels),
      detail,
    ),
  );
  const places = pairs.flatMap((_, pair) =>
    omegas.map((omega) => ({ codes: [ends[2 * pair]!.code, ends[2 * pair + 1]!.code], omega })),
  );
  const drawings = [...slices(places, batchSize)].flatMap((batch) => decodePlaces(model, path, batch));
  return pairs.map(([from, to], pair) =>
    omegas.map((omega, i) => ({
      pixels: layBack(
        drawings[pair * omegas.length + i]!.pixels,
        nearerParent(ends.slice(2 * pair, 2 * pair + 2), omega),
        detail,
      ),
      shape: model.imageShape,
      label: omega <= 0.5 ? from.label : to.label,
    })),
  );
}

/** Places of two images in a source. */
export type IndexPair = readonly [from: number, to: number];

export interface ChoosePairsOptions {
  /** Number of pairs, at least 1. */
  readonly count: number;
  /**
   * `class`: two different images of one class, the classes taking turns in a random order; classes with a single image
   * are left out. `any`: two different images of the whole source.
   */
  readonly within: 'class' | 'any';
  readonly seed: number;
}

/** Place of each image among the source's, class by class. */
function membersOf({ labels, classes }: ImageSource): number[][] {
  const members: number[][] = classes.map(() => []);
  for (const [i, label] of labels.entries()) members[label]!.push(i);
  return members;
}

/**
 * Random pairs of images, by their places. Pair `i` depends on the source, the seed and `i` alone, so fewer pairs are a
 * beginning of more; one may come twice.
 *
 * @throws UsageError when `count` is not a whole number of at least 1, or there are no two images to choose
 */
export function choosePairs(source: ImageSource, { count, within, seed }: ChoosePairsOptions): IndexPair[] {
  checkCount('count', count);
  const groups = within === 'class' ? membersOf(source) : [[...source.labels.keys()]];
  const usable = groups.filter((group) => group.length >= 2);
  if (usable.length === 0) {
    throw new UsageError(
      within === 'class'
        ? 'no class has two images to choose a pair of'
        : 'there are no two images to choose',
      { hint: within === 'class' ? 'Choose pairs of any two images, or give more.' : 'Give more images.' },
    );
  }
  const turns = randomStream(seed, 'pairs', within, 'turns').permutation(usable.length);
  return Array.from({ length: count }, (_, i) => {
    const group = usable[turns[i % turns.length]!]!;
    const random = randomStream(seed, 'pairs', within, i);
    const first = random.integer(group.length);
    // Any of the others: those from the first one on move up by one.
    const other = random.integer(group.length - 1);
    return [group[first]!, group[other < first ? other : other + 1]!];
  });
}

/** The images of pairs of places. */
export function imagePairs(source: ImageSource, pairs: readonly IndexPair[]): ImagePair[] {
  const images = [...imagesOf(source.images(pairs.flat()))];
  return pairs.map((_, pair) => [images[2 * pair]!, images[2 * pair + 1]!]);
}

/**
 * Even places on a path: `steps` from 0 to 1, ends included, and before and after them as many more as keep their distance
 * about the same up to `extrapolate` beyond each end, at least one where that is more than 0.
 *
 * @param steps whole, at least 2
 * @param extrapolate how far beyond the ends, as a share of the way between them. Default: 0
 * @throws UsageError when either is out of range
 */
export function evenOmegas(steps: number, extrapolate = 0): number[] {
  checkCount('steps', steps, { least: 2 });
  if (!(extrapolate >= 0 && extrapolate < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`extrapolate is ${extrapolate}, but must be a finite number of at least 0`);
  }
  const more = extrapolate === 0 ? 0 : Math.max(1, Math.round(extrapolate * (steps - 1)));
  const beyond = Array.from({ length: more }, (_, i) => extrapolate * ((i + 1) / more));
  const between = Array.from({ length: steps }, (_, i) => i / (steps - 1));
  return [...beyond.map((way) => -way).reverse(), ...between, ...beyond.map((way) => 1 + way)];
}

export interface MidpointLabelsOptions {
  /** Pairs of images of one class, at least 1; classes take turns. */
  readonly pairs: number;
  readonly path: InterpolationPath;
  /** Seed of the choice of pairs: the same for every model and path that are to be compared. */
  readonly seed: number;
  /** The class of each image, by a judge that the model knows nothing of: `classify` of a `heldOutClassifier`. */
  readonly classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>;
}

/** Pairs that are held as images at a time. */
const CHUNK = 500;

/**
 * Whether images keep their class half way: the share of midpoints (ω = 0.5) between two images of one class that a
 * classifier puts into that class, with its 95 % interval over pairs.
 *
 * @throws UsageError for slerp on a model without a sphere, or when there is no pair to choose; DataError for images that
 *   the model or the classifier cannot take
 */
export async function midpointLabels(
  model: Model,
  source: ImageSource,
  { pairs, path, seed, classify }: MidpointLabelsOptions,
): Promise<Proportion> {
  checkCount('pairs', pairs);
  const chosen = choosePairs(source, { count: pairs, within: 'class', seed });
  let kept = 0;
  for (let start = 0; start < pairs; start += CHUNK) {
    const ends = imagePairs(source, chosen.slice(start, start + CHUNK));
    const middles = interpolate(model, ends, { path, omegas: [0.5] }).flat();
    const found = await classify(middles);
    kept += middles.filter(({ label }, i) => found[i] === label).length;
  }
  return proportion(kept, pairs);
}
