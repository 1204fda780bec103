import * as v from 'valibot';
import { DataError } from '../core/errors.js';
import { formatShape, type ImageShape, sizeOf } from '../core/image.js';
import { type KnnEngineName, knnEngineNames } from './knnEngine.js';
import type { LabeledVectors } from './knnExamples.js';
import { label, natural, packFloats, positive, readSaved, share, unpackFloats } from './saved.js';

const KNN_SCHEMA = 'fewshot.knn/1';
const WHAT = 'the saved k-NN classifier';

const knnSchema = v.strictObject({
  schema: v.literal(KNN_SCHEMA),
  engine: v.picklist(knnEngineNames),
  k: positive,
  /** Present if prototypes are compared. */
  prototypes: v.optional(v.literal(true)),
  /** Digest of the encoder whose codes are compared; absent when pixels are. */
  encoder: v.optional(v.string()),
  /** Shape of the images, once there was one. */
  shape: v.optional(v.tuple([positive, positive, positive])),
  /** Present if it tells what is unknown. */
  unknown: v.optional(v.strictObject({ falseAlarms: share })),
  /** Values of each example; 0 when there is none. */
  dimension: natural,
  classes: v.array(label),
  /** Class of each example, as an index into `classes`. */
  labels: v.array(natural),
  /** Indices of the examples that were made of others; absent when there are none. */
  made: v.optional(v.array(natural)),
  /** The examples one after the other: float32, little-endian, base64. */
  values: v.string(),
});

/** A k-NN classifier as JSON. */
export type KnnJson = v.InferOutput<typeof knnSchema>;

/** Content of a saved k-NN classifier. */
export interface SavedKnn {
  readonly engine: KnnEngineName;
  readonly k: number;
  readonly prototypes: boolean;
  readonly encoder: string | undefined;
  readonly shape: ImageShape | undefined;
  readonly dimension: number;
  /** Share of false alarms; undefined if nothing is ever unknown. */
  readonly falseAlarms: number | undefined;
  readonly examples: LabeledVectors;
}

/** Turns a classifier into JSON. */
export function writeKnn({
  examples,
  prototypes,
  encoder,
  shape,
  falseAlarms,
  ...settings
}: SavedKnn): KnnJson {
  const { classes, labels, values } = examples;
  const indices = new Map(classes.map((label, index) => [label, index]));
  const made = [...examples.made.keys()].filter((i) => examples.made[i]);
  return {
    schema: KNN_SCHEMA,
    ...settings,
    ...(prototypes ? { prototypes } : {}),
    ...(falseAlarms === undefined ? {} : { unknown: { falseAlarms } }),
    ...(encoder === undefined ? {} : { encoder }),
    ...(shape === undefined ? {} : { shape: [...shape] }),
    classes: [...classes],
    labels: labels.map((label) => indices.get(label)!),
    ...(made.length === 0 ? {} : { made }),
    values: packFloats(values),
  };
}

/** Reads a classifier from parsed JSON. Throws a `DataError` when it is of another version or damaged. */
export function readKnn(json: unknown): SavedKnn {
  const { classes, labels, made, values, encoder, shape, unknown, ...rest } = readSaved(
    json,
    KNN_SCHEMA,
    knnSchema,
    WHAT,
  );
  const { dimension } = rest;
  const wrong = labels.findIndex((index) => index >= classes.length);
  if (wrong >= 0) {
    throw new DataError(
      `${WHAT} is wrong at labels.${wrong}: ${labels[wrong]}, but there are ${classes.length} classes`,
    );
  }
  const beyond = made?.find((index) => index >= labels.length);
  if (beyond !== undefined) {
    throw new DataError(`${WHAT} is wrong at made: ${beyond}, but there are ${labels.length} examples`);
  }
  if (labels.length > 0 && dimension === 0) throw new DataError(`${WHAT} has examples of 0 values`);
  if (encoder === undefined && shape !== undefined && sizeOf(shape) !== dimension) {
    throw new DataError(
      `${WHAT} is wrong at shape: ${formatShape(shape)} has ${sizeOf(shape)} values, but its examples have ${dimension}`,
    );
  }
  const [used, isMade] = [new Set(labels), new Set(made)];
  return {
    ...rest,
    prototypes: rest.prototypes === true,
    encoder,
    shape,
    falseAlarms: unknown?.falseAlarms,
    examples: {
      values: unpackFloats(values, labels.length * dimension, `${WHAT}: its values`),
      labels: labels.map((index) => classes[index]!),
      made: labels.map((_, i) => isMade.has(i)),
      classes: classes.filter((_, index) => used.has(index)),
    },
  };
}
