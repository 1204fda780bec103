import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { countOf, type ImageSet, type Label, sizeOf } from '../../src/core/image.js';
import { drawEpisode, type EpisodeOptions, sampleEpisode, wholeEpisode } from '../../src/data/episodes.js';
import { byteSource, type ImageSource, setSource } from '../../src/data/imageSource.js';

const classes: readonly Label[] = ['ant', 7, 'cat', 'dog', 3];

/** `perClass[c]` images of class c, classes interleaved; the bytes of an image spell its index and its class. */
function labeledSource(perClass: readonly number[], of = classes): ImageSource {
  const labels: number[] = [];
  for (let round = 0; labels.length < perClass.reduce((a, b) => a + b); round++) {
    for (const [label, count] of perClass.entries()) if (round < count) labels.push(label);
  }
  const bytes = Uint8Array.from(labels.flatMap((label, index) => [index & 255, index >> 8, label]));
  return byteSource(bytes, [1, 3, 1], Int32Array.from(labels), of);
}

const source = labeledSource([20, 30, 25, 22, 40]);
const other = labeledSource([10, 12, 11, 14, 13]);
const within = { support: source, query: source };
const across = { support: source, query: other };

const options = fc.record({
  ways: fc.integer({ min: 2, max: 5 }),
  shots: fc.integer({ min: 1, max: 10 }),
  queries: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant('all' as const)),
  seed: fc.nat(),
  episode: fc.nat(100),
});

/** The index and class that the pixels of each image spell. */
function spelled(set: ImageSet): { index: number; label: Label }[] {
  return Array.from({ length: countOf(set) }, (_, i) => {
    const [low, high, label] = set.pixels.subarray(i * sizeOf(set.shape)).subarray(0, 3);
    return { index: Math.round(low! * 255 + high! * 255 * 256), label: classes[Math.round(label! * 255)]! };
  });
}

const counts = (set: ImageSet, of: readonly Label[]) =>
  of.map((_, label) => set.labels.filter((own) => own === label).length);

describe('an episode', () => {
  test('is the same again, and another for another seed or number', () => {
    fc.assert(
      fc.property(options, (asked) => {
        expect(sampleEpisode(within, asked)).toEqual(sampleEpisode(within, asked));
      }),
    );
    const draw = (seed: number, episode: number) =>
      String(sampleEpisode(within, { shots: 5, seed, episode }).supportIndices);
    expect(new Set([draw(1, 0), draw(1, 1), draw(2, 0), draw(2, 1)]).size).toBe(4);
  });

  test('holds exactly `shots` different images of each of `ways` classes, under their own labels', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const { support, query, classes: drawn, supportIndices, queryIndices } = sampleEpisode(across, asked);
        expect(drawn).toEqual(classes.filter((label) => drawn.includes(label)));
        expect(drawn).toHaveLength(asked.ways);
        expect(counts(support, drawn)).toEqual(drawn.map(() => asked.shots));
        expect(new Set(supportIndices).size).toBe(supportIndices.length);
        expect(new Set(queryIndices).size).toBe(queryIndices.length);
        for (const [set, indices] of [
          [support, supportIndices],
          [query, queryIndices],
        ] as const) {
          expect(set.classes).toEqual(drawn);
          expect(spelled(set)).toEqual(
            Array.from(indices, (index, i) => ({ index, label: drawn[set.labels[i]!] })),
          );
        }
      }),
    );
  });

  test('of fewer shots is a prefix of the one with more, with the same queries', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 5 }), (asked, more) => {
        const shots = Math.min(10, asked.shots + more);
        const few = sampleEpisode(across, asked);
        const many = sampleEpisode(across, { ...asked, shots });
        expect(many.classes).toEqual(few.classes);
        expect(many.support.pixels.subarray(0, few.support.pixels.length)).toEqual(few.support.pixels);
        expect(many.support.labels.subarray(0, few.support.labels.length)).toEqual(few.support.labels);
        expect(many.query).toEqual(few.query);
        if (asked.queries === 'all') return;
        expect(sampleEpisode(within, { ...asked, shots }).query).toEqual(sampleEpisode(within, asked).query);
      }),
    );
  });

  test('never has an image in both sets when both come from one source', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const { supportIndices, queryIndices } = sampleEpisode(within, asked);
        const supports = new Set(supportIndices);
        expect(queryIndices.some((index) => supports.has(index))).toBe(false);
      }),
    );
  });

  test('has the requested number of queries per class, or all of the chosen classes', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const own = sampleEpisode(within, asked);
        const foreign = sampleEpisode(across, asked);
        const held = (from: ImageSource) =>
          own.classes.map((label) => from.labels.filter((i) => from.classes[i] === label).length);
        expect(counts(foreign.query, own.classes)).toEqual(
          asked.queries === 'all' ? held(other) : held(other).map(() => asked.queries),
        );
        expect(counts(own.query, own.classes)).toEqual(
          asked.queries === 'all'
            ? held(source).map((n) => n - asked.shots)
            : held(source).map(() => asked.queries),
        );
      }),
    );
  });

  test('draws every class and every image sooner or later', () => {
    const drawn = new Set<Label>();
    const images = new Set<number>();
    for (let episode = 0; episode < 200; episode++) {
      const found = sampleEpisode(within, { ways: 2, shots: 3, queries: 1, seed: 3, episode });
      for (const label of found.classes) drawn.add(label);
      for (const index of found.supportIndices) images.add(index);
    }
    expect(drawn.size).toBe(classes.length);
    expect(images.size).toBe(source.labels.length);
  });

  test('draws only among the classes named', () => {
    for (let episode = 0; episode < 20; episode++) {
      const { classes: drawn } = sampleEpisode(across, {
        ways: 2,
        among: [3, 'ant', 7],
        shots: 1,
        seed: 0,
        episode,
      });
      expect(drawn.every((label) => ['ant', 7, 3].includes(label))).toBe(true);
    }
    expect(sampleEpisode(across, { among: [3, 'ant'], shots: 1, seed: 0, episode: 0 }).classes).toEqual([
      'ant',
      3,
    ]);
  });

  test('finds the queries of a class whatever the order of classes in their source', () => {
    const reversed = labeledSource([4, 5, 6, 7, 8], [...classes].reverse());
    const { query } = sampleEpisode({ support: source, query: reversed }, { shots: 1, seed: 0, episode: 0 });
    expect(counts(query, classes)).toEqual([8, 7, 6, 5, 4]);
  });

  test('comes from floats as from bytes', () => {
    const asked = { shots: 4, seed: 5, episode: 6 };
    const floats = setSource(source.images());
    expect(sampleEpisode({ support: floats, query: floats }, asked)).toEqual(sampleEpisode(within, asked));
  });
});

