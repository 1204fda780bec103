import { affine, compose, elastic } from '../augment/index.js';
import { imagesOf, packImages, randomStream } from '../core/index.js';
import { composeClasses, type ImageSource, inventSymbols, joinSources } from '../data/index.js';
import { shifted, type TrainingData } from '../training/index.js';

/** What a recipe says of the images beyond which data they are from. */
export interface TrainingSetOptions {
  /** Classes composed of the data's images, beside its own; see `composeClasses`. Default: none. */
  readonly composed?: number;
  /** Invented symbols, beside the data's classes; see `inventSymbols`. Default: none. */
  readonly invented?: number;
  /** Whether images are turned, stretched, slanted and bent a little, anew in every epoch. Default: no. */
  readonly warp?: boolean;
  /** Largest shift of an image along each axis, in whole pixels, anew in every epoch. 0 for none. */
  readonly shift: number;
  readonly seed: number;
}

/** Images of each composed class, and drawings of each invented symbol. */
const [COMPOSED_IMAGES, DRAWINGS] = [40, 32];

/** As much as two hands, or one hand twice, draw one symbol differently; far less than a geometric baseline does. */
const warping = compose(
  'warp',
  affine({ rotate: 10, scale: 0.1, shear: 0.15, shift: 0.07 }),
  elastic({ alpha: 17 }),
);

/** The images that a learner sees: those of the data, and of the classes that are made of them and beside them, and glyphs. */
export function trainingSet(
  train: ImageSource,
  options: TrainingSetOptions,
  glyphs?: ImageSource,
): TrainingData {
  const { composed = 0, invented = 0, warp = false, shift, seed } = options;
  const [side] = train.shape;
  const sources = [
    train,
    ...(composed === 0 ? [] : [composeClasses(train, { classes: composed, images: COMPOSED_IMAGES, seed })]),
    ...(invented === 0 ? [] : [inventSymbols({ symbols: invented, drawings: DRAWINGS, side, seed })]),
    ...(glyphs === undefined ? [] : [glyphs]),
  ] as const;
  const all = sources.length === 1 ? train : joinSources([train, ...sources.slice(1)]);
  return shifted(warp ? warped(all, seed) : all, shift, seed);
}

/** The same images, each warped anew in every epoch: by the seed, the epoch and its own number alone. */
function warped(source: ImageSource, seed: number): TrainingData {
  return {
    labels: source.labels,
    images(indices, epoch) {
      const set = source.images(indices);
      const images = [...imagesOf(set)].map((image, i) => ({
        ...image,
        pixels: warping.apply(image, randomStream(seed, 'warp', epoch, indices[i]!)),
      }));
      return packImages(images, set.shape, set.classes);
    },
  };
}
