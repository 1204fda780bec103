import * as tf from '@tensorflow/tfjs-core';
import { formatShape, sizeOf } from '../core/image.js';
import { checkFields, checkFlag, checkModel, optional } from '../core/kindChecks.js';
import { fitPictures } from './backbone.js';
import type { FeatureExtractor } from './extractor.js';
import type { Model } from './model.js';

/** Pictures that are encoded at once. */
const TOGETHER = 32;

export interface ExtractorOfOptions {
  /**
   * Whether codes keep their style part, if they have one. Without it they tell what is drawn, but not by which hand, which is what
   * classifiers should compare. Default `true`.
   */
  readonly style?: boolean;
}

/**
 * An extractor of an encoder's codes, for pictures of any size: they are brought to its shape as its training images were (its
 * card says how), or else cut to its ratio in the middle. Those in color are made gray for an encoder of gray images. Codes of
 * pictures that have its shape are those of `model.encode`, unless its card asks for normalized drawings (`ink`).
 *
 * ```ts
 * const extractor = extractorOf(await loadModel('mnist'));
 * ```
 *
 * @param model stays its caller's until the extractor is disposed, which frees it
 */
export function extractorOf(model: Model, options: ExtractorOfOptions = {}): FeatureExtractor {
  checkModel(model);
  const { style = true } = checkFields('extractorOf', options, { style: optional(checkFlag) });
  const { card, imageShape, latentSpace, digest } = model;
  const styleSize = style ? model.styleSize : 0;
  const latentSize = style ? model.latentSize : model.latentSize - model.styleSize;
  // Both parts of a code have length √½.
  const part = (code: Float32Array) =>
    code.length === latentSize ? code : code.slice(0, latentSize).map((value) => Math.SQRT2 * value);
  const base = model.base && { ...model.base, codes: model.base.codes.map(part) };
  const { name, data } = card;
  return {
    name,
    // Caches tell codes apart by it.
    digest: latentSize === model.latentSize ? digest : `${digest} without style`,
    latentSize,
    latentSpace,
    styleSize,
    imageShape,
    ...(base === undefined ? {} : { base }),
    seen: { name: data.name, classes: data.classes },
    describe: () => [
      `encoder of an autoencoder, trained by ${card.learner}`,
      `input: ${formatShape(imageShape)}${imageShape[2] === 1 ? ', color is made gray' : ''}`,
      `output: ${latentSize} values${latentSpace === 'sphere' ? ' of length 1' : ''}`,
      `seen: ${data.images.toLocaleString('en')} images of ${data.classes.length} classes of ${data.name}`,
      ...(base === undefined ? [] : [`base: ${base.codes.length} codes of ${base.classes.length} classes`]),
    ],
    async embed(pictures) {
      const fitting = fitPictures(pictures, imageShape, data.fit, data.background);
      const codes: Float32Array[] = [];
      for (let start = 0; start < fitting.length; start += TOGETHER) {
        const chunk = fitting.slice(start, start + TOGETHER);
        const pixels = new Float32Array(chunk.length * sizeOf(imageShape));
        for (const [i, fitted] of chunk.entries()) pixels.set(fitted(), i * sizeOf(imageShape));
        const encoded = tf.tidy(() => model.encode(tf.tensor4d(pixels, [chunk.length, ...imageShape])));
        try {
          const values = await encoded.data<'float32'>();
          for (let i = 0; i < chunk.length; i++) {
            codes.push(part(values.slice(i * model.latentSize, (i + 1) * model.latentSize)));
          }
        } finally {
          encoded.dispose();
        }
      }
      return codes;
    },
    dispose: () => model.dispose(),
  };
}
