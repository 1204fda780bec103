import type { Pixels } from '../decode/pixels.js';
import { APART, FAINT, FULL, otsu, outliers, quantile, spreadOf } from '../shades.js';

/** A ground of which this share lies within this part of the contrast is even. */
const [EVEN_SHARE, EVEN] = [0.7, 0.08];
/** Two shades that explain this share of the variance are those of ground and ink, and more is asked if ink is this share of the picture. */
const [CLEAR, MUCH, MUCH_CLEAR] = [0.8, 0.2, 0.98];

/** A gray picture parted into ground and ink. */
export interface Split {
  /** The picture without its ground's shading. */
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

/**
 * Parts shades by Otsu's threshold.
 *
 * @param sign default: the ground is what most of the picture and of its border has
 * @param few take for ink what is far from the median, however little it is
 */
export function split(
  shades: Float64Array,
  shape: Pixels['shape'],
  sign?: 1 | -1,
  few = false,
): Split | undefined {
  const sorted = shades.slice().sort();
  const cut = few ? outliers(sorted) : otsu(sorted);
  if (cut === undefined) return undefined;
  const { threshold, separability } = cut;
  const own = sign ?? (outerShare((i) => shades[i]! > threshold, shape) > 0.5 ? -1 : 1);
  const [below, above] = [sorted.subarray(0, cut.below), sorted.subarray(cut.below)];
  const [ground, ink] = own > 0 ? [below, above] : [above, below];
  const level = quantile(ground, 0.5);
  const contrast = own * (quantile(ink, own > 0 ? FULL : 1 - FULL) - level);
  return { shades, threshold, sign: own, level, contrast, spread: spreadOf(ground, level), separability };
}

/** True if ink stands out from the noise of its ground. */
export const isInk = ({ contrast, spread }: Split) => contrast >= FAINT && contrast >= APART * spread;

/** True if the shades are surely those of an even ground and of ink. Much of the picture may be a shadow instead. */
export function isClear({ shades, sign, threshold, level, contrast, separability }: Split): boolean {
  let [ground, near] = [0, 0];
  for (const shade of shades) {
    if (sign * (shade - threshold) > 0) continue;
    ground++;
    if (Math.abs(shade - level) <= EVEN * contrast) near++;
  }
  const clear = ground < (1 - MUCH) * shades.length ? MUCH_CLEAR : CLEAR;
  return separability >= clear && near >= EVEN_SHARE * ground;
}

/** Mean share that a mask has of the picture, of its outermost pixels and of a margin of an eighth. */
export function outerShare(isIn: (i: number) => boolean, [rows, columns]: Pixels['shape']): number {
  const margin = Math.max(1, Math.round(Math.min(rows, columns) / 8));
  let [all, outer, edge] = [0, 0, 0];
  let [allIn, outerIn, edgeIn] = [0, 0, 0];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const depth = Math.min(y, x, rows - 1 - y, columns - 1 - x);
      const one = isIn(y * columns + x) ? 1 : 0;
      all++;
      allIn += one;
      if (depth >= margin) continue;
      outer++;
      outerIn += one;
      if (depth > 0) continue;
      edge++;
      edgeIn += one;
    }
  }
  return (allIn / all + outerIn / outer + edgeIn / edge) / 3;
}
