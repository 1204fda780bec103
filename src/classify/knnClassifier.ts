import { checkCount } from '../core/checks.js';
import type { LabeledItem } from '../core/code.js';
import { ModelError, UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { checkFields, checkFlag, optional } from '../core/kindChecks.js';
import { nearestDistance } from './exactKnn.js';
import type { KnnEngineName, KnnIndex } from './knnEngine.js';
import { knnEngine } from './knnEngines.js';
import { KnnExamples, type LabeledVectors, lengthOf } from './knnExamples.js';
import {
  assertExample,
  assertLabel,
  checkEncoder,
  type Expected,
  expectLike,
  isMade,
  type KnnEncoder,
  type KnnInput,
  listOf,
  readInput,
  vectorsOf,
} from './knnInput.js';
import { type KnnJson, readKnn, writeKnn } from './knnJson.js';
import { indexOfMost, softmax } from './softmax.js';
import { type Calibration, calibrated, falseAlarmsOf, type UnknownOptions } from './unknown.js';

export interface KnnClassifierOptions {
  /** Number of neighbors that vote; while there are fewer examples, all do. Default 1. */
  readonly k?: number;
  /** Search engine. Default `exact`. */
  readonly engine?: KnnEngineName;
  /**
   * Compare with one prototype of each class instead of its examples: the mean direction of their vectors at length 1, by the
   * cosine. It needs no `k`; examples are kept, so that they can be taken back. Best for codes on the sphere. Default `false`.
   */
  readonly prototypes?: boolean;
  /** Encoder whose codes of images are compared, for example a model. Default: pixels are compared. */
  readonly encoder?: KnnEncoder | undefined;
  /** Tell what is of no known class, by its distance to the nearest example. Default: nothing is unknown. */
  readonly unknown?: UnknownOptions | undefined;
}

/** Votes of the neighbors of an input, or its similarities to prototypes. */
export interface KnnPrediction {
  /** The class with most votes; of several, the one whose nearest member is nearest. With prototypes, the most similar class. */
  readonly label: Label;
  /**
   * Share of the votes that each class has, in [0, 1]; with prototypes the softmax of ten times the similarities. They add up
   * to 1.
   */
  readonly confidences: Readonly<Record<Label, number>>;
  /** Cosine between the input and the prototype of each class. Present with prototypes. */
  readonly similarities?: Readonly<Record<Label, number>>;
  /**
   * True if no example is near enough: `label` then is only the nearest of the classes, none of which it may be. Present if the
   * classifier has the option `unknown`, or was calibrated.
   */
  readonly unknown?: boolean;
  /** Distance to the nearest example. Present where `unknown` is. */
  readonly distance?: number;
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
  /** True if prototypes are compared. */
  readonly prototypes: boolean;
  readonly #encoder: KnnEncoder | undefined;
  /** Share of false alarms; undefined if nothing is ever unknown. */
  #falseAlarms: number | undefined;
  #expected: Expected;
  #examples: KnnExamples | undefined;
  /** Index of the examples; undefined after they have changed. */
  #index: KnnIndex | undefined;

  /** @throws UsageError for a k that is not a whole number of at least 1, an engine that is none, a share that is none */
  constructor(options: KnnClassifierOptions = {}) {
    const {
      k = 1,
      engine = 'exact',
      prototypes = false,
      encoder,
      unknown,
    } = checkFields('KnnClassifier', options, {
      prototypes: optional(checkFlag),
      encoder: optional(checkEncoder),
    });
    checkCount('k', k);
    if (prototypes && k > 1) {
      throw new UsageError(`k is ${k}, but a class has one prototype only`, {
        hint: 'Leave k or prototypes out.',
        option: ['k', 'prototypes'],
      });
    }
    this.prototypes = prototypes;
    this.k = k;
    this.engine = knnEngine(engine).name;
    this.#encoder = encoder;
    this.#falseAlarms = unknown === undefined ? undefined : falseAlarmsOf(unknown);
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
   * Adds one example: an image, a code, or features, which are compared as they are. Tensors are read, not disposed.
   *
   * @throws DataError when it has no label, another size than those before, or values that are not finite.
   */
  add(input: KnnInput, label: Label): void {
    this.#addMany([input], [label]);
  }

  /** Adds images or codes, or none of them when one cannot be added. Faster than one by one where there is an encoder. */
  addAll(images: Iterable<LabeledItem>): void {
    const all = listOf(images, 'Give an array of labeled images or codes; a stream goes through addTo.');
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
    const found = Number.isInteger(index) ? own.at(index) : undefined;
    if (found === undefined) return false;
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
   * Tells from now on what is unknown, as the option `unknown` does, and says what the examples of this moment allow. The limit
   * always is that of the present examples.
   *
   * @throws UsageError for a share that is none
   */
  calibrate(options: UnknownOptions = {}): Calibration {
    this.#falseAlarms = falseAlarmsOf(options);
    return calibrated(this.#examples?.leftOut() ?? [], this.#falseAlarms);
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
    const labels = [...classes];
    const vectors = vectorsOf(all, dimension, this.#encoder);
    const remarks = this.#remarks(vectors, examples);
    if (this.prototypes) {
      return similaritiesOf(vectors, examples).map((similarities, i) => ({
        label: labels[indexOfMost(similarities)]!,
        confidences: byLabel(labels, softmax(similarities.map((cosine) => cosine / TEMPERATURE))),
        similarities: byLabel(labels, similarities),
        ...remarks?.[i],
      }));
    }
    this.#index ??= knnEngine(this.engine).index(examples.features(), classes.length);
    const k = Math.min(this.k, count);
    const votes = await this.#index.votes(vectors, k);
    return votes.map(({ winner, counts }, i) => ({
      label: labels[winner]!,
      confidences: byLabel(
        labels,
        Float64Array.from(counts, (votes) => votes / k),
      ),
      ...remarks?.[i],
    }));
  }

  /** What is said about each vector beside its class, if the classifier tells what is unknown. */
  #remarks(vectors: Float32Array, examples: KnnExamples) {
    if (this.#falseAlarms === undefined) return undefined;
    const { dimension } = examples;
    const features = examples.features();
    const { threshold } = calibrated(examples.leftOut(), this.#falseAlarms);
    return Array.from({ length: vectors.length / dimension }, (_, i) => {
      const distance = nearestDistance(vectors.subarray(i * dimension, (i + 1) * dimension), features);
      return { unknown: distance > threshold, distance };
    });
  }

  /** The examples and the settings. The encoder is not saved but named by its digest. */
  toJSON(): KnnJson {
    return writeKnn({
      engine: this.engine,
      k: this.k,
      prototypes: this.prototypes,
      encoder: this.#encoder?.digest,
      shape: this.#expected.shape,
      dimension: this.#examples?.dimension ?? 0,
      falseAlarms: this.#falseAlarms,
      examples: this.#examples?.content() ?? {
        values: new Float32Array(),
        labels: [],
        made: [],
        classes: [],
      },
    });
  }

  /**
   * The classifier that was saved: it predicts what the saved one did.
   *
   * @param json the parsed JSON
   * @param options the encoder, when it was saved with one
   * @throws DataError when the JSON is of another version or damaged; ModelError when the encoder is missing or another.
   */
  static fromJSON(json: unknown, options: Pick<KnnClassifierOptions, 'encoder'> = {}): KnnClassifier {
    const { encoder } = checkFields('KnnClassifier', options, { encoder: optional(checkEncoder) });
    const { engine, k, prototypes, shape, dimension, encoder: digest, falseAlarms, examples } = readKnn(json);
    if (digest !== encoder?.digest) {
      const short = (hex: string | undefined) =>
        hex === undefined ? 'no encoder' : `encoder ${hex.slice(0, 12)}…`;
      throw new ModelError(
        `the saved k-NN classifier was made with ${short(digest)}, but ${short(encoder?.digest)} was given`,
        { hint: 'Give the encoder, for example the model, that it was made with.' },
      );
    }
    if (encoder !== undefined && examples.labels.length > 0 && dimension !== encoder.latentSize) {
      throw new ModelError(
        `the saved k-NN classifier has codes of ${dimension} values, but its encoder makes ${encoder.latentSize}`,
      );
    }
    const unknown = falseAlarms === undefined ? undefined : { falseAlarms };
    const classifier = new KnnClassifier({ engine, k, prototypes, encoder, unknown });
    classifier.#append(examples, { shape, dimension });
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
    const values = vectorsOf(examples, dimension, this.#encoder);
    this.#append({ values, labels, made: examples.map(isMade), classes: labels }, expected);
  }

  #append(added: LabeledVectors, expected: Expected): void {
    if (added.labels.length === 0) return;
    const examples = this.#examples ?? new KnnExamples(expected.dimension!);
    examples.add(added);
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

/** Cosines are divided by it before the softmax, as `encoderLabels` does by default. */
const TEMPERATURE = 0.1;

const byLabel = (labels: readonly Label[], values: Float64Array): Record<Label, number> =>
  Object.fromEntries(labels.map((label, i) => [label, values[i]!]));

/** Cosines between each vector and the prototype of each class. */
function similaritiesOf(vectors: Float32Array, examples: KnnExamples): Float64Array[] {
  const { dimension } = examples;
  const prototypes = examples.prototypes();
  return Array.from({ length: vectors.length / dimension }, (_, i) => {
    const vector = vectors.subarray(i * dimension, (i + 1) * dimension);
    const length = lengthOf(vector);
    return Float64Array.from(prototypes, (prototype) => {
      const product = prototype.reduce((sum, value, j) => sum + value * vector[j]!, 0);
      return length > 0 ? product / length : 0;
    });
  });
}

const expectedBy = (encoder: KnnEncoder | undefined): Expected => ({
  shape: encoder?.imageShape,
  dimension: encoder?.latentSize,
});
