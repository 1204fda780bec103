import { checkPositive } from '../core/checks.js';
import { assertUsableCode, assertValues, isCode, type LabeledCode } from '../core/code.js';
import { DataError, UsageError } from '../core/errors.js';
import { type Label, labelSharesOf, sharesHint } from '../core/image.js';
import {
  checkFields,
  checkIterable,
  checkText,
  fieldsOf,
  oneAmong,
  optional,
  whole,
} from '../core/kindChecks.js';
import {
  choleskyFactor,
  factorOfRows,
  productsOfRows,
  solveLower,
  solveTransposed,
} from './choleskyFactor.js';
import { ClassList } from './classList.js';
import { lbfgs, type Objective } from './lbfgs.js';
import { indexOfMost, softmax } from './softmax.js';

/** What a classifier of codes needs to know of the encoder that makes them: a feature extractor or a model. */
export interface CodeOrigin {
  /** SHA-256 of all that codes depend on, so that a saved head is not read with another encoder. */
  readonly digest: string;
  /** Number of values of a code. */
  readonly latentSize: number;
}

/** Check of a `CodeOrigin`. */
export const checkOrigin = fieldsOf({ digest: checkText, latentSize: whole() });

/** The kinds of heads, the default first. */
export const headKinds = ['logistic', 'ridge'] as const;
export type HeadKind = (typeof headKinds)[number];

export interface LinearHeadOptions {
  /**
   * `logistic`: multinomial logistic regression. `ridge`: least squares to one-hot labels, in closed form, a little faster.
   * Default `logistic`.
   */
  readonly kind?: HeadKind;
  /**
   * Factor of the penalty on the squared weights, without biases, above 0: ½ · λ · ‖W‖² beside the sum of the cross-entropies, or
   * λ · ‖W‖² beside the sum of squared errors. It is 1 / C or alpha of scikit-learn. Defaults for codes of length 1: 0.05 for
   * `logistic`, 0.3 for `ridge`.
   */
  readonly regularization?: number;
  /** Encoder of the codes: their length is checked, and its digest is saved. Default: codes of any one length. */
  readonly extractor?: CodeOrigin | undefined;
}

/** What a head says of a code. */
export interface HeadPrediction {
  /** The most probable class. */
  readonly label: Label;
  /**
   * Probability of each class, in [0, 1]. They add up to 1. Of `ridge`, they are its outputs, cut at 0: rough, since squared errors
   * do not know of probabilities.
   */
  readonly probabilities: Readonly<Record<Label, number>>;
}

/** Weights of a head: all that it predicts by. */
export interface HeadWeights {
  /** In the order of the rows. */
  readonly classes: readonly Label[];
  /** Number of values of a code. */
  readonly dimension: number;
  /** `[classes · dimension]`, class by class. */
  readonly weights: Float32Array;
  /** `[classes]` */
  readonly biases: Float32Array;
}

/** What a fit came to. */
export interface HeadFit {
  /** The minimized sum: of cross-entropies in nats, or of squared errors, with the penalty. */
  readonly loss: number;
  /** Steps of the optimizer; 0 in closed form. */
  readonly iterations: number;
  /** True if the optimizer came to rest. */
  readonly converged: boolean;
}

/**
 * A linear classifier of codes. It is plain data: nothing is to be disposed, and nothing in it is random.
 *
 * ```ts
 * const head = createLinearHead({ extractor });
 * images$.pipe(embed(extractor), hallucinate(extractor, { perClass: 50 }), addTo(head)).subscribe({
 *   complete: () => console.log(head.predict(code).label),
 * });
 * ```
 */
