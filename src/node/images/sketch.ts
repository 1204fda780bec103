import type { Pixels } from '../../data/decode/pixels.js';
import { fitTo } from '../../data/resize.js';

/** Side of a sketch in gray; its colors are a quarter as fine. */
const SIDE = 32;
const COLOR_SIDE = SIDE / 4;
const [GRAYS, COLORS] = [SIDE ** 2, COLOR_SIDE ** 2];

/** Bytes of a sketch. */
export const SKETCH_BYTES = GRAYS + 2 * COLORS;

/**
 * The middle of a picture in 32 × 32 shades of gray, and in 8 × 8 colors: luma, then blue and red differences, as JPEG has
 * them. It is made of the picture as decoded, so it is the same for every encoder.
 */
export function sketchOf(image: Pixels): Uint8Array {
  const channels = image.shape[2] === 3 ? 3 : 1;
  const { pixels } = fitTo(image, [SIDE, SIDE, channels], 'crop');
  const sketch = new Uint8Array(SKETCH_BYTES).fill(128, GRAYS);
  if (channels === 1) {
    for (let i = 0; i < GRAYS; i++) sketch[i] = Math.round(255 * pixels[i]!);
    return sketch;
  }
  const sums = new Float32Array(2 * COLORS);
  for (let i = 0; i < GRAYS; i++) {
    const [red, green, blue] = [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!];
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    sketch[i] = Math.round(255 * luma);
    const cell = Math.floor(i / SIDE / 4) * COLOR_SIDE + Math.floor((i % SIDE) / 4);
    sums[cell]! += 0.564 * (blue - luma);
    sums[COLORS + cell]! += 0.713 * (red - luma);
  }
  for (const [i, sum] of sums.entries()) sketch[GRAYS + i] = Math.round(128 + (255 * sum) / 16);
  return sketch;
}

/** Values of an outline. */
export const OUTLINE_VALUES = 64;

/** A sketch at 8 × 8 in gray, around its mean and of length 1; all 0 if it is plain. The dot product of two is their correlation. */
export function outlineOf(sketch: Uint8Array, into: Float32Array): void {
  into.fill(0);
  for (let i = 0; i < GRAYS; i++)
    into[Math.floor(i / SIDE / 4) * 8 + Math.floor((i % SIDE) / 4)]! += sketch[i]! / 16;
  normalize(into, OUTLINE_VALUES);
}

/** Standard deviation, in values of 255, below which a picture is plain: what is left is noise. */
const LEAST_DEVIATION = 1;

/** Brings values to mean 0 and length 1, or to 0 if they are plain, and returns their former mean and length. */
function normalize(values: Float32Array, length: number): { mean: number; norm: number } {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  const norm = Math.sqrt(squares);
  const scale = norm < LEAST_DEVIATION * Math.sqrt(length) ? 0 : 1 / norm;
  for (let i = 0; i < length; i++) values[i] = (values[i]! - mean) * scale;
  return { mean, norm };
}

/** A turn and zoom (`real + i · imaginary`) and a shift, in pixels around the middle. */
interface Move {
  readonly real: number;
  readonly imaginary: number;
  readonly x: number;
  readonly y: number;
}

const STILL: Move = { real: 1, imaginary: 0, x: 0, y: 0 };
/** Largest moves: shift as a share of the side, zoom, and turn in radians. */
const [MOST_SHIFT, MOST_ZOOM, MOST_TURN] = [0.075, 0.06, 0.08];

const within = (value: number, most: number) => Math.max(-most, Math.min(most, value));

/** A picture at one size, ready to have others laid over its inner part. */
interface Ground {
  readonly side: number;
  readonly margin: number;
  /** The inner part, normalized. */
  readonly inner: Float32Array;
  readonly mean: number;
  readonly norm: number;
  /** How the inner part changes by a small shift to the right, down, zoom and turn, apart from its brightness and contrast. */
  readonly slopes: readonly Float32Array[];
  /** Inverse of the 4 × 4 products of the slopes. */
  readonly inverse: readonly (readonly number[])[];
}