describe('an impossible episode', () => {
  const sources = across;
  test.each<[string, Partial<EpisodeOptions>, string]>([
    ['no shots', { shots: 0 }, 'shots is 0, but must be a whole number of at least 1'],
    ['half a shot', { shots: 1.5 }, 'shots is 1.5'],
    [
      'too many shots',
      { shots: 21 },
      '21 shots are asked for, but class ant has 20 images for the support set',
    ],
    ['one way', { ways: 1 }, 'ways is 1, but must be a whole number of at least 2'],
    ['too many ways', { ways: 6 }, '6 ways are asked for, but there are 5 classes'],
    [
      'too many ways of those named',
      { ways: 3, among: [7, 3] },
      '3 ways are asked for, but there are 2 classes',
    ],
    ['no queries', { queries: 0 }, 'queries is 0'],
    [
      'too many queries',
      { queries: 11 },
      '11 queries are asked for, but class ant has 10 images for the query set',
    ],
    ['an unknown class', { among: ['ant', 'bee'] }, "there is no class 'bee'"],
  ])('%s', (_, asked, message) => {
    const draw = () => sampleEpisode(sources, { shots: 1, seed: 0, episode: 0, ...asked });
    expect(draw).toThrow(UsageError);
    expect(draw).toThrow(message);
  });

  test('queries that the supports have used up', () => {
    const draw = () => sampleEpisode(within, { shots: 15, queries: 6, seed: 0, episode: 0 });
    expect(draw).toThrow('6 queries are asked for, but class ant has 5 images for the query set');
    expect(() => sampleEpisode(within, { shots: 20, seed: 0, episode: 0 })).toThrow(UsageError);
  });
});