export interface LinearHead {
  readonly kind: HeadKind;
  readonly regularization: number;
  /** SHA-256 of the encoder; undefined if none was named. */
  readonly digest: string | undefined;
  /** Number of codes that it learns from. */
  readonly count: number;
  /** The classes, in the order in which they came. */
  readonly classes: readonly Label[];
  /**
   * Adds codes, or none of them when one cannot be added. Soft labels count by their shares.
   *
   * @throws DataError that names a code that cannot be used; UsageError when the head was read from JSON, which has no codes
   */
  addAll(codes: Iterable<LabeledCode>): void;
  /** Forgets all codes. */
  clear(): void;
  /**
   * Fits the weights to all codes that were added, and to these. Not needed before `predict`, which does it when codes were added
   * since.
   *
   * @throws UsageError when there are no codes, or when the head was read from JSON
   */
  fit(codes?: Iterable<LabeledCode>): HeadFit;
  /**
   * The class of a code.
   *
   * @throws UsageError when there are no codes; DataError for a code of another length, or that is not finite
   */
  predict(code: Float32Array | Pick<LabeledCode, 'code'>): HeadPrediction;
  /** The classes of many codes, in their order. */
  predictAll(codes: Iterable<Float32Array | Pick<LabeledCode, 'code'>>): HeadPrediction[];
  /** The weights, fitted if codes were added since. */
  weights(): HeadWeights;
}

/** Penalties by kind that are good for a few to a thousand codes of length 1. */
const PENALTIES: Readonly<Record<HeadKind, number>> = { logistic: 0.05, ridge: 0.3 };

/**
 * A linear head without codes.
 *
 * Codes are centered before the fit, which changes nothing but the time, since biases are not penalized. Fits are in double
 * precision; weights are kept in single precision, so that a saved head predicts the same.
 *
 * @throws UsageError for options out of range
 */
export function createLinearHead(options: LinearHeadOptions = {}): LinearHead {
  const { kind = 'logistic', extractor } = checkFields('createLinearHead', options, {
    kind: optional(oneAmong(headKinds)),
    extractor: optional(checkOrigin),
  });
  const { regularization = PENALTIES[kind] } = options;
  checkPositive('regularization', regularization, { of: 'createLinearHead' });
  return new Head({ kind, regularization, digest: extractor?.digest, dimension: extractor?.latentSize });
}

/** A head that predicts by given weights, and cannot learn. */
export function headOfWeights(
  settings: Pick<LinearHead, 'kind' | 'regularization' | 'digest'>,
  weights: HeadWeights,
): LinearHead {
  return new Head({ ...settings, dimension: weights.dimension }, weights);
}

/** A code with the shares of its classes. */
interface Example {
  readonly code: Float32Array;
  readonly shares: readonly (readonly [label: Label, weight: number])[];
}

interface HeadSettings extends Pick<LinearHead, 'kind' | 'regularization' | 'digest'> {
  /** Number of values of a code, if it is known. */
  readonly dimension: number | undefined;
}

class Head implements LinearHead {
  readonly kind: HeadKind;
  readonly regularization: number;
  readonly digest: string | undefined;
  readonly #given: number | undefined;
  /** True for a head that was read from JSON. */
  readonly #isClosed: boolean;
  #dimension: number | undefined;
  #classes = new ClassList();
  #examples: Example[] = [];
  /** Undefined after codes were added. */
  #weights: HeadWeights | undefined;

  constructor({ kind, regularization, digest, dimension }: HeadSettings, weights?: HeadWeights) {
    this.kind = kind;
    this.regularization = regularization;
    this.digest = digest;
    this.#given = dimension;
    this.#dimension = dimension;
    this.#weights = weights;
    this.#isClosed = weights !== undefined;
    for (const label of weights?.classes ?? []) this.#classes.add(label);
  }

  get count(): number {
    return this.#examples.length;
  }

