import type { Label } from '../core/image.js';
import { ClassList } from './classList.js';
import type { Features } from './knnEngine.js';
import { LeaveOneOut } from './unknown.js';

/** Examples as plain data. */
export interface LabeledVectors {
  /** One vector after the other. */
  readonly values: Float32Array;
  readonly labels: readonly Label[];
  /** True for each that was made of others. */
  readonly made: readonly boolean[];
  /** The classes in their order, or the labels once more, if classes come in the order of their first example. */
  readonly classes: readonly Label[];
}

/** Euclidean length of a vector. */
export const lengthOf = (vector: Float32Array | Float64Array): number => {
  let square = 0;
  for (let j = 0; j < vector.length; j++) square += vector[j]! * vector[j]!;
  return Math.sqrt(square);
};

/** A list of labeled vectors of one length: one Float32Array, doubled when it is full, and copied when one is taken out. */
export class KnnExamples {
  readonly #classes = new ClassList();
  #labels: number[] = [];
  #made: boolean[] = [];
  #leftOut = new LeaveOneOut();
  /** Undefined after the examples have changed. */
  #prototypes: readonly Float64Array[] | undefined;
  #values = new Float32Array(0);

  constructor(readonly dimension: number) {}

  /** The classes in the order in which they came. */
  get classes(): readonly Label[] {
    return this.#classes.labels;
  }

  get count(): number {
    return this.#labels.length;
  }

  counts(): Record<Label, number> {
    const counts = this.classes.map(() => 0);
    for (const label of this.#labels) counts[label]!++;
    return Object.fromEntries(this.classes.map((label, i) => [label, counts[i]!]));
  }

  /** Indices of the examples of a class, or of all. */
  indicesOf(label: Label | undefined): number[] {
    const all = [...this.#labels.keys()];
    if (label === undefined) return all;
    const wanted = this.#classes.indexOf(label);
    return all.filter((i) => this.#labels[i] === wanted);
  }

  /** All examples. */
  content(): LabeledVectors {
    return {
      values: this.features().values,
      labels: this.#labels.map((index) => this.classes[index]!),
      made: this.#made,
      classes: this.classes,
    };
  }

  /** Mean direction of each class's vectors at length 1, in the order of the classes; 0 where they cancel out. */
  prototypes(): readonly Float64Array[] {
    this.#prototypes ??= this.#meanDirections();
    return this.#prototypes;
  }

  #meanDirections(): Float64Array[] {
    const means = this.classes.map(() => new Float64Array(this.dimension));
    for (const [i, label] of this.#labels.entries()) {
      const vector = this.#values.subarray(i * this.dimension, (i + 1) * this.dimension);
      const length = lengthOf(vector);
      const mean = means[label]!;
      if (length > 0) for (let j = 0; j < mean.length; j++) mean[j]! += vector[j]! / length;
    }
    return means.map((mean) => {
      const length = lengthOf(mean);
      return length > 0 ? mean.map((value) => value / length) : mean;
    });
  }

  /** Distance of each example that was not made to the nearest other such. */
  leftOut(): number[] {
    return this.#leftOut.distances(this.features(), (example) => this.#made[example]!);
  }

  /** Adds examples. Throws a `DataError`, and adds none, when a label is that of a class in another type. */
  add({ values, labels, made, classes }: LabeledVectors): void {
    const added = this.#classes.newAmong(classes);
    const start = this.count * this.dimension;
    if (this.#values.length < start + values.length) {
      const grown = new Float32Array(Math.max(start + values.length, 2 * this.#values.length));
      grown.set(this.#values.subarray(0, start));
      this.#values = grown;
    }
    this.#values.set(values, start);
    for (const label of added) this.#classes.add(label);
    for (const label of labels) this.#labels.push(this.#classes.indexOf(label)!);
    for (const one of made) this.#made.push(one);
    this.#prototypes = undefined;
  }

  /** Leaves out the other examples, and the classes that have none then. What `features` gave before does not change. */
  keep(isKept: (example: number) => boolean): void {
    const kept = [...this.#labels.keys()].filter(isKept);
    const values = new Float32Array(kept.length * this.dimension);
    for (const [row, i] of kept.entries()) {
      values.set(this.#values.subarray(i * this.dimension, (i + 1) * this.dimension), row * this.dimension);
    }
    const labels = kept.map((i) => this.classes[this.#labels[i]!]!);
    const used = new Set(labels);
    this.#classes.keep((label) => used.has(label));
    this.#values = values;
    this.#made = kept.map((i) => this.#made[i]!);
    this.#leftOut = new LeaveOneOut();
    this.#prototypes = undefined;
    this.#labels = labels.map((label) => this.#classes.indexOf(label)!);
  }

  /** The vectors as they are now; adding more and taking some out does not change them. */
  features(): Features {
    return {
      values: this.#values.subarray(0, this.count * this.dimension),
      dimension: this.dimension,
      labels: Int32Array.from(this.#labels),
    };
  }
}
