import * as v from 'valibot';
import { DataError } from '../core/errors.js';
import { formatShape, type ImageShape, type Label, sizeOf } from '../core/image.js';
import { type KnnEngineName, knnEngineNames } from './knnEngine.js';
import { label, natural, packFloats, positive, readSaved, unpackFloats } from './saved.js';

const KNN_SCHEMA = 'fewshot.knn/1';
const WHAT = 'the saved k-NN classifier';

const knnSchema = v.strictObject({
  schema: v.literal(KNN_SCHEMA),
  engine: v.picklist(knnEngineNames),
  k: positive,
  /** Digest of the encoder whose codes are compared; absent when pixels are. */
  encoder: v.optional(v.string()),
  /** Shape of the images, once there was one. */
  shape: v.optional(v.tuple([positive, positive, positive])),
  /** Values of each example; 0 when there is none. */
  dimension: natural,
  classes: v.array(label),
  /** Class of each example, as an index into `classes`. */
  labels: v.array(natural),
  /** The examples one after the other: float32, little-endian, base64. */
  values: v.string(),
});

/** A k-NN classifier as JSON. */
export type KnnJson = v.InferOutput<typeof knnSchema>;

/** Content of a saved k-NN classifier. */
export interface SavedKnn {
  readonly engine: KnnEngineName;
  readonly k: number;
  readonly encoder: string | undefined;
  readonly shape: ImageShape | undefined;
  readonly dimension: number;
  readonly classes: readonly Label[];
  /** Class of each example, as an index into `classes`. */
  readonly labels: readonly number[];
  readonly values: Float32Array;
}

/** Turns a classifier into JSON. */
export function writeKnn({ classes, labels, values, encoder, shape, ...settings }: SavedKnn): KnnJson {
  return {
    schema: KNN_SCHEMA,
    ...settings,
    ...(encoder === undefined ? {} : { encoder }),
    ...(shape === undefined ? {} : { shape: [...shape] }),
    ...{ classes: [...classes], labels: [...labels] },
    values: packFloats(values),
  };
}

/** Reads a classifier from parsed JSON. Throws a `DataError` when it is of another version or damaged. */
export function readKnn(json: unknown): SavedKnn {
  const { classes, labels, values, encoder, shape, ...rest } = readSaved(json, KNN_SCHEMA, knnSchema, WHAT);
  const { dimension } = rest;
  const unknown = labels.findIndex((index) => index >= classes.length);
  if (unknown >= 0) {
    throw new DataError(
      `${WHAT} is wrong at labels.${unknown}: ${labels[unknown]}, but there are ${classes.length} classes`,
    );
  }
  if (labels.length > 0 && dimension === 0) throw new DataError(`${WHAT} has examples of 0 values`);
  if (encoder === undefined && shape !== undefined && sizeOf(shape) !== dimension) {
    throw new DataError(
      `${WHAT} is wrong at shape: ${formatShape(shape)} has ${sizeOf(shape)} values, but its examples have ${dimension}`,
    );
  }
  return {
    ...rest,
    encoder,
    shape,
    classes,
    labels,
    values: unpackFloats(values, labels.length * dimension, `${WHAT}: its values`),
  };
}
