import { lbfgs, type Objective } from '../../classify/lbfgs.js';
import { DataError } from '../../core/errors.js';
import { checkArray, checkFields, checkFloats, numberFrom, optional, whole } from '../../core/kindChecks.js';
import { countPoints } from '../../core/points.js';
import { shown } from '../../core/shown.js';

/** Codes with their classes. */
export interface LabeledCodes {
  /** One code after the other. */
  readonly values: Float32Array;
  readonly dimension: number;
  /** Class of each code, from 0 on. */
  readonly labels: Int32Array;
}

export interface LinearProbeOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Factor of the penalty, half the squared norm of the weights, without biases. Default: 1e-4. */
  readonly l2?: number;
  /** Most steps of the optimizer. Default: 200. */
  readonly iterations?: number;
}

export interface LinearProbe {
  /** Predicted class of each test code. */
  readonly predicted: Int32Array;
  /** Share of the test codes that are classified correctly, in [0, 1]. */
  readonly accuracy: number;
  /** Minimized objective: mean cross-entropy of the train codes in nats, and the penalty. */
  readonly loss: number;
  /** True if the optimizer converged within its steps. */
  readonly converged: boolean;
}

/**
 * Linear separability of classes by codes: multinomial logistic regression on features scaled to mean 0 and standard
 * deviation 1 over the train codes. It has one minimum, so nothing in it is random.
 *
 * @throws DataError when a set is empty, a value is not finite, labels do not fit, or the sets differ in dimension
 */
export function linearProbe(
  train: LabeledCodes,
  test: LabeledCodes,
  options: LinearProbeOptions,
): LinearProbe {
  const {
    classes,
    l2 = 1e-4,
    iterations = 200,
  } = checkFields('linearProbe', options, {
    classes: whole(1, 1_000_000),
    l2: optional(numberFrom(0)),
    iterations: optional(whole(0)),
  });
  assertLabeled(train, classes, 'train');
  assertLabeled(test, classes, 'test');
  const { dimension } = train;
  if (test.dimension !== dimension) {
    throw new DataError(`train codes have ${dimension} dimensions, but test codes ${test.dimension}`);
  }
  const scale = standardize(train);
  const objective = crossEntropy(scale(train.values), train.labels, dimension, classes, l2);
  const { point, value, converged } = lbfgs(objective, new Float64Array(classes * (dimension + 1)), {
    iterations,
  });
  const features = scale(test.values);
  const logits = new Float64Array(classes);
  const predicted = test.labels.map((_, i) => {
    linear(point, features, i * dimension, dimension, logits);
    return logits.indexOf(logits.reduce((most, logit) => Math.max(most, logit)));
  });
  const right = predicted.reduce((sum, label, i) => sum + Number(label === test.labels[i]), 0);
  return { predicted, accuracy: right / predicted.length, loss: value, converged };
}

function assertLabeled(set: LabeledCodes, classes: number, name: string): void {
  const { values, dimension, labels } = checkFields(`the ${name} set`, set, {
    values: checkFloats,
    dimension: whole(),
    labels: checkArray,
  });
  const count = countPoints(values, dimension);
  if (count === 0 || count !== labels.length) {
    throw new DataError(`the ${name} set has ${count} codes and ${labels.length} labels`, {
      hint: 'Give at least one code, and a label for each.',
    });
  }
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong >= 0) {
    throw new DataError(
      `code ${wrong} of the ${name} set has the label ${shown(labels[wrong])}, but there are ${classes} classes`,
    );
  }
}

/** A function that scales codes by the mean and standard deviation of these. Constant features are only shifted. */
function standardize({ values, dimension }: LabeledCodes): (codes: Float32Array) => Float32Array {
  const count = values.length / dimension;
  const mean = new Float64Array(dimension);
  const variance = new Float64Array(dimension);
  for (let i = 0; i < values.length; i++) mean[i % dimension]! += values[i]! / count;
  for (let i = 0; i < values.length; i++)
    variance[i % dimension]! += (values[i]! - mean[i % dimension]!) ** 2 / count;
  const factor = variance.map((square) => (square > 1e-20 ? 1 / Math.sqrt(square) : 1));
  return (codes) => codes.map((value, i) => (value - mean[i % dimension]!) * factor[i % dimension]!);
}

/** Writes the logits of a code. In `point`, the weights of each class are followed by its bias. */
function linear(
  point: Float64Array,
  features: Float32Array,
  from: number,
  dimension: number,
  logits: Float64Array,
) {
  for (let c = 0, at = 0; c < logits.length; c++) {
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += point[at++]! * features[from + d]!;
    logits[c] = sum + point[at++]!;
  }
}

function crossEntropy(
  features: Float32Array,
  labels: Int32Array,
  dimension: number,
  classes: number,
  l2: number,
): Objective {
  const count = labels.length;
  const logits = new Float64Array(classes);
  return (point, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const from = i * dimension;
      linear(point, features, from, dimension, logits);
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) most = Math.max(most, logits[c]!);
      const own = logits[labels[i]!]! - most;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += logits[c] = Math.exp(logits[c]! - most);
      loss += Math.log(sum) - own;
      for (let c = 0, at = 0; c < classes; c++) {
        const excess = logits[c]! / sum - Number(c === labels[i]);
        for (let d = 0; d < dimension; d++) gradient[at++]! += excess * features[from + d]!;
        gradient[at++]! += excess;
      }
    }
    let square = 0;
    for (let at = 0; at < point.length; at++) {
      const weight = at % (dimension + 1) === dimension ? 0 : point[at]!;
      square += weight * weight;
      gradient[at] = gradient[at]! / count + l2 * weight;
    }
    return loss / count + (l2 / 2) * square;
  };
}
