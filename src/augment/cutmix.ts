import type { OperatorFunction } from 'rxjs';
import type { LabeledImage } from '../core/index.js';
import { type MixingOptions, mixing } from './mixing.js';

/**
 * Pastes a rectangle of another image of the stream into each image, at the same place, and gives each label its share of
 * the area. With λ ~ Beta(α, α) the rectangle has √(1 − λ) of either side; its centre is uniform, and what lies beyond
 * the border is cut off. After Yun et al., CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
 * Features, ICCV 2019, section 3.
 *
 * Order, windows, labels and provenance are those of {@link mixup}; `omega` is the partner's share of the area.
 *
 * ```ts
 * images$.pipe(cutmix({ seed: 7 }), toBatches(32, { classes }));
 * ```
 *
 * @param options `alpha` is 1 by default
 * @throws UsageError for options out of range; (as an error notification) DataError for an image that cannot be used or
 *   has another size than the first
 */
export function cutmix(options: MixingOptions = {}): OperatorFunction<LabeledImage, LabeledImage> {
  return mixing(
    'cutmix',
    (first, second, share, random) => {
      const [height, width, channels] = first.shape;
      const side = Math.sqrt(1 - share);
      const [top, bottom] = cutOut(random.integer(height), side * height, height);
      const [left, right] = cutOut(random.integer(width), side * width, width);
      const pixels = first.pixels.slice();
      for (let row = top; row < bottom; row++) {
        const start = (row * width + left) * channels;
        pixels.set(second.pixels.subarray(start, start + (right - left) * channels), start);
      }
      return { pixels, share: 1 - ((bottom - top) * (right - left)) / (height * width) };
    },
    { alpha: 1, seed: 0, window: 64, ...options },
  );
}

/** First and last pixel (the latter excluded) of a stretch about its centre, within 0 … size. */
function cutOut(centre: number, length: number, size: number): [first: number, end: number] {
  const whole = Math.floor(length);
  const first = centre - Math.floor(whole / 2);
  return [Math.max(0, first), Math.min(size, first + whole)];
}
