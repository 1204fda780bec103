import { checkCount } from '../core/checks.js';
import { DataError, ModelError, UsageError } from '../core/errors.js';
import { type Label, type LabeledImage, labelText } from '../core/image.js';
import type { Features, KnnEngineName, KnnIndex } from './knnEngine.js';
import { knnEngine } from './knnEngines.js';
import {
  assertExample,
  assertLabel,
  type Expected,
  expectLike,
  type KnnEncoder,
  type KnnInput,
  listOf,
  readInput,
  vectorsOf,
} from './knnInput.js';
import { type KnnJson, readKnn, writeKnn } from './knnJson.js';

export interface KnnClassifierOptions {
  /** Number of neighbors that vote; while there are fewer examples, all do. Default 1. */
  readonly k?: number;
  /** Search engine. Default `exact`. */
  readonly engine?: KnnEngineName;
  /** Encoder whose codes of images are compared, for example a model. Default: pixels are compared. */
  readonly encoder?: KnnEncoder | undefined;
}

/** Votes of the neighbors of an input. */
export interface KnnPrediction {
  /** The class with most votes; of several, the one whose nearest member is nearest. */
  readonly label: Label;
  /** Share of the votes that each class has, in [0, 1]. They add up to 1. */
  readonly confidences: Readonly<Record<Label, number>>;
}

/**
 * A k-nearest-neighbor classifier, in Euclidean distance, that learns and forgets one example at a time. It is plain data:
 * there is nothing to dispose, and `JSON.stringify` saves it.
 *
 * ```ts
 * const knn = new KnnClassifier({ k: 3, encoder: model });
 * images$.pipe(hallucinate(model, { perClass: 50 }), addTo(knn)).subscribe();
 * const { label, confidences } = await knn.predict(photo);
 *
 * localStorage.setItem('knn', JSON.stringify(knn));
 * const same = KnnClassifier.fromJSON(JSON.parse(localStorage.getItem('knn') ?? ''), { encoder: model });
 * ```
 */
export class KnnClassifier {
  readonly k: number;
  readonly engine: KnnEngineName;
  readonly #encoder: KnnEncoder | undefined;
  #expected: Expected;
  #examples: KnnExamples | undefined;
  /** Index of the examples; undefined after they have changed. */
  #index: KnnIndex | undefined;

  /** @throws UsageError for a k that is not a whole number of at least 1, and for an unknown engine */
  constructor({ k = 1, engine = 'exact', encoder }: KnnClassifierOptions = {}) {
    checkCount('k', k);
    this.k = k;
    this.engine = knnEngine(engine).name;
    this.#encoder = encoder;
    this.#expected = expectedBy(encoder);
  }

  /** Number of examples. */
  get count(): number {
    return this.#examples?.count ?? 0;
  }

  /** The classes that have examples, in the order in which they came. */
  get classes(): readonly Label[] {
    return [...(this.#examples?.classes ?? [])];
  }

  /** Number of examples of each class, in the order of `classes`. */
  get counts(): Readonly<Record<Label, number>> {
    return this.#examples?.counts() ?? {};
  }

  /**
   * Adds one example: an image, or features, which are compared as they are. Tensors are read, not disposed.
   *
   * @throws DataError when it has no label, another size than those before, or values that are not finite.
   */
  add(input: KnnInput, label: Label): void {
    this.#addMany([input], [label]);
  }

  /** Adds images, or none of them when one cannot be added. Faster than one by one where there is an encoder. */
  addAll(images: Iterable<LabeledImage>): void {
    const all = listOf(images, 'Give an array of labeled images; a stream goes through addTo.');
    this.#addMany(
      all,
      all.map((image) => image?.label),
    );
  }

  /**
   * Takes back one example: without a class the one added last, of all; of a class its last, or the one at `index` in the
   * order in which they came, counted from the end when negative. `1` and `'1'` name the same class.
   *
   * @returns True if there was one
   */
  remove(label?: Label, index = -1): boolean {
    const own = this.#examples?.indicesOf(label) ?? [];
    const found = own.at(index);
    if (found === undefined || !Number.isInteger(index)) return false;
    this.#keep((example) => example !== found);
    return true;
  }

  /** Forgets the examples of a class, or all of them. Returns their number. */
  clear(label?: Label): number {
    const own = new Set(this.#examples?.indicesOf(label));
    this.#keep((example) => !own.has(example));
    return own.size;
  }

  /**
   * The class of an image or features, by the examples added before the call.
   *
   * @throws UsageError when there are no examples; DataError for an input that does not go with them.
   */
  async predict(input: KnnInput): Promise<KnnPrediction> {
    const [prediction] = await this.predictAll([input]);
    return prediction!;
  }

  /** The classes of many inputs at once. */
  async predictAll(inputs: Iterable<KnnInput>): Promise<KnnPrediction[]> {
    const examples = this.#examples;
    if (examples === undefined) {
      throw new UsageError('the k-NN classifier has no examples', { hint: 'Add some first.' });
    }
    const all = listOf(inputs, 'Give an array of inputs, or a single one to predict.').map(readInput);
    for (const [i, input] of all.entries()) assertExample(input, i, this.#expected);
    const { classes, count, dimension } = examples;
    this.#index ??= knnEngine(this.engine).index(examples.features(), classes.length);
    const k = Math.min(this.k, count);
    const labels = [...classes];
    const votes = await this.#index.votes(vectorsOf(all, dimension, this.#encoder), k);
    return votes.map(({ winner, counts }) => ({
      label: labels[winner]!,
      confidences: Object.fromEntries(labels.map((label, i) => [label, counts[i]! / k])),
    }));
  }

  /** The examples and the settings. The encoder is not saved but named by its digest. */
  toJSON(): KnnJson {
    const { values, labels } = this.#examples?.features() ?? { values: new Float32Array(), labels: [] };
    return writeKnn({
      engine: this.engine,
      k: this.k,
      encoder: this.#encoder?.digest,
      shape: this.#expected.shape,
      dimension: this.#examples?.dimension ?? 0,
      classes: this.classes,
      labels: [...labels],
      values,
    });
  }

  /**
   * The classifier that was saved: it predicts what the saved one did.
   *
   * @param json the parsed JSON
   * @param options the encoder, when it was saved with one
   * @throws DataError when the JSON is of another version or damaged; ModelError when the encoder is missing or another.
   */
  static fromJSON(json: unknown, { encoder }: Pick<KnnClassifierOptions, 'encoder'> = {}): KnnClassifier {
    const { engine, k, shape, dimension, classes, labels, values, encoder: digest } = readKnn(json);
    if (digest !== encoder?.digest) {
      const short = (hex: string | undefined) =>
        hex === undefined ? 'no encoder' : `encoder ${hex.slice(0, 12)}…`;
      throw new ModelError(
        `the saved k-NN classifier was made with ${short(digest)}, but ${short(encoder?.digest)} was given`,
        { hint: 'Give the encoder, for example the model, that it was made with.' },
      );
    }
    if (encoder !== undefined && labels.length > 0 && dimension !== encoder.latentSize) {
      throw new ModelError(
        `the saved k-NN classifier has codes of ${dimension} values, but its encoder makes ${encoder.latentSize}`,
      );
    }
    const classifier = new KnnClassifier({ engine, k, encoder });
    const used = new Set(labels);
    classifier.#append(
      values,
      labels.map((index) => classes[index]!),
      { shape, dimension },
      classes.filter((_, index) => used.has(index)),
    );
    return classifier;
  }

  #addMany(inputs: readonly KnnInput[], labels: readonly Label[]): void {
    let expected = this.#expected;
    const examples = inputs.map(readInput);
    for (const [i, example] of examples.entries()) {
      assertExample(example, i, expected);
      expected = expectLike(example, expected);
    }
    const { dimension } = expected;
    if (dimension === undefined) return;
    for (const [i, label] of labels.entries()) assertLabel(label, i);
    this.#append(vectorsOf(examples, dimension, this.#encoder), labels, expected);
  }

  /** @param classes the classes in the order in which they are to come, if not that of their first example */
  #append(
    values: Float32Array,
    labels: readonly Label[],
    expected: Expected,
    classes: readonly Label[] = labels,
  ): void {
    if (labels.length === 0) return;
    const examples = this.#examples ?? new KnnExamples(expected.dimension!);
    examples.add(values, labels, classes);
    this.#examples = examples;
    this.#expected = expected;
    this.#index = undefined;
  }

