import { classCosines } from '../../augment/encoderLabels.js';
import { codesOf } from '../../augment/latentCodes.js';
import { assertSphericalCodes } from '../../augment/prototypes.js';
import { exactKnn } from '../../classify/exactKnn.js';
import { type ImageSet, imagesOf } from '../../core/image.js';
import { packPoints } from '../../core/points.js';
import type { Model } from '../../models/model.js';
import { type CodeArm, type CodeArmOptions, factsOfPaths } from './arm.js';

type Encoded = { readonly pixels: Float32Array; readonly codes: readonly Float32Array[] };

/** The queries that each encoder has seen last. Those of all episodes are often the same, and take long to encode. */
const lastQueries = new WeakMap<Model, Encoded>();

const codesIn = (model: Model, set: ImageSet): Float32Array[] => [...codesOf(model, [...imagesOf(set)])];

function isSame(one: Float32Array, other: Float32Array): boolean {
  if (one === other || one.length !== other.length) return one === other;
  // There are millions of values: `every` takes six times as long.
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** Codes of queries, kept until others are asked for. */
function codesOfQueries(model: Model, query: ImageSet): readonly Float32Array[] {
  const { pixels } = query;
  const last = lastQueries.get(model);
  if (last !== undefined && isSame(last.pixels, pixels)) return last.codes;
  const codes = codesIn(model, query);
  lastQueries.set(model, { pixels, codes });
  return codes;
}

/** Class parts of codes, as points that a KNN takes. */
function classParts(codes: readonly Float32Array[], model: Model) {
  const dimension = model.latentSize - model.styleSize;
  const parts = codes.map((code) => code.subarray(0, dimension));
  return { values: packPoints(parts, dimension), dimension };
}

/** Class parts of the codes of a set. */
const classCodes = (set: ImageSet, { model }: Pick<CodeArmOptions, 'model'>) => ({
  ...classParts(codesIn(model, set), model),
  labels: set.labels,
});

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
    knn: (support, query, { model, k }) =>
      exactKnn.predict(
        classCodes(support, { model }),
        classParts(codesOfQueries(model, query), model).values,
        {
          k,
          classes: support.classes.length,
        },
      ),
    async cnn(support, query, { model, teachers }) {
      const models = [model, ...teachers];
      const prototypes = classCosines(models, [...imagesOf(support)]);
      const classes = prototypes.labels.map((label) => support.classes.indexOf(label));
      const cosines = prototypes.ofCodes(models.map((each) => codesOfQueries(each, query)));
      return Int32Array.from(cosines, (row) => classes[row.indexOf(Math.max(...row))]!);
    },
  },
};
