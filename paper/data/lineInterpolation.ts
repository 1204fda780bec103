import { checkCount } from '../../src/core/checks.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import { sizeOf } from '../../src/core/image.js';
import {
  evenOmegas,
  type InterpolationPath,
  imagePairs,
  interpolate,
} from '../../src/evaluate/interpolation/latentInterpolation.js';
import type { Model } from '../../src/models/model.js';
import { drawLine, LINE_IMAGE_SIDE, renderLines } from './lines.js';

/** Scores of interpolations between images of lines, as in the ACAI paper. */
export interface LineInterpolationScores {
  /** Mean over all images of the cosine distance to the nearest line: 0 for true lines, at most 2. */
  readonly meanDistance: number;
  /**
   * Mean excess of the largest step over an even one, as a share of the whole turn: 0 for even steps, 1 − 1 / (steps − 1) for a
   * single jump, more for detours. NaN if it is undefined for every interpolation.
   */
  readonly smoothness: number;
  /** Number of interpolations that begin and end at one angle: their smoothness is undefined and not in the mean. */
  readonly undefinedSmoothness: number;
  /** Cosine distance of each image, `pairs · steps`. */
  readonly distances: Float64Array;
  /** Angle in radians, [0, 2π), of the nearest line of each image, `pairs · steps`. */
  readonly angles: Float64Array;
}

/** Number of even angles at which true lines are drawn, as in the paper. */
const LINES = 10_000;
const SIZE = LINE_IMAGE_SIDE * LINE_IMAGE_SIDE;

/** True lines as sparse images. */
interface TrueLines {
  /** Start of the pixels of line `i` in `pixels`; one more entry than lines. */
  readonly starts: Int32Array;
  /** Indices of covered pixels. */
  readonly pixels: Int32Array;
  /** Covered share of each. */
  readonly shares: Float32Array;
  /** Euclidean norm of each line with pixels from −1 to 1. */
  readonly norms: Float64Array;
}

/**
 * Mean Distance and Smoothness of Berthelot et al., *Understanding and Improving Interpolation in Autoencoders via an
 * Adversarial Regularizer* (arXiv 1807.07543, section 4.1). Cosines are taken between pixels from −1 to 1, as there.
 *
 * @param images `pairs · steps` images of 32×32 values in [0, 1]: one interpolation after the other, from end to end
 * @param steps images of one interpolation, at least 2; the paper takes 16, and 256 pairs
 * @throws DataError when the values are not whole interpolations or one is not finite
 */
export function scoreLineInterpolations(images: Float32Array, steps: number): LineInterpolationScores {
  if (!Number.isInteger(steps) || steps < 2 || images.length === 0 || images.length % (steps * SIZE) !== 0) {
    throw new DataError(`${images.length} values are no interpolations of ${steps} images of 32×32`, {
      hint: 'Give pairs · steps · 1024 values, with 2 steps or more.',
    });
  }
  const lines = everyLine();
  const count = images.length / SIZE;
  const distances = new Float64Array(count);
  const angles = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const nearest = nearestLine(lines, images.subarray(i * SIZE, (i + 1) * SIZE), i);
    distances[i] = nearest.distance;
    angles[i] = (2 * Math.PI * nearest.line) / LINES;
  }
  const scores = Array.from({ length: count / steps }, (_, pair) =>
    smoothnessOf(angles.subarray(pair * steps, (pair + 1) * steps)),
  );
  const defined = scores.filter((score) => score !== undefined);
  return {
    meanDistance: distances.reduce((a, b) => a + b) / count,
    smoothness: defined.reduce((a, b) => a + b, 0) / defined.length,
    undefinedSmoothness: scores.length - defined.length,
    distances,
    angles,
  };
}

let drawn: TrueLines | undefined;

function everyLine(): TrueLines {
  if (drawn !== undefined) return drawn;
  const starts = new Int32Array(LINES + 1);
  const pixels: number[] = [];
  const shares: number[] = [];
  const norms = new Float64Array(LINES);
  for (let line = 0; line < LINES; line++) {
    let square = SIZE;
    for (const [pixel, share] of drawLine((2 * Math.PI * line) / LINES).entries()) {
      if (share === 0) continue;
      pixels.push(pixel);
      shares.push(share);
      square += (2 * share - 1) ** 2 - 1;
    }
    starts[line + 1] = pixels.length;
    norms[line] = Math.sqrt(square);
  }
  drawn = { starts, pixels: Int32Array.from(pixels), shares: Float32Array.from(shares), norms };
  return drawn;
}

