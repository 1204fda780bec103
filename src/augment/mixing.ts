import { bufferCount, concatMap, defer, map, type OperatorFunction, pipe } from 'rxjs';
import * as v from 'valibot';
import {
  assertUsableImage,
  type ImageShape,
  type Label,
  type LabeledImage,
  type LabelShare,
  labelSharesOf,
} from '../core/image.js';
import { type RandomStream, randomStream } from '../core/random.js';
import { finishFirst } from '../stream/finishFirst.js';
import { above0, checkOptions, seedEntry, wholeFrom } from './optionSchemas.js';

/**
 * A number in [0, 1] from the symmetric Beta(α, α) distribution: x / (x + y) for two Gamma(α) numbers. Computed from
 * their logarithms, since for small α both are often below the smallest number that a float can hold.
 */
export function symmetricBeta(random: RandomStream, alpha: number): number {
  const x = logGamma(random, alpha);
  const y = logGamma(random, alpha);
  return 1 / (1 + Math.exp(y - x));
}

/**
 * Logarithm of a Gamma(α, 1) number. After Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000; for
 * α below 1 by their relation Gamma(α) = Gamma(α + 1) · U^(1/α).
 */
function logGamma(random: RandomStream, alpha: number): number {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const boost = alpha < 1 ? Math.log(1 - random.uniform()) / alpha : 0;
  for (;;) {
    const x = random.normal();
    const cube = (1 + c * x) ** 3;
    if (cube <= 0) continue;
    const logCube = Math.log(cube);
    if (Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * cube + d * logCube) {
      return Math.log(d) + logCube + boost;
    }
  }
}

export interface MixingOptions {
  /** Shares are drawn from Beta(α, α): near 0 or 1 for small α, near ½ for large ones. Above 0, at most 1000. */
  readonly alpha?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Images among which partners are chosen, at least 2. They are held back until all have come. Default 64. */
  readonly window?: number;
}

/** Ranges and defaults of the options that a pipeline's step has too. */
const mixingEntries = (alpha: number) => ({
  alpha: v.optional(above0(1000, ' and up to 1000'), alpha),
  window: v.optional(wholeFrom(2), 64),
});
export const mixupEntries = mixingEntries(0.2);
export const cutmixEntries = mixingEntries(1);

/** Puts part of the second image into the first; `share` is how much of the first should stay, and what did stay. */
export type MixPixels = (
  first: LabeledImage,
  second: LabeledImage,
  share: number,
  random: RandomStream,
) => { readonly pixels: Float32Array; readonly share: number };

interface Arrival {
  readonly image: LabeledImage;
  /** Number of the image among those of its class. */
  readonly number: number;
  /** Number of the image in the stream. */
  readonly position: number;
}

/** An operator that mixes each image with another one of its window and blends their labels by the same share. */
export function mixing(
  name: string,
  mix: MixPixels,
  { alpha, seed, window }: Required<MixingOptions>,
): OperatorFunction<LabeledImage, LabeledImage> {
  function mixed(first: Arrival, second: Arrival): LabeledImage {
    const random = randomStream(seed, name, first.position);
    const { pixels, share } = mix(first.image, second.image, symmetricBeta(random, alpha), random);
    const labels = blended(first.image, second.image, share);
    const known = first.image.provenance;
    const model = known?.model ?? second.image.provenance?.model;
    return {
      pixels,
      shape: first.image.shape,
      label: heaviest(labels),
      labels,
      provenance: {
        parents: [first.number, second.number],
        path: known === undefined ? name : `${known.path}+${name}`,
        omega: 1 - share,
        index: first.position,
        seed,
        ...(model === undefined ? {} : { model }),
      },
    };
  }

  /** Mixes each image of a window with the next in a random ring, and so never with itself. */
  function* mixedWindow(arrivals: readonly Arrival[], round: number): Generator<LabeledImage> {
    const ring = randomStream(seed, name, 'ring', round).permutation(arrivals.length);
    const next = new Int32Array(ring.length);
    for (const [i, index] of ring.entries()) next[index] = ring[(i + 1) % ring.length]!;
    for (const [i, arrival] of arrivals.entries()) {
      yield arrivals.length === 1 ? arrival.image : mixed(arrival, arrivals[next[i]!]!);
    }
  }

  return (source) =>
    defer(() => {
      let shape: ImageShape | undefined;
      const arrived = new Map<Label, number>();
      return source.pipe(
        map((image, position): Arrival => {
          assertUsableImage(image, position, shape);
          shape ??= image.shape;
          const number = arrived.get(image.label) ?? 0;
          arrived.set(image.label, number + 1);
          return { image, number, position };
        }),
        finishFirst(pipe(bufferCount(window), concatMap(mixedWindow))),
      );
    });
}

