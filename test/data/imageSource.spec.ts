import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { byteSource, joinSources } from '../../src/data/imageSource.js';

const source = (first: number, labels: number[], classes: string[]) =>
  byteSource(
    Uint8Array.from({ length: 4 * labels.length }, (_, i) => first + Math.floor(i / 4)),
    [2, 2, 1],
    Int32Array.from(labels),
    classes,
  );

describe('joined sources', () => {
  const joined = joinSources([source(0, [0, 1, 1], ['a', 'b']), source(100, [1, 0], ['c', 'b'])]);

  it('have the images of all, one after another', () => {
    expect(joined.labels).toHaveLength(5);
    const { pixels } = joined.images();
    expect([0, 4, 8, 12, 16].map((i) => Math.round(255 * pixels[i]!))).toEqual([0, 1, 2, 100, 101]);
  });

  it('take a class that two of them name alike for one', () => {
    expect(joined.classes).toEqual(['a', 'b', 'c']);
    expect([...joined.labels]).toEqual([0, 1, 1, 1, 2]);
  });

  it('give chosen images in the order asked for', () => {
    const { pixels, labels } = joined.images([4, 0, 3]);
    expect([0, 4, 8].map((i) => Math.round(255 * pixels[i]!))).toEqual([101, 0, 100]);
    expect([...labels]).toEqual([2, 0, 1]);
  });

  it('must agree in shape', () => {
    const other = byteSource(new Uint8Array(3), [1, 3, 1], Int32Array.of(0), ['a']);
    expect(() => joinSources([joined, other])).toThrow(DataError);
  });
});
