import { isCode, type LabeledItem } from '../core/code.js';
import { UsageError } from '../core/errors.js';
import type { Label, LabeledImage } from '../core/image.js';
import type { Sample } from './codeBank.js';
import type { HallucinationSpace } from './hallucinationSpace.js';

/**
 * Decides which hallucinated images, or codes, to keep: returns one boolean an image, in their order. It should judge each image by
 * itself; the number of images per call affects speed only.
 *
 * The check of `labelCheck: true` encodes the image and keeps it if no other class's prototype is nearer to its code than
 * that of its own class: on the sphere the mean direction of the remembered samples' codes, compared by angle; elsewhere
 * means, compared by distance; of codes with a style part, the class part alone. This is our reading. The nearest single
 * sample would reject hardly anything, because the parents are among the samples and the image lies between them; a
 * mislabeled sample would also vouch for its own children. In a prototype of *n* samples the two parents weigh 2 / n. With
 * one class everything is kept.
 */
export type LabelCheck<Item extends LabeledItem = LabeledImage> = (
  items: readonly Item[],
) => readonly boolean[];

/** Samples of every class at one moment. */
export type Banks = ReadonlyMap<Label, readonly Sample[]>;

/** Runs a check of the user's. Throws a `UsageError` unless it answers for each item. */
export function customVerdicts<Item extends LabeledItem>(
  check: LabelCheck<Item>,
  items: readonly Item[],
): readonly boolean[] {
  const what = isCode(items[0]) ? 'code' : 'image';
  const verdicts = check(items);
  if (!Array.isArray(verdicts) || verdicts.length !== items.length) {
    const answer = Array.isArray(verdicts) ? `${verdicts.length} answers` : 'no array of answers';
    throw new UsageError(`labelCheck gave ${answer} for ${items.length} ${what}s`, {
      hint: `Return an array of one boolean ${what === 'code' ? 'a code' : 'an image'}, at once and not as a promise.`,
      option: 'labelCheck',
    });
  }
  return verdicts;
}

/** A check by nearest prototype, against the banks of each item. Their samples must be encoded. */
export function nearestPrototypeCheck<Item extends LabeledItem>(space: HallucinationSpace<Item>) {
  // A bank's array never changes, so its prototype is computed once.
  const prototypes = new WeakMap<readonly Sample[], Float64Array>();
  const prototypeOf = (samples: readonly Sample[]) => {
    const known = prototypes.get(samples);
    if (known !== undefined) return known;
    const prototype = prototypeCode(samples, space.codes);
    prototypes.set(samples, prototype);
    return prototype;
  };
  return (items: readonly Item[], banks: readonly Banks[]): boolean[] => {
    const codes = space.codesOf(items);
    return items.map(({ label }, i) => {
      const own = squaredDistance(codes[i]!, prototypeOf(banks[i]!.get(label)!));
      for (const samples of banks[i]!.values()) {
        if (squaredDistance(codes[i]!, prototypeOf(samples)) < own) return false;
      }
      return true;
    });
  };
}

/** Mean of the codes' class parts; on the sphere at length 1, where distances order as angles do. */
function prototypeCode(
  samples: readonly Sample[],
  { latentSize, latentSpace, styleSize }: HallucinationSpace<LabeledItem>['codes'],
): Float64Array {
  const mean = new Float64Array(latentSize - styleSize);
  for (const { code } of samples) {
    for (let i = 0; i < mean.length; i++) mean[i]! += code![i]! / samples.length;
  }
  const length = latentSpace === 'sphere' ? Math.hypot(...mean) : 1;
  // Codes that cancel out have no direction: their mean stays at the center.
  return length > 0 ? mean.map((value) => value / length) : mean;
}

/** Squared distance of class parts. */
function squaredDistance(code: Float32Array, prototype: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < prototype.length; i++) sum += (code[i]! - prototype[i]!) ** 2;
  return sum;
}
