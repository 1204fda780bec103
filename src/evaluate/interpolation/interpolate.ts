import { assertDetail, encodeParents, layBack, nearerParent } from '../../augment/detail.js';
import { baseOf, latentPath, type PathName } from '../../augment/index.js';
import { decodePlaces } from '../../augment/latentCodes.js';
import { assertUsableImage, type LabeledImage, UsageError } from '../../core/index.js';
import type { LatentSpace, Model } from '../../models/index.js';

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
  assertDetail(detail);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new UsageError(`batchSize is ${batchSize}, but must be a whole number of at least 1`);
  }
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
