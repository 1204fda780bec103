import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hallucinations } from '../../../src/augment/hallucinate.js';
import { enlargeCodes } from '../../../src/evaluate/codes/enlargeCodes.js';
import { codeOf, codeSpace } from '../../augment/fakeExtractor.js';

const space = codeSpace({ latentSize: 40 });
const labels = ['a', 'b', 'c'];

/** Supports of so many shots, each with so many variants. */
const supportOf = (shots: number, variants: number) =>
  labels.map((label) => ({
    label,
    codes: Array.from({ length: shots }, (_, i) => codeOf(label, i, 40).code),
    variants: Array.from({ length: shots }, (_, i) =>
      Array.from({ length: variants }, (_, j) => codeOf(label, 100 + 10 * i + j, 40).code),
    ),
  }));

const rowsOf = ({ values, dimension }: ReturnType<typeof enlargeCodes>) =>
  Array.from({ length: values.length / dimension }, (_, i) =>
    values.slice(i * dimension, (i + 1) * dimension),
  );

describe('codes that classifiers learn from', () => {
  it.each(['slerp', 'mean', 'transport', 'tangent'] as const)(
    'are those that hallucinations along %s gives',
    (path) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 3, max: 7 }),
          fc.integer({ min: 0, max: 4 }),
          fc.nat(),
          (shots, variants, seed) => {
            const support = supportOf(shots, variants);
            const learned = enlargeCodes({ varies: true, path }, support, { space, perClass: 5, seed });
            const given = support.flatMap(({ label, codes, variants: own }) =>
              [...codes, ...own.flat()].map((code) => ({ code, label })),
            );
            const wanted = [...hallucinations(space, given, { path, perClass: 5, seed })];
            expect(learned.embedded).toBe(given.length);
            const made = rowsOf(learned).slice(learned.embedded);
            expect(made).toHaveLength(15);
            for (const [i, code] of made.entries()) {
              const [label, number] = [labels[i % 3]!, Math.floor(i / 3)];
              expect(labels[learned.labels[learned.embedded + i]!]).toBe(label);
              const same = wanted.filter((other) => other.label === label)[number]!.code;
              for (let j = 0; j < 40; j++) expect(code[j]).toBeCloseTo(same[j]!, 5);
            }
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  it('begin with the real ones, shot by shot, then have the variants', () => {
    const support = supportOf(2, 2);
    const {
      labels: own,
      embedded,
      ...rest
    } = enlargeCodes({ varies: true }, support, { space, perClass: 5, seed: 1 });
    expect([...own]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(embedded).toBe(18);
    const rows = rowsOf({ labels: own, embedded, ...rest });
    expect(rows.slice(0, 6)).toEqual([0, 1].flatMap((shot) => support.map(({ codes }) => codes[shot])));
    expect(rows[6]).toEqual(support[0]!.variants[0]![0]);
  });

  it('are the real ones alone where a path needs more of them', () => {
    const learned = enlargeCodes({ varies: false, path: 'mean' }, supportOf(2, 0), {
      space,
      perClass: 5,
      seed: 1,
    });
    expect(learned.labels).toHaveLength(6);
  });
});
