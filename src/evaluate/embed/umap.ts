import { checkCount, checkShare } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import { checkFields } from '../../core/kindChecks.js';
import { randomStream } from '../../core/random.js';
import { type EmbeddingOptions, embeddingChecks, embedStepwise, rowsOf } from './embedding.js';

export interface UmapOptions extends EmbeddingOptions {
  /** Number of neighbors of a point: few show details, many the whole. Default: 15. */
  readonly neighbors?: number;
  /** Least distance of points in the embedding, where clusters are about 1 apart. Default: 0.1. */
  readonly minDistance?: number;
}

/**
 * UMAP (McInnes, Healy and Melville, arXiv 1802.03426) by `umap-js`: faster than t-SNE for many points, and it keeps more of
 * the arrangement of clusters.
 *
 * @param values points one after the other, of `dimension` values each
 * @returns points in their order, of `dimensions` values each
 * @throws UsageError when there are too few points for the neighbors
 * @throws DataError when a value is not finite: the index of its point is named
 */
export async function umap(
  values: Float32Array,
  dimension: number,
  options: UmapOptions,
): Promise<Float32Array> {
  const {
    dimensions = 2,
    neighbors = 15,
    minDistance = 0.1,
    seed,
  } = checkFields('umap', options, embeddingChecks);
  const rows = rowsOf(values, dimension);
  checkCount('neighbors', neighbors, { least: 2 });
  checkShare('minDistance', minDistance);
  if (rows.length <= neighbors) {
    throw new UsageError(`${rows.length} points are too few for UMAP with ${neighbors} neighbors`, {
      hint: `Give at least ${neighbors + 1} points, or ask for fewer neighbors.`,
      option: 'neighbors',
    });
  }
  return embedStepwise(
    'UMAP',
    () => import('umap-js'),
    ({ UMAP }) => {
      const stream = randomStream(seed, 'umap');
      const layout = new UMAP({
        nComponents: dimensions,
        nNeighbors: neighbors,
        minDist: minDistance,
        random: () => stream.uniform(),
      });
      return {
        steps: layout.initializeFit(rows),
        step: () => layout.step(),
        points: () => layout.getEmbedding(),
      };
    },
    options,
  );
}
