import { classCosines } from '../../augment/encoderLabels.js';
import { codesOf } from '../../augment/latentCodes.js';
import { assertDirections } from '../../augment/prototypes.js';
import { exactKnn } from '../../classify/exactKnn.js';
import { type ImageSet, imagesOf } from '../../core/image.js';
import type { Model } from '../../models/model.js';
import type { ReferenceArm } from './arm.js';

/** Images encoded at a time. */
const CHUNK = 500;

/** What is found for each image of a set, some images at a time. */
function inChunks<T>(set: ImageSet, find: (pixels: Float32Array[]) => readonly T[]): T[] {
  const images = [...imagesOf(set)].map(({ pixels }) => pixels);
  const found: T[] = [];
  for (let start = 0; start < images.length; start += CHUNK) {
    found.push(...find(images.slice(start, start + CHUNK)));
  }
  return found;
}

/** Class parts of codes, row by row. */
function classCodes(model: Model, set: ImageSet): Float32Array[] {
  return Array.from(codesOf(model, [...imagesOf(set)]), (code) =>
    code.subarray(0, model.latentSize - model.styleSize),
  );
}

/** The codes of a set as points that a KNN takes. */
function points(model: Model, set: ImageSet) {
  const dimension = model.latentSize - model.styleSize;
  const values = new Float32Array(set.labels.length * dimension);
  for (const [i, code] of classCodes(model, set).entries()) values.set(code, i * dimension);
  return { values, dimension, labels: set.labels };
}

/**
 * What the encoder can do without an image being made: a KNN on codes of the support set, and in place of the CNN the class
 * whose mean direction is nearest, to the encoder and its teachers together.
 */
export const codesArm: ReferenceArm = {
  name: 'codes',
  check: (model, teachers) => [model, ...teachers].forEach(assertDirections),
  judge: {
    knn: (support, query, { model, k }) =>
      exactKnn.predict(points(model, support), points(model, query).values, {
        k,
        classes: support.classes.length,
      }),
    async cnn(support, query, { model, teachers }) {
      const means = classCosines([model, ...teachers], [...imagesOf(support)]);
      const classes = means.labels.map((label) => support.classes.indexOf(label));
      return Int32Array.from(
        inChunks(query, (pixels) => means.cosines(pixels)),
        (cosines) => classes[cosines.indexOf(Math.max(...cosines))]!,
      );
    },
  },
};
