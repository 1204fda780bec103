import { DataError, type ImageSet, type Label, sizeOf } from '../core/index.js';
import type { ImageSource } from './imageSource.js';

/**
 * Several sources as one, their images one after another. A class that two sources name alike is one class.
 *
 * @throws DataError when their images differ in shape
 */
export function joinSources(sources: readonly [ImageSource, ...ImageSource[]]): ImageSource {
  const { shape } = sources[0];
  for (const [i, other] of sources.entries()) {
    if (other.shape.join() === shape.join()) continue;
    throw new DataError(
      `source ${i} has images of ${other.shape.join('×')}, but those of the first are ${shape.join('×')}`,
      { hint: 'Join sources of one size.' },
    );
  }
  const classes: Label[] = [...new Set(sources.flatMap((source) => [...source.classes]))];
  const numbers = new Map(classes.map((label, number) => [label, number]));
  const starts: number[] = [];
  let count = 0;
  for (const { labels } of sources) {
    starts.push(count);
    count += labels.length;
  }
  const labels = new Int32Array(count);
  for (const [s, source] of sources.entries()) {
    for (const [i, label] of source.labels.entries()) {
      labels[starts[s]! + i] = numbers.get(source.classes[label]!)!;
    }
  }
  const images = (indices: ArrayLike<number> = labels.map((_, i) => i)): ImageSet => {
    const size = sizeOf(shape);
    const pixels = new Float32Array(indices.length * size);
    const chosen = Int32Array.from(indices, (index) => labels[index]!);
    for (const [s, source] of sources.entries()) {
      const [start, end] = [starts[s]!, starts[s + 1] ?? count];
      const places = Array.from({ length: indices.length }, (_, i) => i).filter(
        (i) => indices[i]! >= start && indices[i]! < end,
      );
      const own = source.images(places.map((i) => indices[i]! - start)).pixels;
      for (const [row, i] of places.entries())
        pixels.set(own.subarray(row * size, (row + 1) * size), i * size);
    }
    return { pixels, shape, labels: chosen, classes };
  };
  return { shape, labels, classes, images };
}
