import * as tf from '@tensorflow/tfjs-core';
import { formatShape, sizeOf } from '../core/image.js';
import { checkModel } from '../core/kindChecks.js';
import { fitPictures } from './backbone.js';
import type { FeatureExtractor } from './extractor.js';
import type { Model } from './model.js';

/** Pictures that are encoded at once. */
const TOGETHER = 32;

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
export function extractorOf(model: Model): FeatureExtractor {
  checkModel(model);
  const { card, imageShape, latentSize, latentSpace, styleSize, digest, base } = model;
  const { name, data } = card;
  return {
    name,
    digest,
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
            codes.push(values.slice(i * latentSize, (i + 1) * latentSize));
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
