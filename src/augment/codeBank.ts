import type { LabeledItem } from '../core/code.js';
import { DataError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { reservoirSlot } from '../core/reservoir.js';
import type { HallucinationSpace } from './hallucinationSpace.js';

/** A remembered image or code: its values until its code is needed, then the code alone. */
export interface Sample {
  readonly label: Label;
  /** Number among all items of its class, in order of arrival. */
  readonly number: number;
  /** Pixels of an image, or a code as it came. */
  values?: Float32Array | undefined;
  /** `[latentSize]` */
  code?: Float32Array;
  /** The image − decode(code), if detail is above 0. */
  residual?: Float32Array | undefined;
}

/** The samples of one class: the first `size`, then a random choice among all that came. */
export interface ClassBank {
  /** Samples remembered now. An array that was read never changes, so it may be kept as a snapshot. */
  readonly samples: readonly Sample[];
  /** Number of items of the class so far. */
  readonly arrivals: number;
  /** Counts one more item, and copies its values if it is to be remembered. */
  add(values: Float32Array): void;
}

/** A bank of bounded size: a reservoir, whose content depends on the seed, the class's own items and their order alone. */
export function classBank(label: Label, size: number, seed: number): ClassBank {
  let samples: Sample[] = [];
  let read = false;
  let arrivals = 0;
  return {
    get samples() {
      read = true;
      return samples;
    },
    get arrivals() {
      return arrivals;
    },
    add(values) {
      const number = arrivals++;
      const slot = reservoirSlot(number, size, seed, 'bank', label);
      if (slot === undefined) return;
      // A copy: the values may be a view of a large file, or be overwritten later.
      const sample: Sample = { label, number, values: values.slice() };
      if (read) samples = samples.slice();
      read = false;
      samples[slot] = sample;
    },
  };
}

/**
 * Gives every sample of these banks its code, and its residual if `detail` is above 0. Each item is encoded once, in batches
 * across classes.
 */
export function encodeSamples<Item extends LabeledItem>(
  space: HallucinationSpace<Item>,
  banks: Iterable<readonly Sample[]>,
  { batchSize, detail }: { readonly batchSize: number; readonly detail: number },
): void {
  const pending = new Set<Sample>();
  for (const samples of new Set(banks)) {
    for (const sample of samples) if (sample.code === undefined) pending.add(sample);
  }
  const waiting = [...pending];
  for (let start = 0; start < waiting.length; start += batchSize) {
    const batch = waiting.slice(start, start + batchSize);
    const encoded = space.encode(
      batch.map(({ values }) => values!),
      detail,
    );
    for (const [i, sample] of batch.entries()) {
      const { code, residual } = encoded[i]!;
      if (!code.every(Number.isFinite)) {
        throw new DataError(
          `the model gives no finite code for image ${sample.number} of class ${String(sample.label)}`,
          { hint: 'Give pixels in [0, 1], as the model was trained on.' },
        );
      }
      sample.code = code;
      sample.residual = residual;
      sample.values = undefined;
    }
  }
}
