import { bufferCount, concatMap, defer, map, type OperatorFunction, pipe } from 'rxjs';
import {
  assertUsableImage,
  type ImageShape,
  type Label,
  type LabeledImage,
  type LabelShare,
  labelSharesOf,
  type RandomStream,
  randomStream,
  UsageError,
} from '../core/index.js';
import { finishFirst } from '../stream/finishFirst.js';
import { symmetricBeta } from './beta.js';

export interface MixingOptions {
  /** Shares are drawn from Beta(α, α): near 0 or 1 for small α, near ½ for large ones. Above 0, at most 1000. */
  readonly alpha?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Images among which partners are chosen, at least 2. They are held back until all have come. Default 64. */
  readonly window?: number;
}

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
  if (!(alpha > 0 && alpha <= 1000))
    throw new UsageError(`${name}: alpha must be a number above 0 and up to 1000, not ${alpha}`);
  if (!Number.isSafeInteger(seed)) throw new UsageError(`${name}: seed must be a whole number, not ${seed}`);
  if (!Number.isSafeInteger(window) || window < 2)
    throw new UsageError(`${name}: window must be a whole number of at least 2, not ${window}`);

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

  /** The window as one ring in random order, in which each is mixed with the next: so never with itself. */
  function* mixedWindow(arrivals: readonly Arrival[], round: number): Generator<LabeledImage> {
    const ring = randomStream(seed, name, 'ring', round).permutation(arrivals.length);
    const next = new Int32Array(ring.length);
    for (const [i, place] of ring.entries()) next[place] = ring[(i + 1) % ring.length]!;
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

/** Of equally heavy ones the first, so that a half stays what it was. */
function heaviest(shares: readonly LabelShare[]): Label {
  return shares.reduce((best, share) => (share.weight > best.weight ? share : best)).label;
}