function groundOf(gray: Float32Array, side: number, margin: number): Ground {
  const width = side - 2 * margin;
  const inner = new Float32Array(width * width);
  const slopes = Array.from({ length: 4 }, () => new Float32Array(width * width));
  const middle = (side - 1) / 2;
  const [right, down, zoom, turn] = slopes as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (let y = 0, k = 0; y < width; y++) {
    for (let x = 0; x < width; x++, k++) {
      const at = (y + margin) * side + x + margin;
      inner[k] = gray[at]!;
      const [u, v] = [x + margin - middle, y + margin - middle];
      right[k] = (gray[at + 1]! - gray[at - 1]!) / 2;
      down[k] = (gray[at + side]! - gray[at - side]!) / 2;
      zoom[k] = right[k]! * u + down[k]! * v;
      turn[k] = down[k]! * u - right[k]! * v;
    }
  }
  const { mean, norm } = normalize(inner, inner.length);
  for (const slope of slopes) {
    const average = slope.reduce((sum, value) => sum + value, 0) / slope.length;
    const along = dot(slope, inner);
    for (let i = 0; i < slope.length; i++)
      slope[i] = norm === 0 ? 0 : (slope[i]! - average - along * inner[i]!) / norm;
  }
  const products = slopes.map((a, i) =>
    slopes.map((b, j) => dot(a, b) * (i === j ? 1.001 : 1) + (i === j ? 1e-6 : 0)),
  );
  return { side, margin, inner, mean, norm, slopes, inverse: inverted(products) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Inverse of a small matrix with a positive diagonal, by Gauss and Jordan. */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (const [i, own] of rows.entries()) {
    const pivot = own[i]!;
    for (let k = 0; k < own.length; k++) own[k]! /= pivot;
    for (const other of rows) {
      if (other === own) continue;
      const factor = other[i]!;
      for (let k = 0; k < own.length; k++) other[k]! -= factor * own[k]!;
    }
  }
  return rows.map((row) => row.slice(matrix.length));
}

/** Room for a picture that is laid over another. */
const moved = new Float32Array(GRAYS);

/** Samples the part of a picture that a move lays over the inner part of the ground, normalized, into `moved`. */
function layOver({ side, margin }: Ground, gray: Float32Array, { real, imaginary, x, y }: Move) {
  const width = side - 2 * margin;
  const middle = (side - 1) / 2;
  const most = side - 1.001;
  for (let row = 0, k = 0; row < width; row++) {
    const v = row + margin - middle;
    let acrossAt = real * (margin - middle) - imaginary * v + x + middle;
    let downAt = imaginary * (margin - middle) + real * v + y + middle;
    for (let column = 0; column < width; column++, k++) {
      const px = acrossAt < 0 ? 0 : acrossAt > most ? most : acrossAt;
      const py = downAt < 0 ? 0 : downAt > most ? most : downAt;
      const left = px | 0;
      const top = py | 0;
      const at = top * side + left;
      const share = px - left;
      const above = gray[at]! + share * (gray[at + 1]! - gray[at]!);
      const below = gray[at + side]! + share * (gray[at + side + 1]! - gray[at + side]!);
      moved[k] = above + (py - top) * (below - above);
      acrossAt += real;
      downAt += imaginary;
    }
  }
  return normalize(moved, width * width);
}

/**
 * Finds the move that lays a picture best over the ground, by Gauss and Newton: inverse composition with brightness and
 * contrast projected out (Baker and Matthews, Lucas-Kanade 20 Years On, 2004). `moved` is then the picture so laid.
 */
function align(ground: Ground, gray: Float32Array, start: Move, most: number) {
  const { inner, slopes, inverse, side } = ground;
  let move = start;
  let light = layOver(ground, gray, move);
  for (let step = 0; step < most; step++) {
    const change = [0, 0, 0, 0];
    for (let k = 0; k < 4; k++) {
      const slope = slopes[k]!;
      let sum = 0;
      for (let i = 0; i < inner.length; i++) sum += slope[i]! * (moved[i]! - inner[i]!);
      for (let j = 0; j < 4; j++) change[j]! += inverse[j]![k]! * sum;
    }
    const [right, down, zoom, turn] = change as [number, number, number, number];
    const size = (1 + zoom) ** 2 + turn ** 2;
    const real = (move.real * (1 + zoom) + move.imaginary * turn) / size;
    const imaginary = (move.imaginary * (1 + zoom) - move.real * turn) / size;
    move = {
      real: 1 + within(real - 1, MOST_ZOOM),
      imaginary: within(imaginary, MOST_TURN),
      x: within(move.x - (real * right - imaginary * down), MOST_SHIFT * side),
      y: within(move.y - (imaginary * right + real * down), MOST_SHIFT * side),
    };
    light = layOver(ground, gray, move);
    if (Math.abs(right) + Math.abs(down) < 0.02 && Math.abs(zoom) + Math.abs(turn) < 0.002) break;
  }
  return { move, light };
}

/** Correlation of the ground with `moved`: of their values, and of the differences between neighbors. */
function agreement({ side, margin, inner }: Ground): { values: number; edges: number } {
  const width = side - 2 * margin;
  let [values, both, own, other] = [0, 0, 0, 0];
  for (let y = 0, k = 0; y < width; y++) {
    for (let x = 0; x < width; x++, k++) {
      values += inner[k]! * moved[k]!;
      if (x + 1 < width) {
        const [a, b] = [inner[k + 1]! - inner[k]!, moved[k + 1]! - moved[k]!];
        [both, own, other] = [both + a * b, own + a * a, other + b * b];
      }
      if (y + 1 < width) {
        const [a, b] = [inner[k + width]! - inner[k]!, moved[k + width]! - moved[k]!];
        [both, own, other] = [both + a * b, own + a * a, other + b * b];
      }
    }
  }
  return { values, edges: own * other === 0 ? 0 : both / Math.sqrt(own * other) };
}

/** Facts about two sketches that were laid over each other. */
interface Comparison {
  /** Correlation of values, and of differences between neighbors, in [−1, 1]. */
  readonly values: number;
  readonly edges: number;
  /** Contrast of the second relative to the first. */
  readonly contrast: number;
  /** Difference of their means, in values of 255. */
  readonly brightness: number;
  /** Root of the mean squared difference of their colors, in values of 255, and the larger root of their mean squares. */
  readonly colorDifference: number;
  readonly color: number;
}

const COARSE_STEPS = 6;
const FINE_STEPS = 8;

/** Prepares a sketch to be compared with others. Below a correlation at half the size, `least`, it takes no finer look. */
function comparer(sketch: Uint8Array, least: number): (other: Uint8Array) => Comparison | undefined {
  let fine: Ground | undefined;
  const coarse = groundOf(halved(graysOf(sketch)), SIDE / 2, 2);
  return (other) => {
    const gray = graysOf(other);
    const first = align(coarse, halved(gray), STILL, COARSE_STEPS);
    if (agreement(coarse).values < least) return undefined;
    fine ??= groundOf(graysOf(sketch), SIDE, 3);
    const start = { ...first.move, x: 2 * first.move.x, y: 2 * first.move.y };
    const { light } = align(fine, gray, start, FINE_STEPS);
    return {
      ...agreement(fine),
      contrast: light.norm / fine.norm,
      brightness: Math.abs(light.mean - fine.mean),
      ...colorsOf(sketch, other),
    };
  };
}

const graysOf = (sketch: Uint8Array): Float32Array => Float32Array.from(sketch.subarray(0, GRAYS));

function halved(gray: Float32Array): Float32Array {
  const side = SIDE / 2;
  return Float32Array.from({ length: side * side }, (_, i) => {
    const at = 2 * Math.floor(i / side) * SIDE + 2 * (i % side);
    return (gray[at]! + gray[at + 1]! + gray[at + SIDE]! + gray[at + SIDE + 1]!) / 4;
  });
}

function colorsOf(one: Uint8Array, other: Uint8Array): { colorDifference: number; color: number } {
  let [difference, own, others] = [0, 0, 0];
  for (let i = GRAYS; i < SKETCH_BYTES; i++) {
    const [a, b] = [one[i]! - 128, other[i]! - 128];
    [difference, own, others] = [difference + (a - b) ** 2, own + a * a, others + b * b];
  }
  const root = (sum: number) => Math.sqrt(sum / (2 * COLORS));
  return { colorDifference: root(difference), color: root(Math.max(own, others)) };
}

/** Width of a shade. */
const SHADE = 4;

/** True for a drawing: gray, and more than half of it in one shade. */
function isDrawing(sketch: Uint8Array): boolean {
  for (let i = GRAYS; i < SKETCH_BYTES; i++) if (Math.abs(sketch[i]! - 128) > 2) return false;
  const counts = new Uint32Array(256 / SHADE);
  for (let i = 0; i < GRAYS; i++) counts[Math.floor(sketch[i]! / SHADE)]!++;
  return counts.some((count) => count > GRAYS / 2);
}

/** Least correlations of near-duplicates. */
interface Rule {
  /** Of outlines, and of sketches at half the size: below it, no closer look is worth its time. */
  readonly outline: number;
  readonly coarse: number;
  /** Of values, and of differences between neighbors. */
  readonly values: number;
  readonly edges: number;
}

/** Chosen by the experiment `nearDuplicates`. Drawings of one sign are alike without being copies, so more is asked of them. */
const [photo, drawing]: readonly [Rule, Rule] = [
  { outline: 0.65, coarse: 0.85, values: 0.955, edges: 0.86 },
  { outline: 0.8, coarse: 0.95, values: 0.985, edges: 0.96 },
];

/** What is asked of near-duplicates of a sketch. */
export const ruleFor = (sketch: Uint8Array): Rule => (isDrawing(sketch) ? drawing : photo);

/** Largest differences in light: contrast as a factor, brightness in values of 255. */
const [MOST_CONTRAST, MOST_BRIGHTNESS] = [1.8, 64];
/** Largest difference of colors: in values of 255, and as a share of the color. */
const [MOST_COLOR, COLOR_SHARE] = [6, 0.35];

/** Prepares a sketch to be told from its near-duplicates. */
export function nearDuplicateOf(sketch: Uint8Array): (other: Uint8Array) => boolean {
  const least = ruleFor(sketch);
  const compare = comparer(sketch, least.coarse);
  return (other) => {
    const found = compare(other);
    return (
      found !== undefined &&
      found.values >= least.values &&
      found.edges >= least.edges &&
      Math.max(found.contrast, 1 / found.contrast) <= MOST_CONTRAST &&
      found.brightness <= MOST_BRIGHTNESS &&
      found.colorDifference <= MOST_COLOR + COLOR_SHARE * found.color
    );
  };
}