/** Nearest true line. With q and l from −1 to 1 and l = 2·share − 1: q · l = 2 Σ q·share − Σ q, and the first sum is sparse. */
function nearestLine(
  lines: TrueLines,
  image: Float32Array,
  index: number,
): { line: number; distance: number } {
  const { starts, pixels, shares, norms } = lines;
  let sum = 0;
  let square = 0;
  for (const value of image) {
    const q = 2 * value - 1;
    sum += q;
    square += q * q;
  }
  if (!Number.isFinite(square)) {
    throw new DataError(`image ${index} of the interpolations holds a value that is not finite`, {
      hint: 'Check the decoder: its training may have diverged.',
    });
  }
  let best = -1;
  let cosine = Number.NEGATIVE_INFINITY;
  for (let line = 0; line < LINES; line++) {
    let product = 0;
    for (let i = starts[line]!; i < starts[line + 1]!; i++)
      product += (2 * image[pixels[i]!]! - 1) * shares[i]!;
    const own = (2 * product - sum) / norms[line]!;
    if (own > cosine) {
      cosine = own;
      best = line;
    }
  }
  // A uniformly gray image has no direction, so no cosine.
  return { line: best, distance: square === 0 ? 1 : Math.max(0, 1 - cosine / Math.sqrt(square)) };
}

/** Smoothness of one interpolation; undefined if both ends are at one angle. */
function smoothnessOf(angles: Float64Array): number | undefined {
  // Each turn is the shorter way around; half a turn goes counterclockwise.
  const turns = Array.from(angles.subarray(1), (angle, i) => {
    const turn = angle - angles[i]!;
    return turn - 2 * Math.PI * Math.ceil(turn / (2 * Math.PI) - 0.5);
  });
  const whole = Math.abs(turns.reduce((a, b) => a + b));
  if (whole < 1e-4) return undefined;
  return Math.max(...turns.map(Math.abs)) / whole - 1 / turns.length;
}

export interface InterpolationOnLinesOptions {
  /** Pairs of lines. Default: 256, as in the paper. */
  readonly pairs?: number;
  /** Images of each interpolation, ends included, at least 2. Default: 16, as in the paper. */
  readonly steps?: number;
  /** Seed of the lines. */
  readonly seed: number;
}

/** First seed of test lines, so that they differ from the lines that a model was trained on. */
const FIRST_SEED = 1_000_000;

/**
 * Scores a model's interpolations between images of lines: Mean Distance and Smoothness of Berthelot et al.,
 * *Understanding and Improving Interpolation in Autoencoders via an Adversarial Regularizer* (arXiv 1807.07543, section
 * 4.1). Pairs of lines at random angles are encoded, and images decoded at even steps from ω = 0 to 1 are scored.
 *
 * @throws UsageError for a model of other images than 32×32×1, slerp on a model without a sphere, or numbers out of range;
 *   DataError when the decoder's values are not finite
 */
export function interpolationOnLines(
  model: Model,
  path: InterpolationPath,
  { pairs = 256, steps = 16, seed }: InterpolationOnLinesOptions,
): Pick<LineInterpolationScores, 'meanDistance' | 'smoothness' | 'undefinedSmoothness'> {
  const shape = [LINE_IMAGE_SIDE, LINE_IMAGE_SIDE, 1] as const;
  if (model.imageShape.join() !== shape.join()) {
    throw new UsageError(
      `the model ${model.card.name} takes images of ${model.imageShape.join('×')}, but lines have ${shape.join('×')}`,
      { hint: 'Choose a model that was trained on lines.' },
    );
  }
  checkCount('pairs', pairs);
  checkCount('seed', seed, { least: 0 });
  const omegas = evenOmegas(steps);
  const { source } = renderLines({ count: 2 * pairs, seed: FIRST_SEED + seed });
  const ends = imagePairs(
    source,
    Array.from({ length: pairs }, (_, pair) => [2 * pair, 2 * pair + 1]),
  );
  const size = sizeOf(shape);
  const drawn = new Float32Array(pairs * steps * size);
  for (const [i, { pixels }] of interpolate(model, ends, { path, omegas }).flat().entries())
    drawn.set(pixels, i * size);
  const { meanDistance, smoothness, undefinedSmoothness } = scoreLineInterpolations(drawn, steps);
  return { meanDistance, smoothness, undefinedSmoothness };
}