/** The shares of both images' classes, each class once. */
function blended(first: LabeledImage, second: LabeledImage, share: number): LabelShare[] {
  const weights = new Map<Label, number>();
  const add = (image: LabeledImage, part: number) => {
    for (const { label, weight } of labelSharesOf(image)) {
      weights.set(label, (weights.get(label) ?? 0) + part * weight);
    }
  };
  add(first, share);
  add(second, 1 - share);
  return [...weights].map(([label, weight]) => ({ label, weight }));
}

/** The heaviest label; of equal ones the first, so that a half keeps its label. */
function heaviest(shares: readonly LabelShare[]): Label {
  return shares.reduce((best, share) => (share.weight > best.weight ? share : best)).label;
}

/**
 * Blends each image with another one of the stream, pixels and labels alike: λ · image + (1 − λ) · partner, with
 * λ ~ Beta(α, α) drawn for each pair. After Zhang et al., mixup: Beyond Empirical Risk Minimization, ICLR 2018,
 * equation 1.
 *
 * As many images come out as went in, in their order, with the shares of their classes in `labels`, which `toBatches`
 * turns into rows of `ys`; `label` is the heaviest. Partners are chosen among `window` images, which come out together;
 * when the source completes or fails, the last, smaller window does. An image alone in its window passes as it is. What
 * an image is mixed with depends on the seed and on the order of the whole stream. Its provenance holds the numbers of
 * both images within their classes, and 1 − λ as `omega`.
 *
 * ```ts
 * images$.pipe(mixup({ alpha: 0.2, seed: 7 }), toBatches(32, { classes }));
 * ```
 *
 * @param options `alpha` is 0.2 by default
 * @throws UsageError for options out of range; (as an error notification) DataError for an image that cannot be used or
 *   has another size than the first
 */
export function mixup(options: MixingOptions = {}): OperatorFunction<LabeledImage, LabeledImage> {
  return mixing(
    'mixup',
    (first, second, share) => {
      const pixels = new Float32Array(first.pixels.length);
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = share * first.pixels[i]! + (1 - share) * second.pixels[i]!;
      }
      return { pixels, share };
    },
    checkOptions('mixup', v.strictObject({ ...mixupEntries, seed: seedEntry }), options),
  );
}

/**
 * Pastes a rectangle of another image of the stream into each image, at the same position, and gives each label its share of
 * the area. With λ ~ Beta(α, α) the rectangle has √(1 − λ) of either side; its center is uniform, and what lies beyond
 * the border is cut off. After Yun et al., CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
 * Features, ICCV 2019, section 3.
 *
 * Order, windows, labels and provenance are those of {@link mixup}; `omega` is the partner's share of the area.
 *
 * ```ts
 * images$.pipe(cutmix({ seed: 7 }), toBatches(32, { classes }));
 * ```
 *
 * @param options `alpha` is 1 by default
 * @throws UsageError for options out of range; (as an error notification) DataError for an image that cannot be used or
 *   has another size than the first
 */
export function cutmix(options: MixingOptions = {}): OperatorFunction<LabeledImage, LabeledImage> {
  return mixing(
    'cutmix',
    (first, second, share, random) => {
      const [height, width, channels] = first.shape;
      const side = Math.sqrt(1 - share);
      const [top, bottom] = cutOut(random.integer(height), side * height, height);
      const [left, right] = cutOut(random.integer(width), side * width, width);
      const pixels = first.pixels.slice();
      for (let row = top; row < bottom; row++) {
        const start = (row * width + left) * channels;
        pixels.set(second.pixels.subarray(start, start + (right - left) * channels), start);
      }
      return { pixels, share: 1 - ((bottom - top) * (right - left)) / (height * width) };
    },
    checkOptions('cutmix', v.strictObject({ ...cutmixEntries, seed: seedEntry }), options),
  );
}

/** First pixel and end of an interval about its center, within 0 … size. */
function cutOut(center: number, length: number, size: number): [first: number, end: number] {
  const whole = Math.floor(length);
  const first = center - Math.floor(whole / 2);
  return [Math.max(0, first), Math.min(size, first + whole)];
}
