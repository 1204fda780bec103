import { type Label, type LabeledImage, ModelError, UsageError } from '../core/index.js';
import { activationKnnIndex } from './activationKnn.js';
import { exactIndex } from './exactIndex.js';
import { type Features, type KnnEngineName, knnEngineNames } from './knnEngine.js';
import { KnnExamples } from './knnExamples.js';
import type { KnnIndex } from './knnIndex.js';
import {
  assertInput,
  type Expected,
  expectLike,
  type KnnEncoder,
  type KnnInput,
  vectorsOf,
} from './knnInput.js';
import { type KnnJson, readKnn, writeKnn } from './knnJson.js';
import { mlKnnIndex } from './mlKnn.js';

export interface KnnClassifierOptions {
  /** How many neighbours vote; while there are fewer examples, all do. Default 1. */
  readonly k?: number;
  /** What searches. Default `exact`. */
  readonly engine?: KnnEngineName;
  /** Compares images by their codes under this encoder, for example a model. Default: by their pixels. */
  readonly encoder?: KnnEncoder | undefined;
}

/** What the neighbours of an input say. */
export interface KnnPrediction {
  /** The class with most votes; of several, the one whose nearest member is nearest. */
  readonly label: Label;
  /** Share of the votes that each class has, in [0, 1]. They add up to 1. */
  readonly confidences: Readonly<Record<Label, number>>;
}

const indexMakers: Record<KnnEngineName, (references: Features, classes: number) => KnnIndex> = {
  exact: exactIndex,
  'ml-knn': mlKnnIndex,
  tfjs: activationKnnIndex,
};

/**
 * A k-nearest-neighbour classifier, in Euclidean distance, that learns one example at a time. It is plain data: there is
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
  /** The examples made ready for questions; gone when one is added. */
  #index: KnnIndex | undefined;

  /** @throws UsageError for a k or an engine that does not exist. */
  constructor({ k = 1, engine = 'exact', encoder }: KnnClassifierOptions = {}) {
    if (!Number.isInteger(k) || k < 1) {
      throw new UsageError(`k is ${k}, but must be a whole number of at least 1`);
    }
    if (!knnEngineNames.includes(engine)) {
      throw new UsageError(`there is no k-NN engine '${engine}'`, {
        hint: `Known engines: ${knnEngineNames.join(', ')}.`,
      });
    }
    this.k = k;
    this.engine = engine;
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

  /** The classes of many, in one go. */
  async predictAll(inputs: Iterable<KnnInput>): Promise<KnnPrediction[]> {
    const examples = this.#examples;
    if (examples === undefined) {
      throw new UsageError('the k-NN classifier has no examples', { hint: 'Add some before it is asked.' });
    }
    const all = [...inputs];
    for (const [place, input] of all.entries()) assertInput(input, place, this.#expected);
    const { classes, count, dimension } = examples;
    this.#index ??= indexMakers[this.engine](examples.features(), classes.length);
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
    for (const [place, input] of inputs.entries()) {
      assertInput(input, place, expected);
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
