import * as v from 'valibot';
import type { LabeledImage } from '../../core/image.js';
import type { RandomStream } from '../../core/random.js';
import { shareBelowOne, within } from '../optionSchemas.js';
import { defineTransform } from './transform.js';
import { type Fill, fillSchema, warp } from './warp.js';

// Ranges and defaults that `affine` shares with the transforms of one kind.
const rotation = v.optional(within(0, 180), 15);
const scaling = v.optional(shareBelowOne, 0.15);
const shearing = v.optional(within(0, 10), 0.2);
const shifting = v.optional(within(0, 1), 0.1);
const fill = v.optional(fillSchema, 'zero');

export interface AffineOptions {
  /** Largest rotation either way, in degrees, 0 to 180. Default 15. */
  readonly rotate?: number;
  /** Largest change of size, as a share below 1: 0.15 means 0.85 to 1.15. Default 0.15. */
  readonly scale?: number;
  /** Largest horizontal shear either way, as pixels sideways per pixel down, 0 to 10. Default 0.2. */
  readonly shear?: number;
  /** Largest shift either way along each axis, as a share of the side, 0 to 1. Default 0.1. */
  readonly shift?: number;
  /** Pixels beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Rotates, scales, shears and shifts an image about its center, each by an amount uniform within its limit. Values
 * between pixels are bilinear. One such warp is sharper and faster than the four transforms one after another.
 *
 * ```ts
 * images$.pipe(geometric(affine({ rotate: 15, scale: 0.15 }), { seed: 7, copies: 5 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const affine = defineTransform<AffineOptions>(
  'affine',
  { rotate: rotation, scale: scaling, shear: shearing, shift: shifting, fill },
  (image, random, { rotate, scale, shear, shift, fill }) => {
    const degrees = random.uniform(-rotate, rotate);
    const size = 1 + random.uniform(-scale, scale);
    const slant = random.uniform(-shear, shear);
    return affineWarp(image, { degrees, size, slant, ...randomShift(image, random, shift) }, fill);
  },
);

export interface RotateOptions {
  /** Largest turn either way, in degrees, 0 to 180. Default 15. */
  readonly degrees?: number;
  /** Pixels beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Turns an image about its center by an angle uniform within its limit.
 *
 * ```ts
 * images$.pipe(geometric(rotate({ degrees: 10 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const rotate = defineTransform<RotateOptions>(
  'rotate',
  { degrees: rotation, fill },
  (image, random, { degrees, fill }) =>
    affineWarp(image, { degrees: random.uniform(-degrees, degrees) }, fill),
);

export interface ScaleOptions {
  /** Largest change of size, as a share below 1: 0.15 means 0.85 to 1.15. Default 0.15. */
  readonly amount?: number;
  /** Pixels beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Enlarges or shrinks an image about its center, by a factor uniform in 1 ± `amount`.
 *
 * ```ts
 * images$.pipe(geometric(scale({ amount: 0.1 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const scale = defineTransform<ScaleOptions>(
  'scale',
  { amount: scaling, fill },
  (image, random, { amount, fill }) => affineWarp(image, { size: 1 + random.uniform(-amount, amount) }, fill),
);

export interface ShearOptions {
  /** Largest shear either way, as pixels sideways per pixel down, 0 to 10. Default 0.2. */
  readonly amount?: number;
  /** Pixels beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Slants an image sideways about its center, by an amount uniform within its limit.
 *
 * ```ts
 * images$.pipe(geometric(shear({ amount: 0.1 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const shear = defineTransform<ShearOptions>(
  'shear',
  { amount: shearing, fill },
  (image, random, { amount, fill }) => affineWarp(image, { slant: random.uniform(-amount, amount) }, fill),
);

export interface ShiftOptions {
  /** Largest shift either way along each axis, as a share of the side, 0 to 1. Default 0.1. */
  readonly amount?: number;
  /** Pixels beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

/**
 * Moves an image down and sideways, each by an amount uniform within its limit; shifts need not be whole pixels.
 *
 * ```ts
 * images$.pipe(geometric(shift({ amount: 0.1 }), { seed: 7 }));
 * ```
 *
 * @throws UsageError for an option out of range
 */
export const shift = defineTransform<ShiftOptions>(
  'shift',
  { amount: shifting, fill },
  (image, random, { amount, fill }) => affineWarp(image, randomShift(image, random, amount), fill),
);

/** Shift by up to a share of the height and of the width, drawn in this order. */
function randomShift({ shape: [height, width] }: LabeledImage, random: RandomStream, share: number) {
  const down = random.uniform(-share, share) * height;
  const right = random.uniform(-share, share) * width;
  return { down, right };
}

/** Amounts by which an image is sheared, turned, scaled and shifted about its center, in this order. */
export interface AffineAmounts {
  /** Clockwise rotation as the eye sees it, in degrees. Default 0. */
  readonly degrees?: number;
  /** New size over old size. Default 1. */
  readonly size?: number;
  /** Pixels sideways per pixel down. Default 0. */
  readonly slant?: number;
  /** In pixels. Default 0. */
  readonly down?: number;
  /** In pixels. Default 0. */
  readonly right?: number;
}

/** An affine transform by known amounts; {@link warp} says how pixels are interpolated. */
export function affineWarp(
  image: LabeledImage,
  { degrees = 0, size = 1, slant = 0, down = 0, right = 0 }: AffineAmounts,
  fill: Fill,
): Float32Array {
  const [height, width] = image.shape;
  const angle = (degrees * Math.PI) / 180;
  // Maps each new pixel to its source: the inverse of scale · rotation · shear.
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const [yy, yx] = [cos, -sin];
  const [xy, xx] = [sin - slant * cos, cos + slant * sin];
  const middle = [(height - 1) / 2, (width - 1) / 2] as const;
  return warp(image, fill, {
    origin: middle,
    down: [yy, xy],
    across: [yx, xx],
    middle: [middle[0] + down, middle[1] + right],
  });
}
