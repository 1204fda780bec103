import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { countOf, type ImageSet, type Label, sizeOf } from '../../src/core/image.js';
import { type EpisodeOptions, sampleEpisode } from '../../src/data/episodes.js';
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
