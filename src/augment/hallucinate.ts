import { concat, concatMap, defer, type Observable, type OperatorFunction } from 'rxjs';
import type { LabeledCode, LabeledItem } from '../core/code.js';
import type { LabeledImage } from '../core/image.js';
import { checkIterable } from '../core/kindChecks.js';
import type { CodeSpace } from '../models/extractor.js';
import type { Model } from '../models/model.js';
import { paced } from '../stream/paced.js';
import { type HallucinateOptions, planOf } from './hallucinateOptions.js';
import { spaceOf } from './hallucinationSpace.js';
import { hallucinator } from './hallucinator.js';

/**
 * Passes labeled images through and adds hallucinated ones: `perClass` for each class when the source completes, or
 * `ratio` for each real image while it runs.
 *
 * It remembers at most `bankSize` images of a class, follows a path between the codes of one class, and emits the images
 * that the decoder draws there, with their provenance. A real image passes at once; by `ratio`, hallucinations follow in
 * bursts of `batchSize`, the last ones when the source completes. A class with fewer images than the path needs gets none
 * until more come. Nothing is read ahead, and images are made as they are taken: unsubscribe, or use `take`, and the rest
 * is never decoded. Image *i* of a class is the same whatever the batch size or the order of other classes
 * (docs/concepts.md#the-same-seed).
 *
 * ```ts
 * from(photos).pipe(hallucinate(model, { perClass: 100, seed: 7 })).subscribe((image) => console.log(image.label));
 * ```
 *
 * With a feature extractor, which has no decoder, it takes and gives codes, under the same options but `detail`: they teach
 * a classifier of codes.
 *
 * ```ts
 * images$.pipe(embed(extractor), hallucinate(extractor, { perClass: 100 }), addTo(knn)).subscribe();
 * ```
 *
 * @see {@link hallucinations} for the same as a plain generator
 * @throws (as an error notification) UsageError for options out of range, on subscription; DataError instead of an image or
 *   code that cannot be used; whatever the model, `labelCheck` or `onDrop` throw, unchanged
 */
export function hallucinate(
  model: Model,
  options: HallucinateOptions,
): OperatorFunction<LabeledImage, LabeledImage>;
export function hallucinate(
  extractor: CodeSpace,
  options: HallucinateOptions<LabeledCode>,
): OperatorFunction<LabeledCode, LabeledCode>;
export function hallucinate(
  encoder: Model | CodeSpace,
  options: HallucinateOptions<never>,
): OperatorFunction<never, LabeledItem> {
  return (source: Observable<LabeledItem>) =>
    defer(() => {
      const space = spaceOf(encoder);
      const maker = hallucinator(space, planOf<LabeledItem>(options, space.codes.latentSpace));
      const items = paced();
      function* withBurst(item: LabeledItem) {
        yield item;
        yield* maker.burst(item.label);
      }
      return concat(
        source.pipe(
          concatMap((item) => {
            maker.remember(item);
            return items(withBurst(item));
          }),
        ),
        defer(() => items(maker.finish())),
      );
    });
}

/**
 * New images, or codes, for each class of a support set, made one by one as they are read: samples of the class are encoded, a position
 * on the path between their codes is drawn, and the decoder draws it. With `perClass`, classes come in the order of their
 * first sample, after the whole set was read. With `ratio`, the set is read as far as the images need it, so it may be
 * endless. A class with fewer samples than the path needs gets none.
 *
 * ```ts
 * for (const image of hallucinations(model, photos, { perClass: 100 })) console.log(image.provenance);
 * ```
 *
 * @see {@link hallucinate} for the same on a stream
 * @throws UsageError for options out of range; DataError for an image or code that cannot be used; what the model throws
 */
export function hallucinations(
  model: Model,
  support: Iterable<LabeledImage>,
  options: HallucinateOptions,
): Generator<LabeledImage, void, undefined>;
export function hallucinations(
  extractor: CodeSpace,
  support: Iterable<LabeledCode>,
  options: HallucinateOptions<LabeledCode>,
): Generator<LabeledCode, void, undefined>;
export function* hallucinations(
  encoder: Model | CodeSpace,
  support: Iterable<LabeledItem>,
  options: HallucinateOptions<never>,
): Generator<LabeledItem, void, undefined> {
  const space = spaceOf(encoder);
  checkIterable('the support set', support, 'hallucinations');
  const maker = hallucinator(space, planOf<LabeledItem>(options, space.codes.latentSpace));
  for (const item of support) {
    maker.remember(item);
    yield* maker.burst(item.label);
  }
  yield* maker.finish();
}