  get classes(): readonly Label[] {
    return [...this.#classes.labels];
  }

  addAll(codes: Iterable<LabeledCode>): void {
    checkIterable('codes', codes, 'addAll');
    this.#assertOpen();
    let dimension = this.#dimension;
    const added: Example[] = [];
    for (const item of codes) {
      assertUsableCode(item, added.length, dimension);
      dimension ??= item.code.length;
      added.push({ code: item.code.slice(), shares: sharesOf(item, added.length) });
    }
    const labels = added.flatMap(({ shares }) => shares.map(([label]) => label));
    for (const label of this.#classes.newAmong(labels)) this.#classes.add(label);
    if (added.length === 0) return;
    this.#dimension = dimension;
    for (const example of added) this.#examples.push(example);
    this.#weights = undefined;
  }

  clear(): void {
    this.#assertOpen();
    this.#examples = [];
    this.#classes = new ClassList();
    this.#dimension = this.#given;
    this.#weights = undefined;
  }

  fit(codes: Iterable<LabeledCode> = []): HeadFit {
    this.addAll(codes);
    const dimension = this.#dimension;
    if (this.#examples.length === 0 || dimension === undefined) {
      throw new UsageError('the linear head has no codes', { hint: 'Add some first.' });
    }
    const problem = this.#problem(dimension);
    const solve = this.kind === 'ridge' ? fitRidge : fitLogistic;
    const { weights, biases, ...about } = solve(problem, this.regularization);
    this.#weights = {
      classes: this.classes,
      dimension,
      weights: Float32Array.from(weights),
      biases: Float32Array.from(biases, (bias, c) => bias - scoreOf(weights, c * dimension, problem.mean)),
    };
    return about;
  }

  predict(code: Float32Array | Pick<LabeledCode, 'code'>): HeadPrediction {
    return this.predictAll([code])[0]!;
  }

  predictAll(codes: Iterable<Float32Array | Pick<LabeledCode, 'code'>>): HeadPrediction[] {
    checkIterable('codes', codes, 'predictAll');
    const { classes, dimension, weights, biases } = this.weights();
    return Array.from(codes, (item, i) => {
      const code = isCode(item) ? item.code : item;
      assertValues(code, `code ${i}`, dimension);
      const scores = Float64Array.from(biases, (bias, c) => bias + scoreOf(weights, c * dimension, code));
      const shares = this.kind === 'ridge' ? cutAtZero(scores) : softmax(scores);
      return {
        label: classes[indexOfMost(scores)]!,
        probabilities: Object.fromEntries(classes.map((label, c) => [label, shares[c]!])),
      };
    });
  }

  weights(): HeadWeights {
    if (this.#weights === undefined) this.fit();
    return this.#weights!;
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw new UsageError('a linear head that was read from JSON has no codes to learn from', {
      hint: 'Make a new one by createLinearHead, and add all codes to it.',
    });
  }

  /** Centered codes and the shares of their classes as packed rows. */
  #problem(dimension: number): Problem {
    const [count, classes] = [this.#examples.length, this.#classes.labels.length];
    const mean = new Float64Array(dimension);
    for (const { code } of this.#examples) for (let j = 0; j < dimension; j++) mean[j]! += code[j]! / count;
    const rows = new Float64Array(count * dimension);
    const targets = new Float64Array(count * classes);
    for (const [i, { code, shares }] of this.#examples.entries()) {
      for (let j = 0; j < dimension; j++) rows[i * dimension + j] = code[j]! - mean[j]!;
      for (const [label, weight] of shares) targets[i * classes + this.#classes.indexOf(label)!]! += weight;
    }
    return { count, dimension, classes, mean, rows, targets };
  }
}

/** Largest distance of a sum of shares from 1: rounding error of a few sums in single precision. */
const ROUNDING = 1e-5;

function sharesOf(item: LabeledCode, position: number): Example['shares'] {
  const shares = labelSharesOf(item).map(({ label, weight }) => [label, weight] as const);
  const sum = shares.reduce((total, [, weight]) => total + weight, 0);
  if (Math.abs(sum - 1) <= ROUNDING) return shares;
  throw new DataError(`code ${position} has labels whose shares add up to ${sum}`, {
    hint: sharesHint('a code'),
  });
}

/** What is fitted: rows without their mean, and a distribution over classes for each. */
interface Problem {
  readonly count: number;
  readonly dimension: number;
  readonly classes: number;
  readonly mean: Float64Array;
  /** `[count · dimension]` */
  readonly rows: Float64Array;
  /** `[count · classes]` */
  readonly targets: Float64Array;
}

interface Solution extends HeadFit {
  /** `[classes · dimension]` */
  readonly weights: Float64Array;
  /** `[classes]`, for rows without their mean. */
  readonly biases: Float64Array;
}

/** Product of weights from an index on and a code. */
function scoreOf(
  weights: Float64Array | Float32Array,
  from: number,
  code: Float64Array | Float32Array,
): number {
  let sum = 0;
  for (let j = 0; j < code.length; j++) sum += weights[from + j]! * code[j]!;
  return sum;
}

/** Rows as the optimizer reads them: of up to `size` values each, `ends` of them other than 0. */
interface Coordinates {
  readonly rows: Float64Array;
  /** Distance from one row to the next. */
  readonly pitch: number;
  readonly size: number;
  readonly ends: Int32Array;
  /** Weights for the rows as they were. */
  back(own: Float64Array): Float64Array;
}

/**
 * The rows in coordinates of a basis of their span: rows of a Cholesky factor of their products. The best weights lie in the span,
 * and are as long there. Codes between a few others span no more than those, however many they are. Rows that span more than half
 * of all directions stay as they are, unless they are fewer than their values.
 */
function coordinatesOf({ count, dimension, rows }: Problem): Coordinates {
  const factor = factorOfRows(rows, count, dimension, count < dimension ? count : Math.ceil(dimension / 2));
  if (factor === undefined) {
    const ends = new Int32Array(count).fill(dimension);
    return { rows, pitch: dimension, size: dimension, ends, back: (own) => own };
  }
  const { values, pitch, rank, axes, ends } = factor;
  return {
    rows: values,
    pitch,
    size: rank,
    ends,
    back(own) {
      const shares = new Float64Array(count);
      for (const [k, share] of solveTransposed(factor, own).entries()) shares[axes[k]!] = share;
      return combined(rows, shares, dimension);
    },
  };
}

/** Largest component of the gradient at rest, in units of the penalty's factor: probabilities then are right to four digits. */
const TOLERANCE = 2e-4;
/** Most steps. */
const ITERATIONS = 1000;

function fitLogistic(problem: Problem, penalty: number): Solution {
  const { dimension, classes } = problem;
  const coordinates = coordinatesOf(problem);
  const width = coordinates.size + 1;
  const { point, value, iterations, converged } = lbfgs(
    crossEntropy(problem, coordinates, penalty),
    new Float64Array(classes * width),
    { iterations: ITERATIONS, tolerance: TOLERANCE * penalty },
  );
  const weights = new Float64Array(classes * dimension);
  const biases = new Float64Array(classes);
  for (let c = 0; c < classes; c++) {
    weights.set(coordinates.back(point.slice(c * width, (c + 1) * width - 1)), c * dimension);
    biases[c] = point[(c + 1) * width - 1]!;
  }
  return { weights, biases, loss: value, iterations, converged };
}

/** Sum of cross-entropies, and the penalty. In `point`, the weights of each class are followed by its bias. */
function crossEntropy(
  { count, classes, targets }: Problem,
  { rows, pitch, size, ends }: Coordinates,
  penalty: number,
): Objective {
  const width = size + 1;
  const blocks = Math.ceil(count / 4);
  /** Logits, then their errors, `[4 · blocks · classes]`. */
  const errors = new Float64Array(4 * blocks * classes);
  // Four rows are read at a time, which takes half the time: a weight is read, and a sum written, once for all of them. Where
  // there are fewer, the last is read again, and has no error.
  const rowOf = (i: number) => Math.min(i, count - 1) * pitch;

  function writeLogits(point: Float64Array): void {
    for (let i = 0; i < 4 * blocks; i += 4) {
      const [a, b, c, d] = [rowOf(i), rowOf(i + 1), rowOf(i + 2), rowOf(i + 3)];
      const end = ends[Math.min(i + 3, count - 1)]!;
      for (let k = 0, start = 0; k < classes; k++, start += width) {
        const bias = point[start + size]!;
        let [sumA, sumB, sumC, sumD] = [bias, bias, bias, bias];
        for (let j = 0; j < end; j++) {
          const weight = point[start + j]!;
          sumA += weight * rows[a + j]!;
          sumB += weight * rows[b + j]!;
          sumC += weight * rows[c + j]!;
          sumD += weight * rows[d + j]!;
        }
        errors[i * classes + k] = sumA;
        errors[(i + 1) * classes + k] = sumB;
        errors[(i + 2) * classes + k] = sumC;
        errors[(i + 3) * classes + k] = sumD;
      }
    }
  }

  /** Turns logits into errors: probabilities less targets. Returns the sum of cross-entropies. */
  function writeErrors(): number {
    let loss = 0;
    for (let at = 0; at < count * classes; at += classes) {
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classes; k++) most = Math.max(most, errors[at + k]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp(errors[at + k]! - most);
      const normalizer = most + Math.log(sum);
      for (let k = 0; k < classes; k++) {
        const [target, logit] = [targets[at + k]!, errors[at + k]!];
        loss += target * (normalizer - logit);
        errors[at + k] = Math.exp(logit - normalizer) - target;
      }
    }
    errors.fill(0, count * classes);
    return loss;
  }

  function addGradient(gradient: Float64Array): void {
    for (let i = 0; i < 4 * blocks; i += 4) {
      const [a, b, c, d] = [rowOf(i), rowOf(i + 1), rowOf(i + 2), rowOf(i + 3)];
      const end = ends[Math.min(i + 3, count - 1)]!;
      for (let k = 0, start = 0; k < classes; k++, start += width) {
        const errorA = errors[i * classes + k]!;
        const errorB = errors[(i + 1) * classes + k]!;
        const errorC = errors[(i + 2) * classes + k]!;
        const errorD = errors[(i + 3) * classes + k]!;
        for (let j = 0; j < end; j++) {
          gradient[start + j]! +=
            errorA * rows[a + j]! + errorB * rows[b + j]! + errorC * rows[c + j]! + errorD * rows[d + j]!;
        }
        gradient[start + size]! += errorA + errorB + errorC + errorD;
      }
    }
  }

  return (point, gradient) => {
    gradient.fill(0);
    writeLogits(point);
    const loss = writeErrors();
    addGradient(gradient);
    let square = 0;
    for (let k = 0; k < classes; k++) {
      for (let at = k * width; at < k * width + size; at++) {
        square += point[at]! * point[at]!;
        gradient[at]! += penalty * point[at]!;
      }
    }
    return loss + (penalty / 2) * square;
  };
}

/** In closed form, by the normal equations. */
function fitRidge(problem: Problem, penalty: number): Solution {
  const { count, dimension, classes, targets } = problem;
  const biases = new Float64Array(classes);
  for (let at = 0; at < targets.length; at++) biases[at % classes]! += targets[at]! / count;
  const { rows, pitch, size, back } = coordinatesOf(problem);
  const columns = new Float64Array(size * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < size; j++) columns[j * count + i] = rows[i * pitch + j]!;
  }
  const products = productsOfRows(columns, size, count);
  for (let i = 0; i < size; i++) products[i * size + i]! += penalty;
  const factor = choleskyFactor(products, size);
  const weights = new Float64Array(classes * dimension);
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    const wanted = Float64Array.from({ length: count }, (_, i) => targets[i * classes + c]! - biases[c]!);
    const own = solveTransposed(
      factor,
      solveLower(
        factor,
        Float64Array.from({ length: size }, (_, j) => scoreOf(columns, j * count, wanted)),
      ),
    );
    weights.set(back(own), c * dimension);
    loss += penalty * scoreOf(own, 0, own);
    for (let i = 0; i < count; i++) loss += (wanted[i]! - scoreOf(rows, i * pitch, own)) ** 2;
  }
  return { weights, biases, loss, iterations: 0, converged: true };
}

/** Sum of the rows, each times its share. */
function combined(rows: Float64Array, shares: Float64Array, dimension: number): Float64Array {
  const sum = new Float64Array(dimension);
  for (let i = 0; i < shares.length; i++) {
    for (let j = 0; j < dimension; j++) sum[j]! += shares[i]! * rows[i * dimension + j]!;
  }
  return sum;
}

/** Scores that add up to about 1, without what is below 0. */
function cutAtZero(scores: Float64Array): Float64Array {
  const cut = scores.map((score) => Math.max(0, score));
  const sum = cut.reduce((total, score) => total + score, 0);
  return cut.map((score) => score / sum);
}
