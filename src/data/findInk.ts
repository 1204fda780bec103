import type { Pixels } from './decode/pixels.js';
import { flattened, type PaperRead, readPaper } from './paper/readPaper.js';
import { keepStrokes } from './paper/strokes.js';
import { type Box, resample } from './resample.js';
import { quantile } from './shades.js';

/** Ink as a picture shows it: darker or lighter than its ground. */
export type InkPolarity = 'dark' | 'light';

/** The ink of a picture. Boxes and places are in pixels and fractions of them. */
export interface InkFound {
  readonly polarity: InkPolarity;
  /** How far each pixel is from the ground on the side of the ink, in gray. */
  readonly flat: Pixels;
  /** Values of `flat` up to this are noise of the ground. */
  readonly floor: number;
  /** Half of full ink is reached at its sides. */
  readonly inkBox: Box;
  readonly center: { readonly y: number; readonly x: number };
  /** Standard deviation of the ink along each axis, in pixels. */
  readonly spread: { readonly y: number; readonly x: number };
  /** Colors of the ground and of full ink, a value for each channel. */
  readonly ground: readonly number[];
  readonly ink: readonly number[];
}

/** Larger pictures are made this small before they are looked at, in pixels of the longer side. */
const LARGEST = 192;
/** Noise of the ground reaches so many standard deviations. */
const NOISE = 3;
/** Noise takes away no more of the contrast than this. */
const MOST_NOISE = 0.25;
/** Weaker ink joins no strokes. */
const WEAK = 0.25;

/**
 * Finds the ink of a drawing, a scan or a photo of paper. Of two shades, the ground is the one that most of the picture and
 * of its border has; colors are told apart along the axis on which they differ most (principal component). The shades are parted by
 * Otsu's threshold (1979). What lies around a sheet or a drawn frame is left out, and shadows are leveled, first.
 *
 * @param told default: found
 * @returns undefined for a blank picture
 */
export function findInk(image: Pixels, told?: InkPolarity): InkFound | undefined {
  const small = shrunk(image);
  const axis = mainAxis(small);
  const plane = along(small, axis);
  const first = readPaper(plane, told);
  // A sheet without ink was none.
  const found = strengthOf(first) ?? (first?.sheet && strengthOf(readPaper(plane, told, 0)));
  if (found === undefined) return undefined;
  const { read, floor, strength } = found;
  const { sign, shades, threshold } = read.split;
  const [rows, columns] = plane.shape;
  const ruled = keepStrokes(strength, rows, columns);
  const sheet = ruled.length === 0 ? read.sheet : without(read.sheet, ruled, rows, columns);
  const [down, across] = [image.shape[0] / rows, image.shape[1] / columns];
  const { box, center, spread } = extent(strength, rows, columns);
  const isGround = (i: number) => (sheet?.[i] ?? 1) === 1 && sign * (shades[i]! - threshold) <= 0;
  const full = strength.map((value, i) => (value >= 0.75 && !isGround(i) ? 1 : 0));
  return {
    polarity: sign < 0 ? 'dark' : 'light',
    flat: flattened(along(image, axis), { ...read, ...(sheet && { sheet }) }, plane.shape),
    floor,
    inkBox: {
      top: box.top * down,
      left: box.left * across,
      height: box.height * down,
      width: box.width * across,
    },
    center: { y: center.y * down, x: center.x * across },
    spread: { y: spread.y * down, x: spread.x * across },
    ground: colorsOf(small, isGround),
    ink: colorsOf(small, (i) => full[i] === 1),
  };
}

/** Strength of ink in a picture that was read, from 0 to 1, above the noise of its ground; undefined without ink. */
function strengthOf(read: PaperRead | undefined) {
  if (read === undefined) return undefined;
  const { sign, shades, level, contrast, spread } = read.split;
  const floor = Math.min(MOST_NOISE * contrast, NOISE * spread);
  const strength = new Float32Array(shades.length);
  for (let i = 0; i < strength.length; i++) {
    if (read.sheet?.[i] === 0) continue;
    strength[i] = Math.min(1, Math.max(0, (sign * (shades[i]! - level) - floor) / (contrast - floor)));
  }
  return strength.some((value) => value > WEAK) ? { read, floor, strength } : undefined;
}

/** A sheet without some pixels and their neighbors. */
function without(
  sheet: Uint8Array | undefined,
  pixels: readonly number[],
  rows: number,
  columns: number,
): Uint8Array {
  const left = sheet?.slice() ?? new Uint8Array(rows * columns).fill(1);
  for (const i of pixels) {
    const [y, x] = [Math.floor(i / columns), i % columns];
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
      left.fill(0, row * columns + Math.max(0, x - 1), row * columns + Math.min(columns, x + 2));
  }
  return left;
}

