import { codesOf } from '../../augment/latentCodes.js';
import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import { assertSphericalCodes } from '../../augment/prototypes.js';
import { exactKnn } from '../../classify/exactKnn.js';
import { type ImageSet, imagesOf } from '../../core/image.js';
import { packPoints } from '../../core/points.js';
import { randomStream } from '../../core/random.js';
import { extractorOf } from '../../models/modelExtractor.js';
import { VARIANTS } from '../codes/codeArms.js';
import { codeClassifiers, type LearnedCodes } from '../codes/codeClassifiers.js';
import { enlargeCodes, meanCode } from '../codes/enlargeCodes.js';
import { type ArmTexts, type CodeArm, type CodeArmOptions, factsOfPaths } from './arm.js';
import type { TransformOver } from './variantArm.js';

/** What an arm makes of codes. */
export interface EnlargedCodes {
  /** Transform of eight versions of each image, queries too, the same eight for all: its code is the mean of its own and theirs. Default: its own. */
  readonly views?: TransformOver;
  /** Path along which codes are hallucinated from those of the support set. Default: none are. */
  readonly path?: PathName;
}

/** An arm that makes no image to learn from, but other or more codes than those of the support set. They lie on the sphere. */
export function enlargedCodesArm(texts: ArmTexts, { views, path }: EnlargedCodes): CodeArm {
  /** The code of each image. */
  function codesIn(set: ImageSet, { model, background, seed }: CodeArmOptions): Float32Array[] {
    const images = [...imagesOf(set)];
    if (views === undefined) return [...codesOf(model, images)];
    const transform = views(background);
    const each = 1 + VARIANTS;
    // All are changed in the same ways: ways that go by an image's label or place would tell the class of a query.
    const versions = images.flatMap((image) =>
      Array.from({ length: each }, (_, j) =>
        j === 0 ? image : { ...image, pixels: transform.apply(image, randomStream(seed, 'views', j)) },
      ),
    );
    const codes = [...codesOf(model, versions)];
    return images.map((_, i) => meanCode(codes.slice(i * each, (i + 1) * each), model));
  }
  /** Class parts of codes, at length 1. */
  function partsOf(codes: readonly Float32Array[], { model }: CodeArmOptions) {
    const dimension = model.latentSize - model.styleSize;
    const parts = codes.map((code) => unit(code.subarray(0, dimension)));
    return { values: packPoints(parts, dimension), dimension };
  }
  function learn(support: ImageSet, options: CodeArmOptions): LearnedCodes {
    const { model, perClass, seed } = options;
    const codes = codesIn(support, options);
    const classes = support.classes.map((label, c) => {
      const own = codes.filter((_, i) => support.labels[i] === c);
      return { label, codes: own, variants: [] };
    });
    const way = { varies: false, ...(path === undefined ? {} : { path }) };
    const all = enlargeCodes(way, classes, { space: extractorOf(model), perClass, seed });
    const size = all.dimension;
    const rows = Array.from(all.labels, (_, i) => all.values.subarray(i * size, (i + 1) * size));
    return { ...all, ...partsOf(rows, options) };
  }
  const features = (set: ImageSet, options: CodeArmOptions) => ({
    ...partsOf(codesIn(set, options), options),
    labels: set.labels,
  });
  return {
    ...texts,
    ...factsOfPaths(path === undefined ? [] : [path]),
    asksTeachers: false,
    check(model) {
      assertSphericalCodes(model);
      if (path !== undefined) baseOf(latentPath(path), model);
    },
    features,
    learn,
    judge: {
      async knn(support, query, options) {
        const { values } = features(query, options);
        return exactKnn.predict(learn(support, options), values, {
          k: options.k,
          classes: support.classes.length,
        });
      },
      async cnn(support, query, options) {
        const { values } = features(query, options);
        return codeClassifiers.prototypes(learn(support, options), values, {
          k: options.k,
          knnEngine: 'exact',
        });
      },
    },
  };
}

function unit(code: Float32Array): Float32Array {
  const length = Math.hypot(...code);
  return length > 0 ? code.map((value) => value / length) : code;
}
