import type { Pixels } from '../decode/pixels.js';
import { shadingOf } from './shading.js';
import { sheetOf, spread } from './sheet.js';
import { isClear, isInk, type Split, split } from './split.js';

/** Shading is taken for real if what two shades leave unexplained falls to this share without it. */
const BETTER = 0.7;
/** Ink of this share of the contrast shows how contrast changes with the ground, which makes it at most so many times as large. */
const [SURE, MOST_GAIN] = [0.3, 4];

/** Sheets that lie one on the other. */
const MOST_SHEETS = 2;

/** A gray picture parted into ground and ink. */
export interface PaperRead {
  readonly split: Split;
  /** 1 where the sheet is; all of the picture if undefined. */
  readonly sheet?: Uint8Array;
  /** Shades of the ground, whose level the split has beside; 0 if undefined. */
  readonly ground?: Float32Array;
  /** Number of times that ink is stronger than it looks; 1 if undefined. */
  readonly gain?: Float32Array;
}

/** Parts a picture into ground and ink: within the sheet if there is one, and without shadows if there are some. */
export function readPaper(
  plane: Pixels,
  told?: 'dark' | 'light',
  sheets = MOST_SHEETS,
): PaperRead | undefined {
  const { pixels, shape } = plane;
  const sign = told === undefined ? undefined : told === 'dark' ? -1 : 1;
  const plain = split(Float64Array.from(pixels), shape, sign);
  if (plain === undefined) return undefined;
  const { shades, threshold } = plain;
  for (const side of sheets === 0 ? [] : sign === undefined ? [-1, 1] : [sign]) {
    const sheet = sheetOf((i) => side * (shades[i]! - threshold) <= 0, shape);
    if (sheet === undefined) continue;
    const inner = readPaper(
      { pixels: spread(pixels, sheet, shape[1]), shape },
      side < 0 ? 'dark' : 'light',
      sheets - 1,
    );
    if (inner === undefined) continue;
    const within = inner.sheet?.map((one, i) => one & sheet[i]!) ?? sheet;
    return { ...inner, sheet: within };
  }
  if (isInk(plain) && isClear(plain)) return { split: plain };
  const shading = shadingOf(plane, sign);
  const leveled = shading && withoutShading(plane, shading.ground, shading.sign);
  if (
    leveled !== undefined &&
    isInk(leveled.split) &&
    !(isInk(plain) && unexplained(leveled.split) > BETTER * unexplained(plain))
  )
    return leveled;
  if (isInk(plain)) return { split: plain };
  const few = split(shades, shape, sign, true);
  return few !== undefined && isInk(few) ? { split: few } : undefined;
}

function withoutShading(
  { pixels, shape }: Pixels,
  ground: Float32Array,
  sign: 1 | -1,
): PaperRead | undefined {
  const shades = Float64Array.from(pixels, (value, i) => value - ground[i]!);
  const first = split(shades, shape, sign);
  if (first === undefined) return undefined;
  const gain = gainOf(first, ground);
  const second = split(
    shades.map((shade, i) => first.level + (shade - first.level) * gain[i]!),
    shape,
    sign,
  );
  return second !== undefined && second.separability > first.separability
    ? { split: second, ground, gain }
    : { split: first, ground };
}

/** Number of times that the contrast of ink must grow to be the same everywhere: it is a straight function of the ground's shade. */
function gainOf({ shades, sign, level, contrast }: Split, ground: Float32Array): Float32Array {
  let [count, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < ground.length; i++) {
    const [x, y] = [ground[i]!, sign * (shades[i]! - level)];
    if (y < SURE * contrast) continue;
    count++;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
    [low, high] = [Math.min(low, x), Math.max(high, x)];
  }
  const varies = sumXX - (sumX * sumX) / count;
  const slope = varies > 1e-6 * count ? (sumXY - (sumX * sumY) / count) / varies : 0;
  const at = (x: number) => sumY / count + slope * (Math.min(high, Math.max(low, x)) - sumX / count);
  const most = Math.max(at(low), at(high));
  return ground.map((x) => Math.min(MOST_GAIN, most / Math.max(1e-6, at(x))));
}

/** Variance of shades about those of ground and ink. */
function unexplained({ shades, separability }: Split): number {
  const mean = shades.reduce((sum, value) => sum + value, 0) / shades.length;
  return ((1 - separability) * shades.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / shades.length;
}

/** Distance of each pixel of a picture from its ground, on the side of the ink, if a smaller one was read. */
export function flattened(
  { pixels, shape }: Pixels,
  { split: { sign, level }, sheet, ground, gain }: PaperRead,
  [rows, columns]: Pixels['shape'],
): Pixels {
  const flat = new Float32Array(pixels.length);
  const [height, width] = shape;
  const near = ground && rangesOf(ground, rows, columns);
  const column = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * columns) / width));
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * columns;
    for (let x = 0; x < width; x++, i++) {
      const at = row + column[x]!;
      if (sheet !== undefined && sheet[at] === 0) continue;
      const value = pixels[i]!;
      const under = near === undefined ? 0 : Math.min(near.high[at]!, Math.max(near.low[at]!, value));
      flat[i] = sign * (value - under - level) * (gain?.[at] ?? 1);
    }
  }
  return { pixels: flat, shape };
}

/** Least and largest value of a pixel and its neighbors. */
function rangesOf(ground: Float32Array, rows: number, columns: number) {
  const [low, high] = [ground.slice(), ground.slice()];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++) {
        for (let at = Math.max(0, x - 1); at <= Math.min(columns - 1, x + 1); at++) {
          const value = ground[row * columns + at]!;
          if (value < low[i]!) low[i] = value;
          if (value > high[i]!) high[i] = value;
        }
      }
    }
  }
  return { low, high };
}
