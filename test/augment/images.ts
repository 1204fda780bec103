import fc from 'fast-check';
import { from, lastValueFrom, type OperatorFunction, toArray } from 'rxjs';
import { affine, rotate, scale, shear, shift } from '../../src/augment/transforms/affine.js';
import { blur } from '../../src/augment/transforms/blur.js';
import { compose, oneOf, sometimes } from '../../src/augment/transforms/combine.js';
import { crop } from '../../src/augment/transforms/crop.js';
import { elastic } from '../../src/augment/transforms/elastic.js';
import { erase } from '../../src/augment/transforms/erase.js';
import { flip } from '../../src/augment/transforms/flip.js';
import { brightness, contrast, noise } from '../../src/augment/transforms/intensity.js';
import { resizedCrop } from '../../src/augment/transforms/resizedCrop.js';
import type { ImageTransform } from '../../src/augment/transforms/transform.js';
import { type ImageShape, type Label, type LabeledImage, sizeOf } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';

/** An image of uniform values. */
export function randomImage(seed: number, shape: ImageShape = [4, 5, 1], label: Label = 'a'): LabeledImage {
  const random = randomStream(seed, 'image');
  return { pixels: Float32Array.from({ length: sizeOf(shape) }, () => random.uniform()), shape, label };
}

export const anyShape: fc.Arbitrary<ImageShape> = fc.tuple(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 4 }),
);

/** Every transform there is, with options that change images. */
export const allTransforms: readonly ImageTransform[] = [
  affine({ fill: 'edge' }),
  blur({ sigma: [0.5, 2] }),
  brightness({ amount: 1 }),
  compose('both', rotate(), noise()),
  contrast({ amount: 1 }),
  crop({ margin: 3 }),
  elastic({ alpha: 20, sigma: 2 }),
  erase({ probability: 1 }),
  flip({ axis: 'vertical', probability: 0.7 }),
  noise({ deviation: 0.4 }),
  oneOf(shear(), scale(), shift({ fill: 'edge' })),
  resizedCrop({ area: 0.2, aspect: 2 }),
  rotate({ degrees: 180 }),
  scale({ amount: 0.6 }),
  shear({ amount: 1 }),
  shift({ amount: 0.5 }),
  sometimes(rotate(), 0.5),
];

/** Everything that an operator makes of a list, or its error notification. */
export function through<T, U>(items: readonly T[], operator: OperatorFunction<T, U>): Promise<U[]> {
  return lastValueFrom(from(items).pipe(operator, toArray()));
}
