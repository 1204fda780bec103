import type { OperatorFunction } from 'rxjs';
import type { LabeledImage } from '../core/index.js';
import { type MixingOptions, mixing } from './mixing.js';

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
    { alpha: 0.2, seed: 0, window: 64, ...options },
  );
}
