import { checkCount, checkShare } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import { randomStream } from '../../core/random.js';
import { type EmbeddingOptions, packed, rowsOf, stepwise } from './embedding.js';

export interface UmapOptions extends EmbeddingOptions {
  /** Neighbours of a point: few show details, many the whole. Default: 15. */
  readonly neighbors?: number;
  /** How close points may be in the embedding, where clusters are about 1 apart. Default: 0.1. */
  readonly minDistance?: number;
}

/**
 * UMAP (McInnes, Healy and Melville, arXiv 1802.03426) by `umap-js`: as t-SNE, but faster for many points, and it keeps more
 * of how clusters lie to each other.
 *
 * @param values points one after the other, of `dimension` values each
 * @returns points in their order, of `dimensions` values each
 * @throws UsageError when there are too few points for the neighbours
 * @throws DataError when a value is not finite: the index of its point is named
 */
export async function umap(
  values: Float32Array,
  dimension: number,
  options: UmapOptions,
): Promise<Float32Array> {
  const { dimensions = 2, neighbors = 15, minDistance = 0.1, seed, signal } = options;
  const rows = rowsOf(values, dimension);
  checkCount('neighbors', neighbors, { least: 2 });
  checkShare('minDistance', minDistance);
  if (rows.length <= neighbors) {
    throw new UsageError(`${rows.length} points are too few for UMAP with ${neighbors} neighbours`, {
      hint: `Give at least ${neighbors + 1} points, or ask for fewer neighbours.`,
    });
  }
  const { UMAP } = await import('umap-js');
  signal?.throwIfAborted();
  const stream = randomStream(seed, 'umap');
  const layout = new UMAP({
    nComponents: dimensions,
    nNeighbors: neighbors,
    minDist: minDistance,
    random: () => stream.uniform(),
  });
  const epochs = layout.initializeFit(rows);
  await stepwise(epochs, () => layout.step(), options);
  return packed(layout.getEmbedding(), 'UMAP');
}
