import * as v from 'valibot';
import type { LabeledImage } from '../../core/image.js';
import { checkOptions, type ImageTransform, shareBelowOne, within } from './transform.js';
import { type Fill, fillSchema, warp } from './warp.js';

/** What is done to an image about its centre, in this order: sheared, turned, scaled, shifted. */
export interface AffineAmounts {
  /** Clockwise as the eye sees it, in degrees. Default 0. */
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

/** An affine transform by known amounts; see {@link warp} for what lies between pixels and beyond the border. */
export function affineWarp(
  image: LabeledImage,
  { degrees = 0, size = 1, slant = 0, down = 0, right = 0 }: AffineAmounts,
  fill: Fill,
): Float32Array {
  const [height, width] = image.shape;
  const angle = (degrees * Math.PI) / 180;
  // Each new pixel looks up where it came from: the inverse of scale · rotation · shear.
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const [yy, yx] = [cos, -sin];
  const [xy, xx] = [sin - slant * cos, cos + slant * sin];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  return warp(image, fill, (row, rows, columns) => {
    const dy = row - middleY - down;
    along(rows, middleY + yy * dy, yx, middleX, right);
    along(columns, middleX + xy * dy, xx, middleX, right);
  });
}

/** A coordinate along one row of the result. A loop of its own: the variables of a closure are slower to read. */
function along(places: Float64Array, start: number, slope: number, middle: number, right: number): void {
  for (let column = 0; column < places.length; column++) {
    places[column] = start + slope * (column - middle - right);
  }
}

export interface AffineOptions {
  /** Largest rotation either way, in degrees, 0 to 180. Default 15. */
  readonly rotate?: number;
  /** Largest change of size, as a share below 1: 0.15 means 0.85 to 1.15. Default 0.15. */
  readonly scale?: number;
  /** Largest horizontal shear either way, as pixels sideways per pixel down, 0 to 10. Default 0.2. */
  readonly shear?: number;
  /** Largest shift either way along each axis, as a share of the side, 0 to 1. Default 0.1. */
  readonly shift?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const affineSchema = v.strictObject({
  rotate: v.optional(within(0, 180), 15),
  scale: v.optional(shareBelowOne, 0.15),
  shear: v.optional(within(0, 10), 0.2),
  shift: v.optional(within(0, 1), 0.1),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Rotates, scales, shears and shifts an image about its centre, each by an amount uniform within its limit. Values
 * between pixels are bilinear. One such warp is sharper and faster than the four transforms one after another.
 *
 * @throws UsageError for an option out of range
 */
export function affine(options: AffineOptions = {}): ImageTransform {
  const checked = checkOptions('affine', affineSchema, options);
  const { rotate, scale, shear, shift, fill } = checked;
  return {
    name: 'affine',
    options: checked,
    apply(image, random) {
      const [height, width] = image.shape;
      const degrees = random.uniform(-rotate, rotate);
      const size = 1 + random.uniform(-scale, scale);
      const slant = random.uniform(-shear, shear);
      const down = random.uniform(-shift, shift) * height;
      const right = random.uniform(-shift, shift) * width;
      return affineWarp(image, { degrees, size, slant, down, right }, fill);
    },
  };
}

export interface RotateOptions {
  /** Largest turn either way, in degrees, 0 to 180. Default 15. */
  readonly degrees?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const rotateSchema = v.strictObject({
  degrees: v.optional(within(0, 180), 15),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Turns an image about its centre by an angle uniform within its limit.
 *
 * @throws UsageError for an option out of range
 */
export function rotate(options: RotateOptions = {}): ImageTransform {
  const checked = checkOptions('rotate', rotateSchema, options);
  const { degrees, fill } = checked;
  return {
    name: 'rotate',
    options: checked,
    apply: (image, random) => affineWarp(image, { degrees: random.uniform(-degrees, degrees) }, fill),
  };
}

export interface ScaleOptions {
  /** Largest change of size, as a share below 1: 0.15 means 0.85 to 1.15. Default 0.15. */
  readonly amount?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const scaleSchema = v.strictObject({
  amount: v.optional(shareBelowOne, 0.15),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Makes what an image shows larger or smaller about its centre, by a factor uniform in 1 ± `amount`.
 *
 * @throws UsageError for an option out of range
 */
export function scale(options: ScaleOptions = {}): ImageTransform {
  const checked = checkOptions('scale', scaleSchema, options);
  const { amount, fill } = checked;
  return {
    name: 'scale',
    options: checked,
    apply: (image, random) => affineWarp(image, { size: 1 + random.uniform(-amount, amount) }, fill),
  };
}

export interface ShearOptions {
  /** Largest shear either way, as pixels sideways per pixel down, 0 to 10. Default 0.2. */
  readonly amount?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const shearSchema = v.strictObject({
  amount: v.optional(within(0, 10), 0.2),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Slants an image sideways about its centre, by an amount uniform within its limit.
 *
 * @throws UsageError for an option out of range
 */
export function shear(options: ShearOptions = {}): ImageTransform {
  const checked = checkOptions('shear', shearSchema, options);
  const { amount, fill } = checked;
  return {
    name: 'shear',
    options: checked,
    apply: (image, random) => affineWarp(image, { slant: random.uniform(-amount, amount) }, fill),
  };
}

export interface ShiftOptions {
  /** Largest shift either way along each axis, as a share of the side, 0 to 1. Default 0.1. */
  readonly amount?: number;
  /** What lies beyond the border. Default `zero`. */
  readonly fill?: Fill;
}

export const shiftSchema = v.strictObject({
  amount: v.optional(within(0, 1), 0.1),
  fill: v.optional(fillSchema, 'zero'),
});

/**
 * Moves an image down and sideways, each by an amount uniform within its limit; shifts need not be whole pixels.
 *
 * @throws UsageError for an option out of range
 */
export function shift(options: ShiftOptions = {}): ImageTransform {
  const checked = checkOptions('shift', shiftSchema, options);
  const { amount, fill } = checked;
  return {
    name: 'shift',
    options: checked,
    apply(image, random) {
      const [height, width] = image.shape;
      const down = random.uniform(-amount, amount) * height;
      const right = random.uniform(-amount, amount) * width;
      return affineWarp(image, { down, right }, fill);
    },
  };
}
