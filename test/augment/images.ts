import fc from 'fast-check';
import { from, lastValueFrom, type OperatorFunction, toArray } from 'rxjs';
import {
  affine,
  blur,
  brightness,
  compose,
  contrast,
  crop,
  elastic,
  erase,
  flip,
  type ImageTransform,
  noise,
  oneOf,
  rotate,
  scale,
  shear,
  shift,
  sometimes,
} from '../../src/augment/index.js';
import {
  type ImageShape,
  type Label,
  type LabeledImage,
  randomStream,
  sizeOf,
} from '../../src/core/index.js';

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
