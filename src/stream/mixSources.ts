import { checkSeed } from '../core/checks.js';
import { assertUsableItem, type LabeledItem } from '../core/code.js';
import { UsageError } from '../core/errors.js';
import type { LabeledImage } from '../core/image.js';
import { checkFields, checkList, fieldsOf, listOf, numberFrom, whole } from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';

/** Images or codes to draw from, and their share of every batch. */
export interface MixSource<T extends LabeledItem = LabeledImage> {
  readonly images: readonly T[];
  /** Share in [0, 1]; the shares of all sources add up to 1. */
  readonly share: number;
}

export interface MixOptions {
  /** Images a batch: after each so many images the shares hold, to the nearest image. */
  readonly batchSize: number;
  readonly seed: number;
}

/** Draws every image once, in random order, before any of them again. */
function* endlessly<T>(images: readonly T[], seed: number, source: number): Generator<T> {
  for (let round = 0; ; round++) {
    for (const i of randomStream(seed, 'mix', source, round).permutation(images.length)) yield images[i]!;
  }
}

/**
 * An endless stream in which every batch holds a fixed share of each source, for example half real and half
 * hallucinated images: a large pool of the one does not drown a small pool of the other.
 *
 * ```ts
 * const made = Array.from(hallucinations(model, photos, { perClass: 100 }));
 * const shares = [{ images: photos, share: 0.5 }, { images: made, share: 0.5 }];
 * const mixed$ = fromPull(() => mixSources(shares, { batchSize: 32, seed: 7 }));
 * ```
 *
 * @throws UsageError for options out of range, or when there are no images
 */
export function* mixSources<T extends LabeledItem = LabeledImage>(
  sources: readonly MixSource<T>[],
  options: MixOptions,
): Generator<T, never, undefined> {
  const { batchSize, seed } = checkFields('mixSources', options, { batchSize: whole(), seed: checkSeed });
  listOf(fieldsOf({ images: checkList, share: numberFrom(0) }))('sources', sources, 'mixSources');
  for (const { images } of sources) for (const [i, image] of images.entries()) assertUsableItem(image, i);
  const filled = sources.filter(({ images }) => images.length > 0);
  const total = filled.reduce((sum, { share }) => sum + share, 0);
  if (!(total > 0)) throw new UsageError('there are no images to draw from');
  const draws = filled.map(({ images }, source) => endlessly(images, seed, source));
  const ends: number[] = [];
  for (const { share } of filled) ends.push((ends.at(-1) ?? 0) + share / total);
  for (;;) {
    let source = 0;
    for (let i = 0; i < batchSize; i++) {
      while (i >= Math.round(ends[source]! * batchSize) && source < filled.length - 1) source++;
      yield draws[source]!.next().value as T;
    }
  }
}
