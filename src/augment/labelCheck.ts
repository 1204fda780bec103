import { UsageError } from '../core/errors.js';
import type { Label, LabeledImage } from '../core/image.js';
import type { Model } from '../models/model.js';
import type { Sample } from './codeBank.js';
import { encodePixels } from './latentCodes.js';

/**
 * Says of each hallucinated image whether it may stay: one boolean an image, in their order. It should judge each image
 * by itself; how many come together is a matter of speed only.
 *
 * The check that `labelCheck: true` stands for encodes the image and keeps it when no other class's mean is nearer to
 * its code than that of its own class: on the sphere the mean direction of the remembered samples' codes, and angles;
 * elsewhere means and distances; of codes with a style part, the class part alone. This is our reading. The nearest single sample would hardly reject anything, because
 * the parents are among the samples and the image lies on the way between them; it would also let a mislabelled sample
 * vouch for its own children. In a mean over *n* samples the two parents weigh 2 / n. With one class everything stays.
 */
export type LabelCheck = (images: readonly LabeledImage[]) => readonly boolean[];

/** What is remembered of every class at one moment. */
export type Banks = ReadonlyMap<Label, readonly Sample[]>;

/** Asks a test of the user's. Throws a `UsageError` when it does not answer for each image. */
export function askUser(check: LabelCheck, images: readonly LabeledImage[]): readonly boolean[] {
  const verdicts = check(images);
  if (!Array.isArray(verdicts) || verdicts.length !== images.length) {
    const answer = Array.isArray(verdicts) ? `${verdicts.length} answers` : 'no array of answers';
    throw new UsageError(`labelCheck gave ${answer} for ${images.length} images`, {
      hint: 'Return an array of one boolean an image, at once and not as a promise.',
    });
  }
  return verdicts;
}

/** The test by nearest class mean, against the banks that belong to each image. Their samples must be encoded. */
export function nearestMeanCheck(model: Model) {
  // A bank's array never changes, so its mean is worked out once.
  const means = new WeakMap<readonly Sample[], Float64Array>();
  const meanOf = (samples: readonly Sample[]) => {
    const known = means.get(samples);
    if (known !== undefined) return known;
    const mean = meanCode(samples, model);
    means.set(samples, mean);
    return mean;
  };
  return (images: readonly LabeledImage[], banks: readonly Banks[]): boolean[] => {
    const codes = encodePixels(
      model,
      images.map(({ pixels }) => pixels),
    );
    return images.map(({ label }, i) => {
      const own = squaredDistance(codes[i]!, meanOf(banks[i]!.get(label)!));
      for (const samples of banks[i]!.values()) {
        if (squaredDistance(codes[i]!, meanOf(samples)) < own) return false;
      }
      return true;
    });
  };
}

/** Mean of the codes' class parts; on the sphere brought to length 1, where distances order as angles do. */
function meanCode(samples: readonly Sample[], model: Model): Float64Array {
  const { latentSize, latentSpace, styleSize } = model;
  const mean = new Float64Array(latentSize - styleSize);
  for (const { code } of samples) {
    for (let i = 0; i < mean.length; i++) mean[i]! += code![i]! / samples.length;
  }
  const length = latentSpace === 'sphere' ? Math.hypot(...mean) : 1;
  // Codes that cancel out have no direction: their mean stays at the centre.
  return length > 0 ? mean.map((value) => value / length) : mean;
}

/** Over the values that the mean has: those of the class part. */
function squaredDistance(code: Float32Array, mean: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < mean.length; i++) sum += (code[i]! - mean[i]!) ** 2;
  return sum;
}
