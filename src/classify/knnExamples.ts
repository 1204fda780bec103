import { DataError, type Label } from '../core/index.js';
import type { Features } from './knnEngine.js';

/** Labelled vectors of one length that grow: one Float32Array, doubled when it is full. */
export class KnnExamples {
  /** The classes in the order of their first example. */
  readonly classes: Label[] = [];
  /** Each class by its name. `1` and `'1'` are one key of an object, so they cannot be two classes. */
  readonly #indices = new Map<string, number>();
  readonly #labels: number[] = [];
  #values = new Float32Array(0);

  constructor(readonly dimension: number) {}

  get count(): number {
    return this.#labels.length;
  }

  /** Adds vectors, packed one after the other. Throws a `DataError`, and adds none, when one has no usable label. */
  add(values: Float32Array, labels: readonly Label[]): void {
    const added = this.#newClasses(labels);
    const start = this.count * this.dimension;
    if (this.#values.length < start + values.length) {
      const grown = new Float32Array(Math.max(start + values.length, 2 * this.#values.length));
      grown.set(this.#values.subarray(0, start));
      this.#values = grown;
    }
    this.#values.set(values, start);
    for (const label of added) {
      this.#indices.set(String(label), this.classes.length);
      this.classes.push(label);
    }
    for (const label of labels) this.#labels.push(this.#indices.get(String(label))!);
  }

  /** The vectors as they are now; adding more does not change them. */
  features(): Features {
    return {
      values: this.#values.subarray(0, this.count * this.dimension),
      dimension: this.dimension,
      labels: Int32Array.from(this.#labels),
    };
  }

  #newClasses(labels: readonly Label[]): Iterable<Label> {
    const added = new Map<string, Label>();
    for (const [i, label] of labels.entries()) {
      if (label === undefined || label === null || label === '' || Number.isNaN(label)) {
        throw new DataError(`example ${i} has no label`, {
          hint: 'Give every example a string or number as its label.',
        });
      }
      const name = String(label);
      const known = added.get(name) ?? this.classes[this.#indices.get(name) ?? -1];
      if (known === undefined) added.set(name, label);
      else if (known !== label) {
        throw new DataError(
          `example ${i} has the label ${JSON.stringify(label)}, but there is a class ${JSON.stringify(known)}`,
          { hint: 'Use a number or a string for the same class, not both.' },
        );
      }
    }
    return added.values();
  }
}
