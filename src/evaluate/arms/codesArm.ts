import { classCosines } from '../../augment/encoderLabels.js';
import { codesOf } from '../../augment/latentCodes.js';
import { assertSphericalCodes } from '../../augment/prototypes.js';
import { exactKnn } from '../../classify/exactKnn.js';
import { chunksOf } from '../../core/chunks.js';
import { type ImageSet, imagesOf } from '../../core/image.js';
import { packPoints } from '../../core/points.js';
import { type CodeArm, type CodeArmOptions, factsOfPaths } from './arm.js';

/** Class parts of the codes of a set, as points that a KNN takes. */
function classCodes(set: ImageSet, { model }: Pick<CodeArmOptions, 'model'>) {
  const dimension = model.latentSize - model.styleSize;
  const codes = Array.from(codesOf(model, [...imagesOf(set)]), (code) => code.subarray(0, dimension));
  return { values: packPoints(codes, dimension), dimension, labels: set.labels };
}

/**
 * Accuracy of the encoder without any image made: a KNN on codes of the support set, and in place of the CNN the nearest
 * prototype, by the mean cosine of the encoder and its teachers.
 */
export const codesArm: CodeArm = {
  name: 'codes',
  title: 'no image made: codes of the real images are compared',
  isDefault: true,
  ...factsOfPaths([]),
  asksTeachers: true,
  features: classCodes,
  check: (model, teachers) => [model, ...teachers].forEach(assertSphericalCodes),
  judge: {
    knn: (support, query, options) =>
      exactKnn.predict(classCodes(support, options), classCodes(query, options).values, {
        k: options.k,
        classes: support.classes.length,
      }),
    async cnn(support, query, { model, teachers }) {
      const prototypes = classCosines([model, ...teachers], [...imagesOf(support)]);
      const classes = prototypes.labels.map((label) => support.classes.indexOf(label));
      const queries = [...imagesOf(query)].map(({ pixels }) => pixels);
      const cosines = [...chunksOf(queries)].flatMap((pixels) => prototypes.cosines(pixels));
      return Int32Array.from(cosines, (row) => classes[row.indexOf(Math.max(...row))]!);
    },
  },
};
