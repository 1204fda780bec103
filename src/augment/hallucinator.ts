import { assertUsableImage, type Label, type LabeledImage } from '../core/image.js';
import type { Model } from '../models/model.js';
import { type ClassBank, classBank } from './codeBank.js';
import type { HallucinatePlan } from './hallucinateOptions.js';
import { imageMaker, type Order } from './imageMaker.js';
import type { Banks } from './labelCheck.js';

/** Remembers labelled images and makes new ones of them. It holds no tensors between calls. */
export interface Hallucinator {
  /** Takes notice of a real image. Throws a `DataError` that names it when the model cannot take it. */
  remember(image: LabeledImage): void;
  /** What is due by `ratio` after an image of this class: nothing, or whole batches. */
  burst(label: Label): Generator<LabeledImage, void, undefined>;
  /** All that is left once the last image was remembered. */
  finish(): Generator<LabeledImage, void, undefined>;
}

/** A hallucinator that knows no images yet. */
export function hallucinator(model: Model, plan: HallucinatePlan): Hallucinator {
  const { perClass, ratio, path, seed, batchSize, bankSize, labelCheck, wants } = plan;
  const make = imageMaker(model, plan);
  // The check by means needs the classes that are not hallucinated too.
  const remembersAll = labelCheck === true;
  const classes = new Map<Label, { readonly bank: ClassBank; ordered: number }>();
  const orders: Order[] = [];
  let received = 0;

  const banksNow = (): Banks =>
    new Map(remembersAll ? [...classes].map(([label, { bank }]) => [label, bank.samples]) : []);

  /** Puts images of a class on order until there were `due` of them; each full batch is made at once. */
  function* order(label: Label, due: number): Generator<LabeledImage, void, undefined> {
    const entry = classes.get(label);
    if (entry === undefined || entry.ordered >= due) return;
    if (!wants(label) || entry.bank.arrivals < path.samplesNeeded) return;
    const { samples } = entry.bank;
    const banks = banksNow();
    while (entry.ordered < due) {
      orders.push({ label, index: entry.ordered++, samples, banks });
      if (orders.length === batchSize) yield* make(orders.splice(0));
    }
  }

  return {
    remember(image) {
      const position = received++;
      if (!wants(image.label) && !remembersAll) return;
      assertUsableImage(image, position, model.imageShape);
      const entry = classes.get(image.label) ?? { bank: classBank(image.label, bankSize, seed), ordered: 0 };
      classes.set(image.label, entry);
      entry.bank.add(image.pixels);
    },
    *burst(label) {
      if (ratio === undefined) return;
      const arrivals = classes.get(label)?.bank.arrivals ?? 0;
      // 0.29 × 100 is 28.999999999999996: a product that rounding left just below a whole number counts as that.
      yield* order(label, Math.floor(arrivals * ratio * (1 + 4 * Number.EPSILON)));
    },
    *finish() {
      if (perClass !== undefined) for (const label of classes.keys()) yield* order(label, perClass);
      if (orders.length > 0) yield* make(orders.splice(0));
    },
  };
}
