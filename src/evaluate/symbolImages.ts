import { formatShape, type ImageShape, imagesOf, type LabeledImage, UsageError } from '../core/index.js';
import { inventSymbols } from '../data/index.js';
import type { Model } from '../models/index.js';

/** How many symbols an arm invents, and how often each is drawn. */
const [SYMBOLS, DRAWINGS] = [500, 20];

/** Throws a `UsageError` unless the model's images are such that symbols can be drawn in them. */
export function assertSymbolsFit({ card, imageShape }: Model): void {
  const [height, width, channels] = imageShape;
  if (height === width && channels === 1) return;
  throw new UsageError(
    `invented symbols are gray squares, but images of ${card.name} are ${formatShape(imageShape)}`,
    { hint: 'Choose an arm without +symbols.' },
  );
}

/** Drawings of invented symbols, of an image's shape: other ones for each seed. */
export function symbolImages([side]: ImageShape, seed: number): LabeledImage[] {
  return [...imagesOf(inventSymbols({ symbols: SYMBOLS, drawings: DRAWINGS, side, seed }).images())];
}
