import { assertObject, assertUsableImage, type Label, type LabeledImage } from '../core/image.js';
import type { Model } from '../models/model.js';
import { type ClassBank, classBank } from './codeBank.js';
import type { HallucinatePlan } from './hallucinateOptions.js';
import { type ImageRequest, imageMaker } from './imageMaker.js';
import type { Banks } from './labelCheck.js';

/** Remembers labeled images and makes new ones of them. It holds no tensors between calls. */
export interface Hallucinator {
  /** Remembers a real image. Throws a `DataError` that names it if the model cannot take it. */
  remember(image: LabeledImage): void;
  /** Images that `ratio` makes due after an image of this class: none, or whole batches. */
  burst(label: Label): Generator<LabeledImage, void, undefined>;
  /** The remaining images, after the last real one was remembered. */
  finish(): Generator<LabeledImage, void, undefined>;
}

/** A hallucinator without images. */
export function hallucinator(model: Model, plan: HallucinatePlan): Hallucinator {
  const { perClass, ratio, path, seed, batchSize, bankSize, labelCheck, wants } = plan;
  const make = imageMaker(model, plan);
  // The check by prototypes also needs the classes that are not hallucinated.
  const remembersAll = labelCheck === true;
  const classes = new Map<Label, { readonly bank: ClassBank; requested: number }>();
  const requests: ImageRequest[] = [];
  let received = 0;

  const banksNow = (): Banks =>
    new Map(remembersAll ? [...classes].map(([label, { bank }]) => [label, bank.samples]) : []);

  /** Requests images of a class until there were `due` of them; each full batch is made at once. */
  function* request(label: Label, due: number): Generator<LabeledImage, void, undefined> {
    const entry = classes.get(label);
    if (entry === undefined || entry.requested >= due) return;
    if (!wants(label) || entry.bank.arrivals < path.samplesNeeded) return;
    const { samples } = entry.bank;
    const banks = banksNow();
    while (entry.requested < due) {
      requests.push({ label, index: entry.requested++, samples, banks });
      if (requests.length === batchSize) yield* make(requests.splice(0));
    }
  }

  return {
    remember(image) {
      const position = received++;
      assertObject(image, `image ${position}`);
      if (!wants(image.label) && !remembersAll) return;
      assertUsableImage(image, position, model.imageShape);
      const entry = classes.get(image.label) ?? {
        bank: classBank(image.label, bankSize, seed),
        requested: 0,
      };
      classes.set(image.label, entry);
      entry.bank.add(image.pixels);
    },
    *burst(label) {
      if (ratio === undefined) return;
      const arrivals = classes.get(label)?.bank.arrivals ?? 0;
      // 0.29 × 100 is 28.999999999999996: a product just below a whole number counts as that number.
      yield* request(label, Math.floor(arrivals * ratio * (1 + 4 * Number.EPSILON)));
    },
    *finish() {
      if (perClass !== undefined) for (const label of classes.keys()) yield* request(label, perClass);
      if (requests.length > 0) yield* make(requests.splice(0));
    },
  };
}
