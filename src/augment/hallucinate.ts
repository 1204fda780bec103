import { concat, concatMap, defer, type OperatorFunction } from 'rxjs';
import type { LabeledImage } from '../core/index.js';
import type { Model } from '../models/index.js';
import { paced } from '../stream/index.js';
import { type HallucinateOptions, planOf } from './hallucinateOptions.js';
import { hallucinator } from './hallucinator.js';

/**
 * Passes labelled images through and adds hallucinated ones: `perClass` for each class when the source completes, or
 * `ratio` for each real image while it runs.
 *
 * It remembers images that go by, at most `bankSize` of a class; then it walks on the sphere between samples of one
 * class and emits what the decoder draws there, with its provenance. A real image passes at once; by `ratio`,
 * hallucinations follow in bursts of `batchSize`, the last ones when the source completes. A class of which one image
 * is known gets none until the next one comes. Nothing is read ahead, and images are made as they are taken:
 * unsubscribe, or use `take`, and the rest is never decoded. Image *i* of a class is the same whatever the batch size
 * or the order of other classes (docs/determinism.md).
 *
 * ```ts
 * from(photos).pipe(hallucinate(model, { perClass: 100, seed: 7 })).subscribe((image) => console.log(image.label));
 * ```
 *
 * @see {@link hallucinations} for the same as a plain generator
 * @throws (as an error notification) UsageError for options out of range, when subscribed to; DataError in the place of
 *   an image that the model cannot take; whatever the model, `labelCheck` or `onDrop` throw, as it is
 */
export function hallucinate(
  model: Model,
  options: HallucinateOptions,
): OperatorFunction<LabeledImage, LabeledImage> {
  return (source) =>
    defer(() => {
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
