import { assertBackground, type Background } from '../core/background.js';
import { UsageError } from '../core/errors.js';
import { assertObject, assertPixels, formatShape, type LabeledImage } from '../core/image.js';
import { checkFields, checkModel, oneAmong, optional } from '../core/kindChecks.js';
import { type Fit, fitLike, fits, fitTo } from '../data/resize.js';
import type { Model } from './model.js';

export interface NormalizeOptions {
  /** How images come into the model's shape. Default: as its card says. */
  readonly fit?: Fit;
  /** Color of bars. Default: as its card says, else `black`. */
  readonly background?: Background;
}

/**
 * A function that brings images into a model's shape as its training images were: its card says how. It keeps all else that an image
 * has, such as its label. Images that have the shape are returned as they are, unless the model takes normalized drawings (`ink`).
 *
 * ```ts
 * const normalized = images.map(normalizeFor(model));
 * const drawn = images.map(normalizeFor(model, { fit: 'ink' }));
 * ```
 *
 * @throws UsageError from that function for an image of another shape where neither card nor options say how
 */
export function normalizeFor(
  model: Model,
  options: NormalizeOptions = {},
): <Image extends Pick<LabeledImage, 'pixels' | 'shape'>>(image: Image) => Image {
  checkModel(model);
  const { imageShape, card } = model;
  const { fit: asked, background = card.data.background } = checkFields('normalizeFor', options, {
    fit: optional(oneAmong(fits)),
    background: optional((_, value) => assertBackground(value)),
  });
  const fit = fitLike(card.data.fit, asked);
  return (image) => {
    assertObject(image, 'the image');
    assertPixels(image, 'the image');
    if (fit !== undefined) return { ...image, ...fitTo(image, imageShape, fit, background) };
    if (formatShape(image.shape) === formatShape(imageShape)) return image;
    throw new UsageError(
      `the image is ${formatShape(image.shape)}, but the model ${card.name} takes ${formatShape(imageShape)}, and its card does not say how images come into that shape`,
      { hint: `Give a fit: ${fits.join(', ')}.`, option: 'fit' },
    );
  };
}
