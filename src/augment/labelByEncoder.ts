import { bufferCount, concatMap, type OperatorFunction, pipe } from 'rxjs';
import { type LabeledImage, UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { type EncoderLabelsOptions, encoderLabels } from './encoderLabels.js';

export interface LabelByEncoderOptions extends EncoderLabelsOptions {
  /** Images encoded at a time; a matter of speed and memory only. Default 128. */
  readonly batchSize?: number;
}

/**
 * Gives each image of a stream the encoder's opinion beside its own label.
 *
 * Put it last, behind what hallucinates and distorts: the encoder then tells how far an image still is what its label says.
 * Images keep their order; they come in groups of `batchSize`.
 *
 * ```ts
 * images$.pipe(geometric(affine(), { seed: 7 }), labelByEncoder(model, photos), toBatches(32)).subscribe(train);
 * ```
 *
 * @see {@link encoderLabels} for what the opinion is
 * @throws UsageError for options out of range, a model without a sphere, or an empty support set
 */
export function labelByEncoder(
  model: Model | readonly Model[],
  support: Iterable<LabeledImage>,
  { batchSize = 128, ...options }: LabelByEncoderOptions = {},
): OperatorFunction<LabeledImage, LabeledImage> {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new UsageError(`batchSize must be a whole number of at least 1, not ${batchSize}`);
  const label = encoderLabels(model, support, options);
  return pipe(bufferCount(batchSize), concatMap(label));
}