describe('an episode of images in groups', () => {
  /** Up to 12 groups, each of one class or of all, such that each class has images in three or more. */
  const grouped = fc
    .record({ groups: fc.integer({ min: 4, max: 12 }), mixed: fc.boolean(), seed: fc.nat() })
    .map(({ groups, mixed, seed }) => {
      const { labels } = source;
      const of = Array.from(
        labels,
        (label, i) =>
          ((Math.imul(i + (seed % 1000), 2654435761) >>> 12) % groups) + (mixed ? 0 : groups * label),
      );
      return { ...within, groups: of };
    })
    .filter(({ groups }) =>
      classes.every((_, own) => new Set(groups.filter((_, i) => source.labels[i] === own)).size >= 3),
    );

  test('has no group in both sets, and enough of every class in each', () => {
    fc.assert(
      fc.property(grouped, options, (sources, { seed, episode, ways, queries }) => {
        const asked = { shots: 3, seed, episode, ways, queries, fewerQueries: true };
        const { classes: drawn, supportIndices, queryIndices, spareIndices } = drawEpisode(sources, asked);
        const groupsOf = (indices: Iterable<number>) =>
          new Set(Array.from(indices, (index) => sources.groups[index]!));
        const tested = groupsOf(queryIndices);
        for (const group of groupsOf([...supportIndices, ...spareIndices.flatMap((own) => [...own])]))
          expect(tested.has(group)).toBe(false);
        const labelOf = (index: number) => classes[source.labels[index]!]!;
        for (const label of drawn) {
          expect([...supportIndices].filter((i) => labelOf(i) === label)).toHaveLength(3);
          const own = [...queryIndices].filter((i) => labelOf(i) === label).length;
          expect(own).toBeGreaterThanOrEqual(1);
          if (queries !== 'all') expect(own).toBeLessThanOrEqual(queries);
        }
        expect(new Set([...supportIndices, ...queryIndices]).size).toBe(
          supportIndices.length + queryIndices.length,
        );
      }),
    );
  });

  test('takes supports from the largest groups where no others are enough', () => {
    const two = labeledSource([7, 7], ['ant', 'bee']);
    // Of each class, two images are one group and five another.
    const groups = Array.from(two.labels, (label, i) => (i < 4 ? 0 : 2) + label);
    const sources = { support: two, query: two, groups };
    for (let episode = 0; episode < 20; episode++) {
      const { supportIndices, queryIndices } = drawEpisode(sources, { shots: 5, seed: 1, episode });
      expect([...supportIndices].every((index) => groups[index]! >= 2)).toBe(true);
      expect([...queryIndices].sort()).toEqual([0, 1, 2, 3]);
    }
    expect(() => drawEpisode(sources, { shots: 6, seed: 1, episode: 0 })).toThrow(/ant has 5 images/);
  });

  test('is the same as without groups where each image is one', () => {
    const groups = Array.from(source.labels, (_, i) => i);
    fc.assert(
      fc.property(options, (asked) => {
        expect(drawEpisode({ ...within, groups }, asked)).toEqual(drawEpisode(within, asked));
      }),
    );
  });

  test('refuses groups of other images', () => {
    const asked = { shots: 1, seed: 1, episode: 0 };
    expect(() => drawEpisode({ ...within, groups: [1, 2] }, asked)).toThrow(UsageError);
    expect(() => drawEpisode({ ...across, groups: Array(140).fill(0) }, asked)).toThrow(UsageError);
  });
});

test('an episode takes the queries that a class has where fewer will do', () => {
  const asked = { shots: 18, queries: 15, seed: 1, episode: 0 };
  expect(() => sampleEpisode(within, asked)).toThrow(/15 queries/);
  const { queryIndices } = drawEpisode(within, { ...asked, fewerQueries: true });
  const own = classes.map((_, c) => [...queryIndices].filter((index) => source.labels[index] === c).length);
  expect(own).toEqual([2, 12, 7, 4, 15]);
});

describe('a whole episode', () => {
  const [learned, asked] = [labeledSource([2, 2, 2, 2, 2]), labeledSource([3, 1, 0, 2, 1])];

  test('has all images of its classes in both sources, one of each class after another to learn from', () => {
    const among: readonly Label[] = [3, 'cat', 'ant'];
    const {
      support,
      query,
      classes: own,
      ...indices
    } = wholeEpisode({ support: learned, query: asked }, among);
    expect(own).toEqual(['ant', 'cat', 3]);
    expect(spelled(support)).toEqual([
      ...[
        { index: 0, label: 'ant' },
        { index: 2, label: 'cat' },
        { index: 4, label: 3 },
      ],
      ...[
        { index: 5, label: 'ant' },
        { index: 7, label: 'cat' },
        { index: 9, label: 3 },
      ],
    ]);
    expect([...support.labels]).toEqual([0, 1, 2, 0, 1, 2]);
    expect(spelled(query).map(({ label }) => label)).toEqual(['ant', 'ant', 'ant', 3]);
    expect([...query.labels]).toEqual([0, 0, 0, 2]);
    expect([...indices.supportIndices]).toEqual([0, 2, 4, 5, 7, 9]);
    expect([...indices.queryIndices]).toEqual(spelled(query).map(({ index }) => index));
  });

  test('is refused where a class has fewer images to learn from', () => {
    const uneven = labeledSource([2, 1, 2, 2, 2]);
    expect(() => wholeEpisode({ support: uneven, query: asked }, ['ant', 7])).toThrow(
      /2 shots.*class 7 has 1/,
    );
  });
});
