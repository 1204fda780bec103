import { decodeAlong } from '../../augment/latentCodes.js';
import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import { addResidual, encodeParents, nearerParent } from '../../augment/residual.js';
import { checkCount, checkSeed, checkShare, refuse } from '../../core/checks.js';
import { chunksOf } from '../../core/chunks.js';
import { UsageError } from '../../core/errors.js';
import {
  assertUsableImage,
  checkIndices,
  imagesOf,
  type Label,
  type LabeledImage,
} from '../../core/image.js';
import {
  checkFields,
  checkFunction,
  checkList,
  checkModel,
  listOf,
  oneAmong,
  whole,
} from '../../core/kindChecks.js';
import { randomStream } from '../../core/random.js';
import { shown } from '../../core/shown.js';
import type { LabeledSource } from '../../data/episodes.js';
import { checkSource, type ImageSource } from '../../data/imageSource.js';
import type { LatentSpace } from '../../models/architecture.js';
import type { Model } from '../../models/model.js';
import { type Proportion, proportion } from '../statistics.js';

/** The latent paths that lead from one image to another. */
export const interpolationPaths = ['slerp', 'lerp'] as const satisfies readonly PathName[];
export type InterpolationPath = (typeof interpolationPaths)[number];

/** Interpolation paths that a latent space allows: great circles need a sphere. */
export function interpolationPathsIn(latentSpace: LatentSpace): readonly InterpolationPath[] {
  oneAmong(['sphere', 'euclidean'])('latentSpace', latentSpace);
  return latentSpace === 'sphere' ? interpolationPaths : ['lerp'];
}

function checkPair(name: string, value: unknown, of?: string): void {
  if (!Array.isArray(value) || value.length !== 2) refuse(name, value, 'a pair of images', of);
}

/** Two images of the model's shape, of one class or not. */
export type ImagePair = readonly [from: LabeledImage, to: LabeledImage];

export interface InterpolateOptions {
  readonly path: InterpolationPath;
  /** Values of ω on each path: 0 is the first image, 1 the second; outside [0, 1] the path goes on beyond them. */
  readonly omegas: readonly number[];
  /** Share of the nearer image's residual that is added, in [0, 1], as by `hallucinate`. Default: 0. */
  readonly detail?: number;
  /** Number of images encoded or decoded at a time. Default: 128. */
  readonly batchSize?: number;
}

/**
 * Decoded points of a path between the codes of two images, `[pair][omega]`. Both ends are decoded too: ω = 0 and 1 give
 * reconstructions, not the images themselves.
 *
 * - `slerp` follows the great circle through two codes of length 1; beyond the ends it goes on along the same circle.
 * - `lerp` follows the straight line. On a spherical model that is the poster's ATNL*: the line runs inside the sphere, where
 *   codes are shorter than all that the decoder was trained on (cos(θ/2) at the middle of two codes at an angle of θ), and
 *   beyond the ends outside it. They are decoded as they are, not scaled to length 1.
 *
 * An image has the label of the nearer end (in the middle: the first), whatever it shows, and no provenance: it is made to be
 * looked at, not to learn from.
 *
 * @throws UsageError for another path, slerp on a model without a sphere, or an ω that is not finite; DataError for an
 *   image that the model cannot take, with its index: 0 and 1 are the first pair's
 */
export function interpolate(
  model: Model,
  pairs: readonly ImagePair[],
  options: InterpolateOptions,
): LabeledImage[][] {
  const {
    path: name,
    omegas,
    detail = 0,
    batchSize = 128,
  } = checkFields('interpolate', options, {
    omegas: checkList,
  });
  checkModel(model);
  listOf(checkPair)('pairs', pairs, 'interpolate');
  if (!interpolationPaths.includes(name)) {
    throw new UsageError(`there is no interpolation along ${shown(name)}`, {
      hint: `Choose from ${interpolationPaths.join(', ')}.`,
      option: 'path',
    });
  }
  const path = latentPath(name);
  baseOf(path, model);
  const unusable = omegas.find((omega) => !Number.isFinite(omega));
  if (unusable !== undefined) {
    throw new UsageError(`omega is ${shown(unusable)}, but must be a finite number`, { option: 'omegas' });
  }
  checkShare('detail', detail);
  checkCount('batchSize', batchSize);
  const images = pairs.flat();
  for (const [i, image] of images.entries()) assertUsableImage(image, i, model.imageShape);

  const ends = [...chunksOf(images, batchSize)].flatMap((batch) =>
    encodeParents(
      model,
      batch.map(({ pixels }) => pixels),
      detail,
    ),
  );
  const points = pairs.flatMap((_, pair) =>
    omegas.map((omega) => ({ codes: [ends[2 * pair]!.code, ends[2 * pair + 1]!.code], omega })),
  );
  const drawings = [...chunksOf(points, batchSize)].flatMap((batch) => decodeAlong(model, path, batch));
  return pairs.map(([from, to], pair) =>
    omegas.map((omega, i) => ({
      pixels: addResidual(
        drawings[pair * omegas.length + i]!.pixels,
        nearerParent(ends.slice(2 * pair, 2 * pair + 2), omega),
        detail,
      ),
      shape: model.imageShape,
      label: omega <= 0.5 ? from.label : to.label,
    })),
  );
}

