import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { composed, type RunKernel, wasmKernel } from '../kernel.js';
import { searchNearest } from '../nearestSearch.js';

/** Attributes of {@link nearestRows}. */
export interface NearestRowsAttrs {
  /** Number of rows to find for each query, from 1 to that of the references. */
  readonly k: number;
}

/**
 * The k references that are nearest to each query by Euclidean distance, near to far; of two at the same distance the first:
 * indices `[queries, k]`, as in double precision.
 */
export const nearestRows = wasmKernel<'references' | 'queries', NearestRowsAttrs>(
  'NearestRows',
  ({ inputs, attrs: { k }, backend }) =>
    composed(backend, (run, own) => {
      const references = padded(run, inputs.references);
      const queries = padded(run, inputs.queries);
      const out = backend.makeOutput([queries.shape[0]!, k], 'int32');
      const dimension = inputs.references.shape[1]!;
      if (out.shape[0]! > 0) searchNearest(backend, own, { references, queries, out }, dimension);
      return out;
    }),
);

/** The rows with zeros at their ends, so that loops can take 16 values at a time. */
function padded(run: RunKernel, x: TensorInfo): TensorInfo {
  const missing = -x.shape[1]! & 15;
  if (missing === 0) return x;
  const paddings = [
    [0, 0],
    [0, missing],
  ];
  return run(tf.PadV2, { x }, { paddings, constantValue: 0 });
}
