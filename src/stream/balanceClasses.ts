import { concat, concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import { checkCount, checkSeed } from '../core/checks.js';
import { assertUsableItem, type LabeledItem } from '../core/code.js';
import type { Label, LabeledImage } from '../core/image.js';
import { checkOptionBag } from '../core/kindChecks.js';
import { randomStream } from '../core/random.js';
import { reservoirSlot } from '../core/reservoir.js';

export interface BalanceOptions {
  /** The choice of repeated images depends on this seed. Default 0. */
  readonly seed?: number;
  /**
   * Number of arrivals after which counts are evened out. Default: once, when the source completes; an endless source
   * needs a number.
   */
  readonly window?: number;
  /**
   * Largest number of images remembered for each class. Each image of the class has the same chance to be among them (a
   * seeded reservoir).
   * Default 256.
   */
  readonly bankSize?: number;
}

/** Images or codes of one class that came, and counts of it. */
interface ClassBank<T> {
  readonly label: Label;
  readonly images: T[];
  arrived: number;
  emitted: number;
}

/**
 * Repeats images or codes of rarer classes until each class has come as often as the most frequent one: random oversampling,
 * as RandomOverSampler of imbalanced-learn does it. No image is dropped.
 *
 * Every image passes at once. The repeats follow after each `window` arrivals and when the source completes, class by
 * class (`shuffleWith` spreads them): the remembered images of the class in random order, and over again where those are
 * too few. Then the counts of all classes seen so far are equal. An image counts for its `label`, the heaviest where it
 * has several. A source that fails gets no repeats.
 *
 * ```ts
 * images$.pipe(balanceClasses({ seed: 7 }), shuffleWith({ seed: 7, window: 1000 }));
 * ```
 *
 * @throws UsageError for options out of range; (as an error notification) DataError for an image that cannot be used
 */
export function balanceClasses<T extends LabeledItem = LabeledImage>(
  options: BalanceOptions = {},
): MonoTypeOperatorFunction<T> {
  const {
    seed = 0,
    window = Number.POSITIVE_INFINITY,
    bankSize = 256,
  } = checkOptionBag('balanceClasses', options);
  checkSeed('seed', seed);
  checkCount('window', window, { most: Number.POSITIVE_INFINITY });
  checkCount('bankSize', bankSize);
  return (source) =>
    defer(() => {
      const banks = new Map<Label, ClassBank<T>>();
      let rounds = 0;

      function remember(image: T): void {
        const { label } = image;
        const bank = banks.get(label) ?? { label, images: [], arrived: 0, emitted: 0 };
        banks.set(label, bank);
        const slot = reservoirSlot(bank.arrived, bankSize, seed, 'balance bank', label);
        if (slot !== undefined) bank.images[slot] = image;
        bank.arrived++;
        bank.emitted++;
      }

      function* repeats() {
        const round = rounds++;
        let most = 0;
        for (const { emitted } of banks.values()) most = Math.max(most, emitted);
        for (const bank of banks.values()) {
          const { label, images } = bank;
          const order = randomStream(seed, 'balance', label, round).permutation(images.length);
          for (let i = 0; bank.emitted < most; i++) {
            bank.emitted++;
            yield images[order[i % order.length]!]!;
          }
        }
      }

      return concat(
        source.pipe(
          concatMap(function* (image, position) {
            assertUsableItem(image, position);
            remember(image);
            yield image;
            if ((position + 1) % window === 0) yield* repeats();
          }),
        ),
        defer(() => repeats()),
      );
    });
}
