import { describe, expect, it } from 'vitest';
import { DataError, type FewshotError, UsageError } from '../../../src/core/errors.js';
import type { EmbeddingOptions } from '../../../src/evaluate/embed/embedding.js';
import { tsne } from '../../../src/evaluate/embed/tsne.js';
import { umap } from '../../../src/evaluate/embed/umap.js';
import { trustworthiness } from '../../../src/evaluate/metrics/trustworthiness.js';
import { clusters, purity } from './points.js';

const { values, dimension, labels } = clusters(120, 4);
const methods = {
  tsne: (points: Float32Array, options: EmbeddingOptions) =>
    tsne(points, dimension, { perplexity: 10, iterations: 300, ...options }),
  umap: (points: Float32Array, options: EmbeddingOptions) => umap(points, dimension, options),
};

describe.each(Object.entries(methods))('%s', (_, embed) => {
  it.each([2, 3] as const)('keeps clusters apart in %d dimensions', async (dimensions) => {
    const points = await embed(values, { dimensions, seed: 1 });
    expect(points).toBeInstanceOf(Float32Array);
    expect(points).toHaveLength(120 * dimensions);
    expect(purity(points, dimensions, labels)).toBe(1);
    expect(trustworthiness(values, dimension, points, dimensions)).toBeGreaterThan(0.95);
    // Every dimension is used.
    for (let d = 0; d < dimensions; d++) {
      const column = points.filter((_, at) => at % dimensions === d);
      expect(Math.max(...column) - Math.min(...column)).toBeGreaterThan(1);
    }
  });

  it('gives the same points for the same seed alone, however often it gives way', async () => {
    const slow = () => {
      for (const until = performance.now() + 1; performance.now() < until; );
    };
    const [first, again, other] = await Promise.all([
      embed(values, { seed: 7 }),
      embed(values, { seed: 7, onProgress: slow }),
      embed(values, { seed: 8 }),
    ]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('tells its progress, and lets timers have their turn', async () => {
    const seen: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    let steps = 0;
    const onProgress = (done: number, total: number) => {
      seen.push(done);
      steps = total;
      for (const until = performance.now() + 1; performance.now() < until; );
    };
    await embed(values, { seed: 1, onProgress });
    clearInterval(timer);
    expect(seen).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
    expect(turns).toBeGreaterThan(2);
  });

  it('ends when its signal is aborted, with the reason', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number) => {
      seen.push(done);
      if (done === 5) controller.abort(new Error('enough'));
    };
    await expect(embed(values, { seed: 1, onProgress, signal: controller.signal })).rejects.toThrow('enough');
    expect(seen).toHaveLength(5);
    const aborted = AbortSignal.abort(new Error('before it began'));
    await expect(embed(values, { seed: 1, signal: aborted })).rejects.toThrow('before it began');
  });

  it('takes points that are all the same', async () => {
    const points = await embed(new Float32Array(50 * dimension).fill(0.5), { seed: 1 });
    expect(points.every(Number.isFinite)).toBe(true);
  });

  it('names a point that is not finite', async () => {
    const bad = Float32Array.from(values);
    bad[17 * dimension + 2] = Number.NaN;
    const error = await embed(bad, { seed: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toBe('point 17 holds a value that is not finite');
    await expect(embed(values.subarray(1), { seed: 1 })).rejects.toThrow(
      '479 values are no points of 4 dimensions',
    );
  });
});

describe('a wrong request', () => {
  it.each([
    [
      'too few points for the perplexity',
      () => tsne(values, dimension, { seed: 1, perplexity: 40 }),
      '121 points, or a perplexity of at most 39',
    ],
    ['no points', () => tsne(new Float32Array(), 4, { seed: 1 }), 'Give at least 91 points.'],
    ['a perplexity below 1', () => tsne(values, dimension, { seed: 1, perplexity: 0.5 }), 'perplexity is'],
    ['too many points', () => tsne(new Float32Array(5001), 1, { seed: 1 }), '5001 points are too many'],
    [
      'too few points for the neighbors',
      () => umap(values.subarray(0, 60), 4, { seed: 1 }),
      'at least 16 points',
    ],
    ['a neighbor alone', () => umap(values, dimension, { seed: 1, neighbors: 1 }), 'of at least 2'],
    ['a distance above 1', () => umap(values, dimension, { seed: 1, minDistance: 2 }), 'in [0, 1]'],
  ])('is refused: %s', async (_, embed, says) => {
    const error = await embed().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    const { message, hint = '' } = error as FewshotError;
    expect(`${message}. ${hint}`).toContain(says);
  });
});
