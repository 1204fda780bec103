/** Number of images that a net takes at a time where there may be many. It bounds memory and changes no result. */
export const CHUNK = 500;

/** Parts of a list, in order, of `size` items each but the last. */
export function* chunksOf<T>(items: readonly T[], size: number = CHUNK): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
