import type { Pixels } from './decode/pixels.js';
import { type Box, resample } from './resample.js';
import { APART, FAINT, FULL, otsu, outliers, quantile, spreadOf } from './shades.js';

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
/** A ground of which this share lies within this part of the contrast is even. */
const [EVEN_SHARE, EVEN] = [0.7, 0.08];
/** Two shades that explain this share of the variance are those of ground and ink, and more is asked if ink is this share of the picture. */
const [CLEAR, MUCH, MUCH_CLEAR] = [0.8, 0.2, 0.98];
/** Noise takes away no more of the contrast than this. */
const MOST_NOISE = 0.25;
/** Places of an uneven ground at which its level is taken, along each side, and the part of the side that each looks at. */
const [PLACES, WINDOW] = [7, 1 / 3];
/** A level is the median of at most so many pixels along each side of that part. */
const SAMPLES = 20;
/** Weaker ink joins no strokes, and strokes with less than this share of the largest are specks. */
const [WEAK, SPECK] = [0.25, 0.01];

/**
 * Finds the ink of a drawing, a scan or a photo of paper. Of two shades, the ground is the one that most of the picture and
 * of its border has; colors are told apart along the axis on which they differ most (principal component). The shades are parted by
 * Otsu's threshold (1979). An uneven ground, such as paper in a shadow, is leveled by medians of its parts first.
 *
 * @param told default: found
 * @returns undefined for a blank picture
 */
export function findInk(image: Pixels, told?: InkPolarity): InkFound | undefined {
  const small = shrunk(image);
  const axis = mainAxis(small);
  const plane = along(small, axis);
  const found = bestSplit(plane, told);
  if (found === undefined) return undefined;
  const { sign, shades, level, contrast, surface } = found;
  const floor = Math.min(MOST_NOISE * contrast, NOISE * found.spread);
  const strength = new Float32Array(shades.length);
  for (let i = 0; i < strength.length; i++) {
    strength[i] = Math.min(1, Math.max(0, (sign * (shades[i]! - level) - floor) / (contrast - floor)));
  }
  const [rows, columns] = plane.shape;
  removeSpecks(strength, rows, columns);
  const [down, across] = [image.shape[0] / rows, image.shape[1] / columns];
  const { box, center, spread } = extent(strength, rows, columns);
  const isGround = (i: number) => sign * (shades[i]! - found.threshold) <= 0;
  const gray = along(image, axis);
  const flat = new Float32Array(gray.pixels.length);
  const groundAt = placesOf(surface, gray.shape);
  for (let i = 0; i < flat.length; i++) flat[i] = sign * (gray.pixels[i]! - groundAt(i) - level);
  const full = strength.map((value, i) => (value >= 0.75 && !isGround(i) ? 1 : 0));
  return {
    polarity: sign < 0 ? 'dark' : 'light',
    flat: { pixels: flat, shape: gray.shape },
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

/** Level of the ground at {@link PLACES}² places, spread evenly; undefined for an even one, whose level is 0. */
type Surface = Float64Array | undefined;

/** A picture parted into ground and ink. */
interface Split {
  readonly surface: Surface;
  /** The picture without the surface. */
  readonly shades: Float64Array;
  readonly threshold: number;
  /** −1 if ink is darker than its ground. */
  readonly sign: 1 | -1;
  /** Shade of the ground. */
  readonly level: number;
  /** How far full ink is from it. */
  readonly contrast: number;
  /** Standard deviation of the ground's noise, by its median deviation. */
  readonly spread: number;
  /** Share of the variance that the two shades explain. */
  readonly separability: number;
}

function bestSplit(plane: Pixels, told: InkPolarity | undefined): Split | undefined {
  const plain = split(plane, undefined, told);
  if (plain === undefined || (isInk(plain) && isClear(plain))) return plain;
  const settled = (start: Split | undefined): Split | undefined => {
    let now = start;
    for (let round = 0; round < 2 && now !== undefined; round++) {
      const { sign, shades, threshold } = now;
      now =
        split(
          plane,
          surfaceOf(plane, (i) => sign * (shades[i]! - threshold) <= 0),
          told,
        ) ?? now;
    }
    return now;
  };
  const local = surfaceOf(plane, () => true);
  let best: Split | undefined;
  for (const found of [
    plain,
    settled(plain),
    settled(split(plane, local, told)),
    split(plane, local, told, true),
  ]) {
    if (found === undefined || !isInk(found)) continue;
    if (best === undefined || found.separability > best.separability + 0.02) best = found;
  }
  return best;
}

const isInk = ({ contrast, spread }: Split) => contrast >= FAINT && contrast >= APART * spread;

/** True if the shades are surely those of an even ground and of ink. Much of the picture may be a shadow instead. */
function isClear({ shades, sign, threshold, level, contrast, separability }: Split): boolean {
  let [ground, near] = [0, 0];
  for (const shade of shades) {
    if (sign * (shade - threshold) > 0) continue;
    ground++;
    if (Math.abs(shade - level) <= EVEN * contrast) near++;
  }
  const clear = ground < (1 - MUCH) * shades.length ? MUCH_CLEAR : CLEAR;
  return separability >= clear && near >= EVEN_SHARE * ground;
}

/** @param few take for ink what is far from the median, however little it is */
function split(plane: Pixels, surface: Surface, told?: InkPolarity, few = false): Split | undefined {
  const groundAt = placesOf(surface, plane.shape);
  const shades = new Float64Array(plane.pixels.length);
  for (let i = 0; i < shades.length; i++) shades[i] = plane.pixels[i]! - groundAt(i);
  const sorted = shades.slice().sort();
  const cut = few ? outliers(sorted) : otsu(sorted);
  if (cut === undefined) return undefined;
  const { threshold, separability } = cut;
  const sign = told === undefined ? inkSign(shades, plane.shape, threshold) : told === 'dark' ? -1 : 1;
  const [below, above] = [sorted.subarray(0, cut.below), sorted.subarray(cut.below)];
  const [ground, ink] = sign > 0 ? [below, above] : [above, below];
  const level = quantile(ground, 0.5);
  const contrast = sign * (quantile(ink, sign > 0 ? FULL : 1 - FULL) - level);
  const spread = spreadOf(ground, level);
  return { surface, shades, threshold, sign, level, contrast, spread, separability };
}

/** 1 if ink is bright: what is beyond the threshold has less of the picture, of its outermost pixels and of a margin of an eighth. */
function inkSign(shades: Float64Array, [rows, columns]: Pixels['shape'], threshold: number): 1 | -1 {
  const margin = Math.max(1, Math.round(Math.min(rows, columns) / 8));
  let [all, outer, edge] = [0, 0, 0];
  let [bright, outerBright, edgeBright] = [0, 0, 0];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const depth = Math.min(y, x, rows - 1 - y, columns - 1 - x);
      const one = shades[y * columns + x]! > threshold ? 1 : 0;
      all++;
      bright += one;
      if (depth >= margin) continue;
      outer++;
      outerBright += one;
      if (depth > 0) continue;
      edge++;
      edgeBright += one;
    }
  }
  const share = (bright / all + outerBright / outer + edgeBright / edge) / 3;
  return share > 0.5 ? -1 : 1;
}

