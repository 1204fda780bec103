import { checkCount } from '../core/checks.js';
import { DataError, ModelError, UsageError } from '../core/errors.js';
import type { Label, LabeledImage } from '../core/image.js';
import type { Features, KnnEngineName, KnnIndex } from './knnEngine.js';
import { knnEngine } from './knnEngines.js';
import {
  assertInput,
  type Expected,
  expectLike,
  type KnnEncoder,
  type KnnInput,
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
 * A k-nearest-neighbor classifier, in Euclidean distance, that learns one example at a time. It is plain data: there is
 * nothing to dispose, and `JSON.stringify` saves it.
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
  /** Index of the examples; undefined after one is added. */
  #index: KnnIndex | undefined;

  /** @throws UsageError for a k that is not a whole number of at least 1, and for an unknown engine */
  constructor({ k = 1, engine = 'exact', encoder }: KnnClassifierOptions = {}) {
    checkCount('k', k);
    this.k = k;
    this.engine = knnEngine(engine).name;
    this.#encoder = encoder;
    this.#expected = { shape: encoder?.imageShape, dimension: encoder?.latentSize };
  }

  /** Number of examples. */
  get count(): number {
    return this.#examples?.count ?? 0;
  }

  /** The classes in the order of their first example. */
  get classes(): readonly Label[] {
    return [...(this.#examples?.classes ?? [])];
  }

  /**
   * Adds one example: an image, or features, which are compared as they are.
   *
   * @throws DataError when it has no label, another size than those before, or values that are not finite.
   */
  add(input: KnnInput, label: Label): void {
    this.#addMany([input], [label]);
  }

  /** Adds images, or none of them when one cannot be added. Faster than one by one where there is an encoder. */
  addAll(images: Iterable<LabeledImage>): void {
    const all = [...images];
    this.#addMany(
      all,
      all.map(({ label }) => label),
    );
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
    const all = [...inputs];
    for (const [i, input] of all.entries()) assertInput(input, i, this.#expected);
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
      labels: Array.from(labels, (index) => this.#examples!.classes[index]!),
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
    const { engine, k, shape, dimension, labels, values, encoder: digest } = readKnn(json);
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
    if (labels.length > 0) classifier.#append(values, labels, { shape, dimension });
    return classifier;
  }

  #addMany(inputs: readonly KnnInput[], labels: readonly Label[]): void {
    let expected = this.#expected;
    for (const [i, input] of inputs.entries()) {
      assertInput(input, i, expected);
      expected = expectLike(input, expected);
    }
    const { dimension } = expected;
    if (dimension === undefined) return;
    this.#append(vectorsOf(inputs, dimension, this.#encoder), labels, expected);
  }

  #append(values: Float32Array, labels: readonly Label[], expected: Expected): void {
    if (labels.length === 0) return;
    const examples = this.#examples ?? new KnnExamples(expected.dimension!);
    examples.add(values, labels);
    this.#examples = examples;
    this.#expected = expected;
    this.#index = undefined;
  }
}

/** A growing list of labeled vectors of one length: one Float32Array, doubled when it is full. */
class KnnExamples {
  /** The classes in the order of their first example. */
  readonly classes: Label[] = [];
  /** Index of each class by its name. `1` and `'1'` are one key of an object, so they cannot be two classes. */
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
