import type { Pixels } from '../decode/pixels.js';
import { outerShare } from './split.js';

/** Widest strokes that are looked for, as shares of the picture's longer side. */
const WIDTHS = [0.06, 0.12, 0.24, 0.4];
/** Widths are tried on a picture of about so many pixels along its longer side. */
const COARSE = 64;
/** A narrower width will do that leaves no more than this share of the variation that the best takes away. */
const ENOUGH = 0.2;

/** Shades of the ground alone, as if nothing were drawn on it, and the side of it on which ink is. */
export interface Shading {
  readonly ground: Float32Array;
  /** −1 if ink is darker. */
  readonly sign: 1 | -1;
}

/**
 * Finds the ground under ink by a morphological closing (of dark ink; an opening of light ink): what is narrower than a square is
 * filled, whereas edges of shadows and tables stay as sharp as they are. Of both polarities and several widths, the one is taken whose
 * ground varies least.
 *
 * @returns undefined if all that could be ink lies along the border
 */
export function shadingOf(plane: Pixels, sign?: 1 | -1): Shading | undefined {
  const [rows, columns] = plane.shape;
  const coarse = halved(plane, Math.max(1, Math.round(Math.max(rows, columns) / COARSE)));
  const [down, across] = coarse.shape;
  const noise = noiseOf(coarse);
  const whole = variation(coarse.pixels, coarse.shape, noise);
  let best: { sign: 1 | -1; tried: { width: number; left: number }[]; least: number } | undefined;
  for (const own of sign === undefined ? ([-1, 1] as const) : [sign]) {
    const tried: { width: number; left: number }[] = [];
    for (const width of WIDTHS) {
      const ground = groundOf(coarse, own, width);
      const difference = ground.map((value, i) => own * (coarse.pixels[i]! - value));
      const threshold = roughThreshold(difference);
      if (outerShare((i) => difference[i]! > threshold, [down, across, 1]) > 0.5) continue;
      tried.push({ width, left: variation(ground, coarse.shape, noise) });
    }
    const least = Math.min(...tried.map(({ left }) => left));
    if (tried.length > 0 && (best === undefined || least < best.least)) best = { sign: own, tried, least };
  }
  if (best === undefined) return undefined;
  const { tried, least } = best;
  const enough = least + ENOUGH * (whole - least);
  const { width } = tried.find(({ left }) => left <= enough) ?? tried.at(-1)!;
  return { sign: best.sign, ground: groundOf(plane, best.sign, width) };
}

function groundOf({ pixels, shape }: Pixels, sign: 1 | -1, width: number): Float32Array {
  const half = Math.max(1, Math.round((width * Math.max(shape[0], shape[1])) / 2));
  return sign < 0
    ? closed(pixels, shape, half)
    : closed(
        pixels.map((value) => -value),
        shape,
        half,
      ).map((value) => -value);
}

/** Closing by a square that may reach beyond the picture, so that what is dark along the border stays. */
function closed(pixels: Float32Array, [rows, columns]: Pixels['shape'], half: number): Float32Array {
  const width = columns + 2 * half;
  const height = rows + 2 * half;
  const across = new Float32Array(rows * width);
  for (let y = 0; y < rows; y++) largest(pixels, y * columns, 1, columns, across, y * width, 1, half, true);
  const high = new Float32Array(height * width);
  for (let x = 0; x < width; x++) largest(across, x, width, rows, high, x, width, half, true);
  for (let i = 0; i < high.length; i++) high[i] = -high[i]!;
  const low = new Float32Array(height * columns);
  for (let y = 0; y < height; y++) largest(high, y * width, 1, width, low, y * columns, 1, half, false);
  const made = new Float32Array(rows * columns);
  for (let x = 0; x < columns; x++) largest(low, x, columns, height, made, x, columns, half, false);
  return made.map((value) => -value);
}

/** Largest value within `half` of each place of a line; of `half` more places at both ends if it grows, else of as many fewer. */
function largest(
  from: Float32Array,
  start: number,
  step: number,
  count: number,
  to: Float32Array,
  toStart: number,
  toStep: number,
  half: number,
  grows: boolean,
): void {
  const length = grows ? count + 4 * half : count;
  const offset = grows ? 2 * half : 0;
  const line = new Float32Array(length).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < count; i++) line[offset + i] = from[start + i * step]!;
  const window = 2 * half + 1;
  let span = 1;
  for (; 2 * span <= window; span *= 2) {
    for (let i = 0; i + span < length; i++) if (line[i + span]! > line[i]!) line[i] = line[i + span]!;
  }
  const rest = window - span;
  for (let i = 0; i + window <= length; i++) to[toStart + i * toStep] = Math.max(line[i]!, line[i + rest]!);
}

/** Means of squares of so many pixels along each side. */
function halved(plane: Pixels, factor: number): Pixels {
  if (factor === 1) return plane;
  const [rows, columns] = plane.shape;
  const [height, width] = [Math.floor(rows / factor), Math.floor(columns / factor)];
  const pixels = new Float32Array(height * width);
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      pixels[Math.floor(y / factor) * width + Math.floor(x / factor)]! +=
        plane.pixels[y * columns + x]! / (factor * factor);
    }
  }
  return { pixels, shape: [height, width, 1] };
}

/** Neighbors differ by less in three quarters of a picture. */
function noiseOf({ pixels }: Pixels): number {
  const steps = Float32Array.from({ length: pixels.length - 1 }, (_, i) =>
    Math.abs(pixels[i + 1]! - pixels[i]!),
  );
  return 2 * steps.sort()[Math.floor(0.75 * steps.length)]!;
}

/** Sum of what neighbors differ by, beyond noise. */
function variation(pixels: Float32Array, [rows, columns]: Pixels['shape'], noise: number): number {
  let sum = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      if (x + 1 < columns) sum += Math.max(0, Math.abs(pixels[i + 1]! - pixels[i]!) - noise);
      if (y + 1 < rows) sum += Math.max(0, Math.abs(pixels[i + columns]! - pixels[i]!) - noise);
    }
  }
  return sum;
}

/** Otsu's threshold of values from 0 on, among 128 steps. */
function roughThreshold(values: Float32Array): number {
  const steps = 128;
  const most = values.reduce((top, value) => Math.max(top, value), 0);
  if (!(most > 0)) return 0;
  const counts = new Float64Array(steps);
  for (const value of values) counts[Math.min(steps - 1, Math.max(0, Math.floor((value / most) * steps)))]!++;
  const total = counts.reduce((sum, count, i) => sum + count * i, 0);
  let [below, sum, best, threshold] = [0, 0, 0, 0];
  for (let i = 0; i + 1 < steps; i++) {
    below += counts[i]!;
    sum += counts[i]! * i;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const gap = sum / below - (total - sum) / above;
    if (gap * gap * below * above <= best) continue;
    [best, threshold] = [gap * gap * below * above, ((i + 1) / steps) * most];
  }
  return threshold;
}
