import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainWorkspace, vectorWorkspace } from '../../src/core/loops/workspace.js';
import { drawUniform, type RandomStream, randomStream, STATE } from '../../src/core/random.js';

const keys = fc.array(fc.oneof(fc.integer(), fc.string()), { minLength: 1, maxLength: 4 });

/** A few numbers of every kind that a stream gives. */
function numbersOf(random: RandomStream): number[] {
  return [
    random.uniform(),
    random.normal(),
    random.integer(1000),
    ...random.permutation(5),
    random.uniform(-3, 3),
  ];
}

/**
 * Pearson's statistic of values in [0, 1) over `cells` equal cells. With uniform values it has mean `cells − 1` and
 * standard deviation √(2·(cells − 1)).
 */
function chiSquare(cellOf: Iterable<number>, cells: number): number {
  const counts = new Array<number>(cells).fill(0);
  let total = 0;
  for (const cell of cellOf) {
    counts[cell]!++;
    total++;
  }
  const expected = total / cells;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Five standard deviations above the mean of `chiSquare` for uniform values. */
const limit = (cells: number) => cells - 1 + 5 * Math.sqrt(2 * (cells - 1));

describe('randomStream', () => {
  it('gives the same numbers for the same keys', () => {
    fc.assert(
      fc.property(keys, (list) => {
        expect(numbersOf(randomStream(...list))).toEqual(numbersOf(randomStream(...list)));
      }),
    );
  });

  it('gives other numbers for other keys, their order and their borders included', () => {
    const lists = [
      [1],
      [2],
      [-1],
      ['1'],
      [1, 2],
      [2, 1],
      [12],
      ['a', 'b'],
      ['b', 'a'],
      ['ab'],
      ['a', '', 'b'],
    ];
    const firsts = lists.map((list) => randomStream(...list).uniform());
    expect(new Set(firsts).size).toBe(lists.length);
  });

  it('is uniform within one stream', () => {
    const random = randomStream(7, 'one');
    const cells = Array.from({ length: 20_000 }, () => Math.floor(random.uniform() * 50));
    expect(chiSquare(cells, 50)).toBeLessThan(limit(50));
  });

  it('is uniform over the first numbers of many streams, each pair of positions taken together', () => {
    const rows = Array.from({ length: 8192 }, (_, i) => {
      const random = randomStream(7, 'many', i);
      return [random.uniform(), random.uniform(), random.uniform()] as const;
    });
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const cells = rows.map((row) => Math.floor(row[a]! * 16) * 16 + Math.floor(row[b]! * 16));
      expect(chiSquare(cells, 256), `positions ${a} and ${b}`).toBeLessThan(limit(256));
    }
  });

  it('stays within the limits asked for', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, below) => {
        const random = randomStream(seed);
        for (let i = 0; i < 20; i++) {
          const integer = random.integer(below);
          expect(Number.isInteger(integer) && integer >= 0 && integer < below, `${integer}`).toBe(true);
          const value = random.uniform(-2, below);
          expect(value >= -2 && value < below, `${value}`).toBe(true);
        }
      }),
    );
  });

  it('reaches every integer about as often', () => {
    const random = randomStream(3, 'integers');
    expect(
      chiSquare(
        Array.from({ length: 7000 }, () => random.integer(7)),
        7,
      ),
    ).toBeLessThan(limit(7));
  });

  it('draws normal values with the mean and the deviation asked for', () => {
    const random = randomStream(5, 'normal');
    const n = 20_000;
    const values = Array.from({ length: n }, () => random.normal(3, 2));
    const mean = values.reduce((sum, value) => sum + value) / n;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
    const within = values.filter((value) => Math.abs(value - 3) < 2).length / n;
    expect(within).toBeCloseTo(0.6827, 1.5);
  });

  it('makes permutations: every number once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(60), (seed, n) => {
        const numbers = randomStream(seed).permutation(n);
        expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('makes each permutation about as often', () => {
    const names = ['0,1,2', '0,2,1', '1,0,2', '1,2,0', '2,0,1', '2,1,0'];
    const seen = Array.from({ length: 6000 }, (_, i) => names.indexOf(randomStream(i).permutation(3).join()));
    expect(chiSquare(seen, 6)).toBeLessThan(limit(6));
  });

  it('samples different numbers, each about as often', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), fc.nat(30), (seed, n, wanted) => {
        const count = Math.min(n, wanted);
        const numbers = [...randomStream(seed).sample(n, count)];
        expect(new Set(numbers).size).toBe(count);
        expect(numbers.every((number) => number >= 0 && number < n)).toBe(true);
      }),
    );
    const pairs = Array.from({ length: 6000 }, (_, i) => {
      const [first, second] = randomStream('pairs', i).sample(6, 2) as unknown as [number, number];
      return first * 5 + second - (second > first ? 1 : 0);
    });
    expect(chiSquare(pairs, 30)).toBeLessThan(limit(30));
  });
});

describe('drawUniform', () => {
  const workspaces = [vectorWorkspace(), plainWorkspace()];
  const drawn = (random: RandomStream, count: number, workspace: (typeof workspaces)[number]) => {
    const { buffer } = workspace.floats(STATE / 4 + 2 * count);
    drawUniform(random, count, STATE, workspace);
    return [...new Float64Array(buffer, STATE, count)];
  };

  it('gives what uniform gives in turn, with and without vectors, and goes on from there', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 300 }), fc.nat(3), (names, count, before) => {
        const one = randomStream(...names);
        const skip = (random: RandomStream) => Array.from({ length: before }, () => random.uniform());
        skip(one);
        const expected = [Array.from({ length: count }, () => one.uniform()), numbersOf(one)];
        for (const workspace of workspaces) {
          const other = randomStream(...names);
          skip(other);
          expect([drawn(other, count, workspace), numbersOf(other)]).toEqual(expected);
        }
      }),
    );
  });

  it('asks a stream that has a uniform of its own', () => {
    for (const workspace of workspaces) {
      let next = 0;
      const random = { ...randomStream(1), uniform: () => next++ };
      expect(drawn(random, 3, workspace)).toEqual([0, 1, 2]);
    }
  });
});
