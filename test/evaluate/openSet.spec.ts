import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { countOf, type ImageSet } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { setSource } from '../../src/data/imageSource.js';
import { judgeOpenSet, unknownQueries, waysBesideUnknown } from '../../src/evaluate/openSet.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

const classes = ['a', 'b', 'c', 3, 'none'] as const;
/** Six images of each class but the last, which has none; a pixel says which image it is. */
const set: ImageSet = {
  pixels: Float32Array.from({ length: 24 }, (_, i) => i / 24),
  shape: [1, 1, 1],
  labels: Int32Array.from({ length: 24 }, (_, i) => i % 4),
  classes: [...classes],
};
const sources = { support: setSource(set), query: setSource(set) };
const namesOf = ({ labels, classes: all }: ImageSet) => Array.from(labels, (label) => all[label]!);

describe('unknown queries', () => {
  it('are of the classes that an episode leaves out and that have images, as many as it has', () => {
    fc.assert(
      fc.property(
        fc.subarray(['a', 'b', 'c', 3] as const, { minLength: 1, maxLength: 3 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 9 }),
        (known, episode, queries) => {
          const drawn = unknownQueries(sources, { queries, seed: 1 }, episode, known);
          expect(drawn.classes).toHaveLength(Math.min(known.length, 4 - known.length));
          for (const label of drawn.classes) expect([...known, 'none']).not.toContain(label);
          const names = namesOf(drawn.images);
          for (const label of drawn.classes) {
            expect(names.filter((name) => name === label)).toHaveLength(Math.min(queries, 6));
          }
          expect(new Set(drawn.images.pixels).size).toBe(countOf(drawn.images));
          expect(unknownQueries(sources, { queries, seed: 1 }, episode, known)).toEqual(drawn);
        },
      ),
    );
  });

  it('are all images of their classes, and others in each episode', () => {
    expect(countOf(unknownQueries(sources, { queries: 'all', seed: 1 }, 0, ['a', 'b']).images)).toBe(12);
    const drawn = Array.from({ length: 8 }, (_, episode) =>
      unknownQueries(sources, { queries: 2, seed: 1 }, episode, ['a']).classes.join(),
    );
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });

  it('are of the classes that the protocol allows', () => {
    const among = ['a', 'b', 3];
    expect(unknownQueries({ ...sources, among }, { queries: 1, seed: 1 }, 0, ['a', 'b']).classes).toEqual([
      3,
    ]);
  });

  it('are refused where an episode leaves none out, with the ways that would', () => {
    expect(() => unknownQueries(sources, { queries: 1, seed: 1 }, 0, ['a', 'b', 'c', 3])).toThrow(
      expect.objectContaining({
        constructor: UsageError,
        hint: expect.stringContaining(' 3 ways'),
        options: ['unknown', 'ways'],
      }),
    );
  });

  it('keep a fifth of the classes, at least one', () => {
    expect([2, 3, 5, 10, 47].map(waysBesideUnknown)).toEqual([1, 2, 4, 8, 38]);
  });
});

describe('the verdict on a KNN', () => {
  const around = (center: number, count: number, key: string) => {
    const random = randomStream('open set', key);
    return Float32Array.from({ length: 2 * count }, () => center + random.normal());
  };
  const references = { values: around(0, 40, 'references'), dimension: 2, labels: new Int32Array(40) };
  const right = Array.from({ length: 200 }, (_, i) => i % 4 > 0);
  const judged = (center: number, isMade = (_: number) => false) =>
    expectNoLeak(() =>
      judgeOpenSet(references, isMade, {
        known: around(0, 200, 'known'),
        unknown: around(center, 100, 'unknown'),
        right,
      }),
    );

  it('finds what is far, keeps the promise, and counts the known that get their class', async () => {
    const far = await judged(50);
    expect(far).toMatchObject({ auroc: 1, found: 1, promised: 0.05 });
    expect(far.falseAlarms).toBeGreaterThan(0);
    expect(far.falseAlarms).toBeLessThan(0.12);
    expect(far.accuracy).toBeLessThanOrEqual(0.75);
    expect(far.accuracy).toBeGreaterThan(0.6);
  });

  it('tells nothing where unknown and known are alike', async () => {
    const { auroc, found, falseAlarms } = await judged(0);
    expect(Math.abs(auroc - 0.5)).toBeLessThan(0.1);
    expect(Math.abs(found - falseAlarms)).toBeLessThan(0.1);
  });

  it('promises nothing without photos, and less with few', async () => {
    expect(await judged(50, () => true)).toMatchObject({ auroc: 1, promised: 0, falseAlarms: 0, found: 0 });
    expect((await judged(50, (i) => i >= 9)).promised).toBe(0.1);
  });
});