/** Medians of parts of a picture, of the pixels that are ground. */
function surfaceOf({ pixels, shape: [rows, columns] }: Pixels, isGround: (i: number) => boolean): Surface {
  const step = Math.ceil((WINDOW * Math.max(rows, columns)) / SAMPLES);
  const medianOf = (top: number, bottom: number, left: number, right: number): number | undefined => {
    const values: number[] = [];
    for (let y = top; y < bottom; y += step) {
      for (let x = left; x < right; x += step)
        if (isGround(y * columns + x)) values.push(pixels[y * columns + x]!);
    }
    return values.length === 0 ? undefined : quantile(Float64Array.from(values).sort(), 0.5);
  };
  const all = medianOf(0, rows, 0, columns) ?? 0;
  const range = (place: number, side: number): [number, number] => {
    const middle = ((place + 0.5) / PLACES) * side;
    const half = Math.max(0.5, (WINDOW / 2) * side);
    return [Math.max(0, Math.floor(middle - half)), Math.min(side, Math.ceil(middle + half))];
  };
  return Float64Array.from({ length: PLACES * PLACES }, (_, i) => {
    const [y, x] = [Math.floor(i / PLACES), i % PLACES];
    return medianOf(...range(y, rows), ...range(x, columns)) ?? all;
  });
}

/** Level of a surface at pixel `i` of a picture, bilinear between its places. */
function placesOf(surface: Surface, [rows, columns]: Pixels['shape']): (i: number) => number {
  if (surface === undefined) return () => 0;
  const at = (index: number, side: number): [number, number] => {
    const place = Math.min(PLACES - 1, Math.max(0, ((index + 0.5) / side) * PLACES - 0.5));
    const first = Math.min(PLACES - 2, Math.floor(place));
    return [first, place - first];
  };
  const down = Array.from({ length: rows }, (_, y) => at(y, rows));
  const across = Array.from({ length: columns }, (_, x) => at(x, columns));
  return (i) => {
    const [row, low] = down[Math.floor(i / columns)]!;
    const [column, right] = across[i % columns]!;
    const k = row * PLACES + column;
    const upper = surface[k]! * (1 - right) + surface[k + 1]! * right;
    const lower = surface[k + PLACES]! * (1 - right) + surface[k + PLACES + 1]! * right;
    return upper * (1 - low) + lower * low;
  };
}

/** Clears strokes with far less ink than the largest has. */
function removeSpecks(strength: Float32Array, rows: number, columns: number): void {
  const part = new Int32Array(strength.length).fill(-1);
  const masses: number[] = [];
  for (let start = 0; start < strength.length; start++) {
    if (part[start] !== -1 || strength[start]! <= WEAK) continue;
    const own = masses.push(0) - 1;
    const open = [start];
    part[start] = own;
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      masses[own]! += strength[i]!;
      const [y, x] = [Math.floor(i / columns), i % columns];
      for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++) {
          const next = row * columns + column;
          if (part[next] !== -1 || strength[next]! <= WEAK) continue;
          part[next] = own;
          open.push(next);
        }
      }
    }
  }
  const least = SPECK * masses.reduce((most, mass) => Math.max(most, mass), 0);
  for (let i = 0; i < strength.length; i++) {
    if (part[i] !== -1 && masses[part[i]!]! < least) strength[i] = 0;
  }
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
