import { concat, concatMap, defer, type OperatorFunction } from 'rxjs';
import type { LabeledImage } from '../core/image.js';
import { checkIterable, checkModel } from '../core/kindChecks.js';
import type { Model } from '../models/model.js';
import { paced } from '../stream/paced.js';
import { type HallucinateOptions, planOf } from './hallucinateOptions.js';
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
 * (docs/determinism.md).
 *
 * ```ts
 * from(photos).pipe(hallucinate(model, { perClass: 100, seed: 7 })).subscribe((image) => console.log(image.label));
 * ```
 *
 * @see {@link hallucinations} for the same as a plain generator
 * @throws (as an error notification) UsageError for options out of range, on subscription; DataError instead of an image
 *   that the model cannot take; whatever the model, `labelCheck` or `onDrop` throw, unchanged
 */
export function hallucinate(
  model: Model,
  options: HallucinateOptions,
): OperatorFunction<LabeledImage, LabeledImage> {
  return (source) =>
    defer(() => {
      checkModel(model);
      const maker = hallucinator(model, planOf(options, model.latentSpace));
      const items = paced();
      function* withBurst(image: LabeledImage) {
        yield image;
        yield* maker.burst(image.label);
      }
      return concat(
        source.pipe(
          concatMap((image) => {
            maker.remember(image);
            return items(withBurst(image));
          }),
        ),
        defer(() => items(maker.finish())),
      );
    });
}

/**
 * New images for each class of a support set, made one by one as they are read: samples of the class are encoded, a position
 * on the path between their codes is drawn, and the decoder draws it. With `perClass`, classes come in the order of their
 * first sample, after the whole set was read. With `ratio`, the set is read as far as the images need it, so it may be
 * endless. A class with fewer samples than the path needs gets none.
 *
 * ```ts
 * for (const image of hallucinations(model, photos, { perClass: 100 })) console.log(image.provenance);
 * ```
 *
 * @see {@link hallucinate} for the same on a stream
 * @throws UsageError for options out of range; DataError for an image that the model cannot take; what the model throws
 */
export function* hallucinations(
  model: Model,
  support: Iterable<LabeledImage>,
  options: HallucinateOptions,
): Generator<LabeledImage, void, undefined> {
  checkModel(model);
  checkIterable('the support set', support, 'hallucinations');
  const maker = hallucinator(model, planOf(options, model.latentSpace));
  for (const image of support) {
    maker.remember(image);
    yield* maker.burst(image.label);
  }
  yield* maker.finish();
}
