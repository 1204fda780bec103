import * as tf from '@tensorflow/tfjs-core';
import { create, type KNNClassifier } from '@tensorflow-models/knn-classifier';
import * as v from 'valibot';
import { DataError } from '../core/errors.js';
import { checkFields, checkFunction } from '../core/kindChecks.js';
import { natural, packFloats, positive, readSaved, unpackFloats } from './saved.js';

const ACTIVATION_KNN_SCHEMA = 'fewshot.activation-knn/1';
const WHAT = 'the saved activation k-NN';

const activationKnnSchema = v.strictObject({
  schema: v.literal(ACTIVATION_KNN_SCHEMA),
  /** Values of each example; 0 when there is none. */
  dimension: natural,
  classes: v.array(
    v.strictObject({
      label: v.string(),
      /** The `classIndex` of its predictions; absent where the classifier has none. */
      index: v.optional(natural),
      examples: positive,
      /** The examples one after the other, scaled to length 1: float32, little-endian, base64. */
      values: v.string(),
    }),
  ),
});

/** The dataset of a classifier of `@tensorflow-models/knn-classifier` as JSON. */
export type ActivationKnnJson = v.InferOutput<typeof activationKnnSchema>;

/** Class indices that the package keeps beside its dataset. `setClassifierDataset` does not set them. */
interface ClassIndices {
  labelToClassId: Record<string, number>;
  nextClassId: number;
}

/** Saves a classifier of the package `@tensorflow-models/knn-classifier`: its examples, and the index of each class. */
export async function activationKnnToJSON(classifier: KNNClassifier): Promise<ActivationKnnJson> {
  checkFields('activationKnnToJSON: the classifier', classifier, { getClassifierDataset: checkFunction });
  const { labelToClassId } = classifier as unknown as ClassIndices;
  const dataset = Object.entries(classifier.getClassifierDataset());
  const classes = await Promise.all(
    dataset.map(async ([label, rows]) => {
      const index = labelToClassId[label];
      return {
        label,
        ...(index === undefined ? {} : { index }),
        examples: rows.shape[0],
        values: packFloats(await rows.data<'float32'>()),
      };
    }),
  );
  return { schema: ACTIVATION_KNN_SCHEMA, dimension: dataset[0]?.[1].shape[1] ?? 0, classes };
}

/**
 * Restores a saved classifier of the package: it predicts what the saved one did, and learns on. The caller disposes it.
 *
 * @param json the parsed JSON
 * @throws DataError when it is of another version or damaged
 */
export function activationKnnFromJSON(json: unknown): KNNClassifier {
  const { dimension, classes } = readSaved(json, ACTIVATION_KNN_SCHEMA, activationKnnSchema, WHAT);
  if (classes.length > 0 && dimension === 0) throw new DataError(`${WHAT} has examples of 0 values`);
  // Every class is read before the first tensor is made, so that a damaged one leaves none behind.
  const read = classes.map(({ label, examples, values }) => {
    const what = `${WHAT}: the values of class ${JSON.stringify(label)}`;
    return { label, examples, values: unpackFloats(values, examples * dimension, what) };
  });
  const classifier = create();
  classifier.setClassifierDataset(
    Object.fromEntries(
      read.map(({ label, examples, values }) => [label, tf.tensor2d(values, [examples, dimension])]),
    ),
  );
  const indexed = classes.flatMap(({ label, index }) => (index === undefined ? [] : [{ label, index }]));
  const indices: ClassIndices = {
    labelToClassId: Object.fromEntries(indexed.map(({ label, index }) => [label, index])),
    nextClassId: Math.max(-1, ...indexed.map(({ index }) => index)) + 1,
  };
  return Object.assign(classifier, indices);
}
