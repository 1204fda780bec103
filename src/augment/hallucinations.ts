import type { LabeledImage } from '../core/index.js';
import type { Model } from '../models/index.js';
import { type HallucinateOptions, planOf } from './hallucinateOptions.js';
import { hallucinator } from './hallucinator.js';

/**
 * New images for each class of a support set, one by one as they are asked for: two samples of the class are encoded,
 * a place between their codes is chosen, and the decoder draws it. With `perClass`, classes come in the order of their
 * first sample, after the whole set was read. With `ratio`, the set is read as far as the images asked for need it, so
 * it may be endless. A class with fewer samples than the path needs (2) gets none.
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
  const maker = hallucinator(model, planOf(options, model.latentSpace));
  for (const image of support) {
    maker.remember(image);
    yield* maker.burst(image.label);
  }
  yield* maker.finish();
}
