/**
 * Number of images that a net takes at a time. It bounds the memory of feature maps to some tens of megabytes. On wasm and
 * cpu, codes, decoded images and outputs of classifiers are the same bits for every size.
 */
export const CHUNK = 250;

/** Yields parts of a list, in order, of `size` items each but the last. */
export function* chunksOf<T>(items: readonly T[], size: number = CHUNK): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Yields ranges of at most `size` indices that together are 0 … total − 1. */
export function* chunkRanges(
  total: number,
  size: number = CHUNK,
): Generator<{ readonly start: number; readonly count: number }> {
  for (let start = 0; start < total; start += size) yield { start, count: Math.min(size, total - start) };
}
