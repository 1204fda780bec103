import { concat, defer, from, type OperatorFunction, tap } from 'rxjs';
import type { LabeledImage } from '../core/index.js';
import type { Model } from '../models/index.js';
import { type HallucinateOptions, hallucinations } from './hallucinations.js';

/**
 * Passes labelled images through and, when the source completes, adds hallucinated ones for each class.
 *
 * It remembers the images that go by; when no more come, it walks on the sphere between samples of one class and emits
 * what the decoder draws there, with its provenance. Images are made as they are taken: unsubscribe, or use `take`, and
 * the rest is never decoded. Image *i* of a class is the same whatever the batch size or the order of other classes.
 *
 * ```ts
 * from(photos).pipe(hallucinate(model, { perClass: 100, seed: 7 })).subscribe((image) => console.log(image.label));
 * ```
 *
 * @see {@link hallucinations} for the same as a plain generator
 * @throws (as an error notification) UsageError for options out of range, DataError for an image that the model cannot take
 */
export function hallucinate(
  model: Model,
  options: HallucinateOptions,
): OperatorFunction<LabeledImage, LabeledImage> {
  return (source) =>
    defer(() => {
      const support: LabeledImage[] = [];
      return concat(
        source.pipe(tap((image) => support.push(image))),
        defer(() => from(hallucinations(model, support, options))),
      );
    });
}
