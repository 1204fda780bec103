import { UsageError } from '../../core/errors.js';
import { checkFields, numberFrom, optional, whole } from '../../core/kindChecks.js';
import { randomStream } from '../../core/random.js';
import { type EmbeddingOptions, embeddingChecks, embedStepwise, rowsOf } from './embedding.js';

/**
 * Gradient of the t-SNE cost, after equation 5 of van der Maaten and Hinton, *Visualizing Data using t-SNE* (2008):
 * 4 Σⱼ (pᵢⱼ − qᵢⱼ) wᵢⱼ (yᵢ − yⱼ) with wᵢⱼ = 1 / (1 + |yᵢ − yⱼ|²) and qᵢⱼ = wᵢⱼ / Σ w. The sum is only known at the end, so
 * attraction and repulsion are added up separately, in one pass over the pairs.
 *
 * @param points points of two or three dimensions
 * @param affinities p, a symmetric matrix `[n, n]`
 * @param exaggeration factor of p
 */
export function tsneGradient(
  points: readonly (readonly number[])[],
  affinities: Float64Array,
  exaggeration: number,
): number[][] {
  const count = points.length;
  // Three columns, the last of which is 0 in a plane: loops over dimensions would take most of the time.
  const columns = () =>
    [0, 1, 2].map(() => new Float64Array(count)) as [Float64Array, Float64Array, Float64Array];
  const [x, y, z] = columns();
  for (const [i, point] of points.entries()) [x[i], y[i], z[i]] = [point[0]!, point[1]!, point[2] ?? 0];
  const attraction = columns();
  const repulsion = columns();
  const [ax, ay, az] = attraction;
  const [rx, ry, rz] = repulsion;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const row = i * count;
    const [xi, yi, zi] = [x[i]!, y[i]!, z[i]!];
    let [axi, ayi, azi, rxi, ryi, rzi] = [0, 0, 0, 0, 0, 0];
    for (let j = i + 1; j < count; j++) {
      const dx = xi - x[j]!;
      const dy = yi - y[j]!;
      const dz = zi - z[j]!;
      const w = 1 / (1 + dx * dx + dy * dy + dz * dz);
      sum += w;
      const pull = affinities[row + j]! * w;
      const push = w * w;
      axi += pull * dx;
      ayi += pull * dy;
      azi += pull * dz;
      rxi += push * dx;
      ryi += push * dy;
      rzi += push * dz;
      ax[j]! -= pull * dx;
      ay[j]! -= pull * dy;
      az[j]! -= pull * dz;
      rx[j]! -= push * dx;
      ry[j]! -= push * dy;
      rz[j]! -= push * dz;
    }
    ax[i]! += axi;
    ay[i]! += ayi;
    az[i]! += azi;
    rx[i]! += rxi;
    ry[i]! += ryi;
    rz[i]! += rzi;
  }
  return points.map((point, i) =>
    // Each pair was visited once, but counts for both of its points.
    point.map((_, d) => 4 * (exaggeration * attraction[d]![i]! - repulsion[d]![i]! / (2 * sum))),
  );
}

export interface TsneOptions extends EmbeddingOptions {
  /** Approximate number of neighbors that count for a point; at most a third of the other points. Default: 30. */
  readonly perplexity?: number;
  /** Number of steps of the descent. Default: 1000. */
  readonly iterations?: number;
}

/** Limit, as time and memory grow with the square of the points: 5,000 take a few minutes and 0.6 GB. */
const MOST_POINTS = 5_000;
/** Most steps: those take hours for a few hundred points. */
const MOST_STEPS = 1_000_000;
/** Exaggeration of affinities in the first steps: clusters form before they push each other away. */
const EXAGGERATION = { steps: 100, factor: 4 };
/** Standard deviation of the initial points. */
const START = 1e-4;

/** Part of the library's state that a gradient needs. */
interface State {
  readonly P: Float64Array;
  readonly iter: number;
}

/**
 * Exact t-SNE (van der Maaten and Hinton, *Visualizing Data using t-SNE*, 2008): neighbors stay neighbors, while distances
 * between far clusters mean little. Affinities and the descent are those of `@keckelt/tsne`.
 *
 * @param values points one after the other, of `dimension` values each
 * @returns points in their order, of `dimensions` values each
 * @throws UsageError when there are too few points for the perplexity, or more than 5,000
 * @throws DataError when a value is not finite: the index of its point is named
 */
export async function tsne(
  values: Float32Array,
  dimension: number,
  options: TsneOptions,
): Promise<Float32Array> {
  const {
    dimensions = 2,
    perplexity = 30,
    iterations = 1000,
    seed,
  } = checkFields('tsne', options, {
    ...embeddingChecks,
    perplexity: optional(numberFrom(1)),
    iterations: optional(whole(1, MOST_STEPS)),
  });
  const rows = rowsOf(values, dimension);
  assertEnough(rows.length, perplexity);
  return embedStepwise(
    't-SNE',
    () => import('@keckelt/tsne'),
    ({ TSNE }) => {
      // The library's own gradient logs the cost of every pair and allocates two square matrices a step: four times as slow.
      class Tsne extends TSNE {
        override costGrad(points: number[][]) {
          const { P, iter } = this as unknown as State;
          const grad = tsneGradient(points, P, iter < EXAGGERATION.steps ? EXAGGERATION.factor : 1);
          return { cost: Number.NaN, grad };
        }
      }
      // The learning rate is that of scikit-learn.
      const descent = new Tsne({ dim: dimensions, perplexity, epsilon: Math.max(50, rows.length / 48) });
      descent.initDataRaw(rows);
      // The library starts from Math.random; these points replace it.
      const stream = randomStream(seed, 'tsne');
      const solution: number[][] = descent.getSolution();
      for (const point of solution) for (let d = 0; d < dimensions; d++) point[d] = stream.normal(0, START);
      return { steps: iterations, step: () => descent.step(), points: () => solution };
    },
    options,
  );
}

function assertEnough(count: number, perplexity: number): void {
  if (!(perplexity >= 1))
    throw new UsageError(`perplexity is ${perplexity}, but must be at least 1`, { option: 'perplexity' });
  if (count - 1 < 3 * perplexity) {
    const most = Math.floor((count - 1) / 3);
    throw new UsageError(`${count} points are too few for t-SNE with a perplexity of ${perplexity}`, {
      hint: `Give at least ${Math.ceil(3 * perplexity) + 1} points${most < 1 ? '' : `, or a perplexity of at most ${most}`}.`,
      option: 'perplexity',
    });
  }
  if (count > MOST_POINTS) {
    throw new UsageError(`${count} points are too many for exact t-SNE`, {
      hint: `Take at most ${MOST_POINTS} of them, or UMAP.`,
    });
  }
}