/** Most pairs: more take too much memory. */
const MOST_PAIRS = 2 ** 24;

/** Indices of two images in a source. */
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

/** Indices of the images of each class. */
function membersOf({ labels, classes }: LabeledSource): number[][] {
  const members: number[][] = classes.map(() => []);
  for (const [i, label] of labels.entries()) members[label]!.push(i);
  return members;
}

/**
 * Random pairs of images, by their indices. Pair `i` depends on the source, the seed and `i` alone, so fewer pairs are a
 * prefix of more. A pair may occur twice.
 *
 * @throws UsageError when `count` is not a whole number of at least 1, or there are no two images to choose
 */
export function choosePairs(source: ImageSource, options: ChoosePairsOptions): IndexPair[] {
  checkSource('the source', source, 'choosePairs');
  return drawPairs(source, options);
}

/** Random pairs of what has labels: of images, or of their codes. See {@link choosePairs}. */
export function drawPairs(source: LabeledSource, options: ChoosePairsOptions): IndexPair[] {
  const { count, within, seed } = checkFields('choosePairs', options, {
    count: whole(1, MOST_PAIRS),
    within: oneAmong(['class', 'any']),
    seed: checkSeed,
  });
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
    // Any other image: indices from the first one on move up by one.
    const other = random.integer(group.length - 1);
    return [group[first]!, group[other < first ? other : other + 1]!];
  });
}

/** Images of pairs of indices. */
export function imagePairs(source: ImageSource, pairs: readonly IndexPair[]): ImagePair[] {
  checkSource('the source', source, 'imagePairs');
  listOf(checkPair)('pairs', pairs, 'imagePairs');
  checkIndices('pairs', pairs.flat(), source.labels.length, 'imagePairs');
  const images = [...imagesOf(source.images(pairs.flat()))];
  return pairs.map((_, pair) => [images[2 * pair]!, images[2 * pair + 1]!]);
}

/** Most values of ω. */
const MOST_STEPS = 1_000_000;

/**
 * Even values of ω: `steps` from 0 to 1, ends included, and before and after them as many more, at about the same distance,
 * as lead to `extrapolate` beyond each end, at least one if that is above 0.
 *
 * @param steps whole, at least 2
 * @param extrapolate distance beyond the ends, as a share of the path between them. Default: 0
 * @throws UsageError when either is out of range
 */
export function evenOmegas(steps: number, extrapolate = 0): number[] {
  checkCount('steps', steps, { least: 2, most: MOST_STEPS });
  if (!Number.isFinite(extrapolate) || extrapolate < 0 || extrapolate * steps > MOST_STEPS) {
    throw new UsageError(`extrapolate is ${shown(extrapolate)}, but must be a finite number of at least 0`, {
      option: 'extrapolate',
    });
  }
  const more = extrapolate === 0 ? 0 : Math.max(1, Math.round(extrapolate * (steps - 1)));
  const beyond = Array.from({ length: more }, (_, i) => extrapolate * ((i + 1) / more));
  const between = Array.from({ length: steps }, (_, i) => i / (steps - 1));
  return [...beyond.map((omega) => -omega).reverse(), ...between, ...beyond.map((omega) => 1 + omega)];
}

export interface MidpointLabelsOptions {
  /** Number of pairs of images of one class, at least 1; classes take turns. */
  readonly pairs: number;
  readonly path: InterpolationPath;
  /** Seed of the choice of pairs: the same for all models and paths that are compared. */
  readonly seed: number;
  /** Classifier that has nothing in common with the model: `classify` of a `heldOutClassifier`. */
  readonly classify: (images: readonly LabeledImage[]) => Promise<readonly Label[]>;
}

/**
 * Share of midpoints (ω = 0.5) between two images of one class that a classifier puts into that class, with its 95 %
 * interval over pairs.
 *
 * @throws UsageError for slerp on a model without a sphere, or when there is no pair to choose; DataError for images that
 *   the model or the classifier cannot take
 */
export async function midpointLabels(
  model: Model,
  source: ImageSource,
  options: MidpointLabelsOptions,
): Promise<Proportion> {
  const { pairs, path, seed, classify } = checkFields('midpointLabels', options, {
    pairs: whole(),
    classify: checkFunction,
  });
  checkModel(model);
  const chosen = choosePairs(source, { count: pairs, within: 'class', seed });
  let kept = 0;
  for (const chunk of chunksOf(chosen)) {
    const middles = interpolate(model, imagePairs(source, chunk), { path, omegas: [0.5] }).flat();
    const found = await classify(middles);
    checkList('what classify gives', found, 'midpointLabels');
    kept += middles.filter(({ label }, i) => found[i] === label).length;
  }
  return proportion(kept, pairs);
}