  #keep(isKept: (example: number) => boolean): void {
    this.#examples?.keep(isKept);
    this.#index = undefined;
    if (this.count > 0) return;
    // Without examples any size is right again.
    this.#examples = undefined;
    this.#expected = expectedBy(this.#encoder);
  }
}

const expectedBy = (encoder: KnnEncoder | undefined): Expected => ({
  shape: encoder?.imageShape,
  dimension: encoder?.latentSize,
});

/** A list of labeled vectors of one length: one Float32Array, doubled when it is full, and copied when one is taken out. */
class KnnExamples {
  /** The classes in the order in which they came. */
  readonly classes: Label[] = [];
  /** Index of each class by its name. `1` and `'1'` are one key of an object, so they cannot be two classes. */
  readonly #indices = new Map<string, number>();
  #labels: number[] = [];
  #values = new Float32Array(0);

  constructor(readonly dimension: number) {}

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
    const wanted = this.#indices.get(String(label));
    return all.filter((i) => this.#labels[i] === wanted);
  }

  /**
   * Adds vectors, packed one after the other, and the classes that are new, in the order in which `classes` names them.
   * Throws a `DataError`, and adds none, when a label is that of a class in another type.
   */
  add(values: Float32Array, labels: readonly Label[], classes: readonly Label[]): void {
    const added = this.#newClasses(classes);
    const start = this.count * this.dimension;
    if (this.#values.length < start + values.length) {
      const grown = new Float32Array(Math.max(start + values.length, 2 * this.#values.length));
      grown.set(this.#values.subarray(0, start));
      this.#values = grown;
    }
    this.#values.set(values, start);
    for (const label of added) this.#addClass(label);
    for (const label of labels) this.#labels.push(this.#indices.get(String(label))!);
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
    const classes = this.classes.splice(0).filter((label) => used.has(label));
    this.#indices.clear();
    for (const label of classes) this.#addClass(label);
    this.#values = values;
    this.#labels = labels.map((label) => this.#indices.get(String(label))!);
  }

  /** The vectors as they are now; adding more and taking some out does not change them. */
  features(): Features {
    return {
      values: this.#values.subarray(0, this.count * this.dimension),
      dimension: this.dimension,
      labels: Int32Array.from(this.#labels),
    };
  }

  #addClass(label: Label): void {
    this.#indices.set(String(label), this.classes.length);
    this.classes.push(label);
  }

  #newClasses(labels: readonly Label[]): Iterable<Label> {
    const added = new Map<string, Label>();
    for (const [i, label] of labels.entries()) {
      const name = String(label);
      const known = added.get(name) ?? this.classes[this.#indices.get(name) ?? -1];
      if (known === undefined) added.set(name, label);
      else if (known !== label) {
        throw new DataError(
          `example ${i} has the label ${labelText(label)}, but there is a class ${labelText(known)}`,
          { hint: 'Use a number or a string for the same class, not both.' },
        );
      }
    }
    return added.values();
  }
}
