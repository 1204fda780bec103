import { describe, expect, it } from 'vitest';
import { createLinearHead } from '../../../src/classify/linearHead.js';
import { codeClassifiers } from '../../../src/evaluate/codes/codeClassifiers.js';
import { enlargeCodes } from '../../../src/evaluate/codes/enlargeCodes.js';
import { codeOf, codeSpace } from '../../augment/fakeExtractor.js';
import { onWasm } from '../../models/tiny.js';

onWasm();
const size = 32;
const space = codeSpace({ latentSize: size });
const labels = ['a', 'b', 'c', 'd'];
const options = { k: 1, knnEngine: 'exact' } as const;

function task(shots: number, path?: 'slerp' | 'mean', spread = 1.6) {
  const support = labels.map((label) => ({
    label,
    codes: Array.from({ length: shots }, (_, i) => codeOf(label, i, size, spread).code),
    variants: [],
  }));
  const learned = enlargeCodes(path === undefined ? { varies: false } : { varies: false, path }, support, {
    ...{ space, perClass: 30, seed: 1 },
  });
  const asked = labels.flatMap((label) =>
    Array.from({ length: 25 }, (_, i) => codeOf(label, 50 + i, size, spread).code),
  );
  const queries = new Float32Array(asked.length * size);
  for (const [i, code] of asked.entries()) queries.set(code, i * size);
  const rows = Array.from(learned.labels, (label, i) => ({
    label,
    code: learned.values.slice(i * size, (i + 1) * size),
  }));
  return { learned, asked, queries, rows };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const most = (values: readonly number[]) => values.indexOf(Math.max(...values));

describe('classifiers of codes', () => {
  it('take the class of the nearest mean direction', async () => {
    const { learned, asked, queries, rows } = task(5);
    const means = labels.map((_, c) => {
      const own = rows.filter(({ label }) => label === c);
      const sum = Array.from({ length: size }, (_, d) =>
        own.reduce((total, { code }) => total + code[d]!, 0),
      );
      return sum.map((value) => value / Math.hypot(...sum));
    });
    const wanted = asked.map((code) => most(means.map((mean) => dot(mean, code))));
    expect([...(await codeClassifiers.prototypes(learned, queries, options))]).toEqual(wanted);
  });

  it('take the nearest mean where codes are on no sphere', async () => {
    const learned = {
      ...{ values: Float32Array.of(0, 1, 10, 12, 4), dimension: 1, labels: Int32Array.of(0, 0, 1, 1, 2) },
      ...({ classes: 3, latentSpace: 'euclidean', embedded: 5 } as const),
    };
    expect([...(await codeClassifiers.prototypes(learned, Float32Array.of(-3, 2, 3, 8), options))]).toEqual([
      0, 0, 2, 1,
    ]);
  });

  it('take the class of the nearest code', async () => {
    const { learned, asked, queries, rows } = task(3, 'slerp');
    const wanted = asked.map((code) => rows[most(rows.map((row) => dot(row.code, code)))]!.label);
    expect([...(await codeClassifiers.knn(learned, queries, options))]).toEqual(wanted);
  });

  it.each([undefined, 'slerp', 'mean'] as const)(
    'take the class of the linear head, along %s',
    async (path) => {
      const { learned, asked, queries, rows } = task(4, path);
      // It learns from up to 20 hallucinated codes of each class.
      const head = createLinearHead();
      head.fit(rows.slice(0, learned.embedded + 20 * labels.length));
      const wanted = head.predictAll(asked).map(({ label }) => label);
      expect([...(await codeClassifiers.head(learned, queries, options))]).toEqual(wanted);
    },
  );
});
