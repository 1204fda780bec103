import { type Label, type LabeledImage, UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { classMeans } from './classMeans.js';
import { encodePixels } from './latentCodes.js';

/** How near images are to the classes of a support set. */
export interface ClassCosines {
  /** In the order of their first image. */
  readonly labels: readonly Label[];
  /** For each image the cosine between its code and the mean direction of each class, in that order. */
  cosines(pixels: readonly Float32Array[]): number[][];
}

/**
 * Nearness to classes as several encoders see it: the mean of their cosines. Throws a `UsageError` when the codes of one lie
 * on no sphere, there are no models or images, or no two images of a class to whiten by.
 */
export function classCosines(
  models: readonly Model[],
  support: readonly LabeledImage[],
  whitenBy?: readonly LabeledImage[],
): ClassCosines {
  const [first, ...others] = models.map((model) => ({
    model,
    means: classMeans(model, support, whitenBy),
  }));
  if (first === undefined) {
    throw new UsageError('there is no encoder to label with', { hint: 'Give at least one model.' });
  }
  return {
    labels: first.means.labels,
    cosines(pixels) {
      const [own, ...theirs] = [first, ...others].map(({ model, means }) =>
        encodePixels(model, pixels).map(means.cosines),
      );
      return own!.map((row, i) =>
        row.map((cosine, c) => theirs.reduce((sum, rows) => sum + rows[i]![c]!, cosine) / models.length),
      );
    },
  };
}