function shrunk(image: Pixels): Pixels {
  const [rows, columns] = image.shape;
  const scale = LARGEST / Math.max(rows, columns);
  if (scale >= 1) return image;
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return resample(image, { top: 0, left: 0, height: rows, width: columns }, side(rows), side(columns));
}

/** Weights of the channels with which the colors of a picture differ most; those of a gray one are equal. They lead to what is brighter. */
function mainAxis({ pixels, shape: [, , channels] }: Pixels): readonly number[] {
  if (channels === 1) return [1];
  const count = pixels.length / channels;
  const each = Array.from({ length: channels }, (_, c) => c);
  const mean = each.map(() => 0);
  for (let i = 0; i < pixels.length; i++) mean[i % channels]! += pixels[i]! / count;
  const spread = each.map((a) =>
    each.map((b) => {
      let sum = 0;
      for (let i = 0; i < pixels.length; i += channels)
        sum += (pixels[i + a]! - mean[a]!) * (pixels[i + b]! - mean[b]!);
      return sum / count;
    }),
  );
  let axis = each.map(() => 1 / channels);
  // Power iteration. A start that is not quite gray also finds an axis of colors that are equally bright.
  const start = each.map((c) => 1 + c / 100);
  for (let round = 0, next = start; round < 40; round++) {
    next = spread.map((row) => row.reduce((sum, value, c) => sum + value * next[c]!, 0));
    const size = next.reduce((sum, value) => sum + Math.abs(value), 0);
    if (!(size > 1e-12)) break;
    next = next.map((value) => value / size);
    axis = next;
  }
  const brightness = axis.reduce((sum, value) => sum + value, 0);
  return brightness < 0 ? axis.map((value) => -value) : axis;
}

function along({ pixels, shape: [height, width, channels] }: Pixels, axis: readonly number[]): Pixels {
  if (channels === 1) return { pixels, shape: [height, width, 1] };
  const gray = new Float32Array(height * width);
  for (let i = 0; i < gray.length; i++) {
    for (let c = 0; c < channels; c++) gray[i]! += axis[c]! * pixels[i * channels + c]!;
  }
  return { pixels: gray, shape: [height, width, 1] };
}

/** Box, center of mass and spread of ink. */
function extent(
  strength: Float32Array,
  rows: number,
  columns: number,
): Pick<InkFound, 'center' | 'spread'> & { box: Box } {
  const [down, across] = [new Float64Array(rows), new Float64Array(columns)];
  let [mass, massY, massX, massYY, massXX] = [0, 0, 0, 0, 0];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const value = strength[y * columns + x]!;
      down[y] = Math.max(down[y]!, value);
      across[x] = Math.max(across[x]!, value);
      if (value <= WEAK) continue;
      mass += value;
      massY += value * (y + 0.5);
      massX += value * (x + 0.5);
      massYY += value * (y + 0.5) ** 2;
      massXX += value * (x + 0.5) ** 2;
    }
  }
  const [top, bottom] = sidesOf(down);
  const [left, right] = sidesOf(across);
  const box = { top, left, height: bottom - top, width: right - left };
  const center = { y: massY / mass, x: massX / mass };
  // A pixel has an extent of its own.
  const deviation = (square: number, middle: number) =>
    Math.sqrt(Math.max(0, square / mass - middle ** 2) + 1 / 12);
  return { box, center, spread: { y: deviation(massYY, center.y), x: deviation(massXX, center.x) } };
}

/** Where a profile first and last has half of its height, between pixels. */
function sidesOf(profile: Float64Array): [number, number] {
  const half = profile.reduce((most, value) => Math.max(most, value), 0) / 2;
  const crossing = (from: (i: number) => number): number => {
    let i = 0;
    while (from(i) < half) i++;
    const before = i === 0 ? 0 : from(i - 1);
    return Math.max(0, i - 0.5 + (half - before) / (from(i) - before));
  };
  const last = profile.length - 1;
  return [crossing((i) => profile[i]!), profile.length - crossing((i) => profile[last - i]!)];
}

/** Medians of the channels of some pixels. */
function colorsOf({ pixels, shape: [, , channels] }: Pixels, isIn: (i: number) => boolean): number[] {
  return Array.from({ length: channels }, (_, c) => {
    const values: number[] = [];
    for (let i = 0; i * channels < pixels.length; i++) if (isIn(i)) values.push(pixels[i * channels + c]!);
    return values.length === 0 ? 0 : quantile(Float64Array.from(values).sort(), 0.5);
  });
}
