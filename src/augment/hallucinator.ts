import type { LabeledItem } from '../core/code.js';
import type { Label } from '../core/image.js';
import { type ClassBank, classBank } from './codeBank.js';
import type { HallucinatePlan } from './hallucinateOptions.js';
import { type HallucinationRequest, hallucinationMaker } from './hallucinationMaker.js';
import { assertNoDetail, type HallucinationSpace } from './hallucinationSpace.js';
import type { Banks } from './labelCheck.js';

/** Remembers labeled images, or codes, and makes new ones of them. It holds no tensors between calls. */
export interface Hallucinator<Item extends LabeledItem> {
  /** Remembers a real item. Throws a `DataError` that names it if it cannot be used. */
  remember(item: Item): void;
  /** Items that `ratio` makes due after one of this class: none, or whole batches. */
  burst(label: Label): Generator<Item, void, undefined>;
  /** The remaining items, after the last real one was remembered. */
  finish(): Generator<Item, void, undefined>;
}

/** A hallucinator that has seen nothing yet. */
export function hallucinator<Item extends LabeledItem>(
  space: HallucinationSpace<Item>,
  plan: HallucinatePlan<Item>,
): Hallucinator<Item> {
  const { perClass, ratio, path, seed, batchSize, bankSize, labelCheck, wants } = plan;
  if (space.kind === 'code') assertNoDetail(plan.detail);
  const make = hallucinationMaker(space, plan);
  // The check by prototypes also needs the classes that are not hallucinated.
  const remembersAll = labelCheck === true;
  const classes = new Map<Label, { readonly bank: ClassBank; requested: number }>();
  const requests: HallucinationRequest[] = [];
  let received = 0;

  const banksNow = (): Banks =>
    new Map(remembersAll ? [...classes].map(([label, { bank }]) => [label, bank.samples]) : []);

  /** Requests items of a class until there were `due` of them; each full batch is made at once. */
  function* request(label: Label, due: number): Generator<Item, void, undefined> {
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
    remember(item) {
      const position = received++;
      space.assertKind(item, position);
      const { label } = item;
      if (!wants(label) && !remembersAll) return;
      const values = space.valuesOf(item, position);
      const entry = classes.get(label) ?? { bank: classBank(label, bankSize, seed), requested: 0 };
      classes.set(label, entry);
      entry.bank.add(values);
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
