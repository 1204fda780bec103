import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnnClassifier } from '../../src/classify/knnClassifier.js';
import { type KnnEngineName, knnEngineNames } from '../../src/classify/knnEngine.js';
import { calibrated, LeaveOneOut } from '../../src/classify/unknown.js';
import { UsageError } from '../../src/core/errors.js';
import type { LabeledImage, Provenance } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { noise, onWasm } from '../models/tiny.js';
import reference from '../reference/knn.json' with { type: 'json' };
import { type Problem, problems, squaredDistances } from './data.js';

onWasm();

const rowsOf = (values: ArrayLike<number>, dimension: number) =>
  Array.from({ length: values.length / dimension }, (_, i) =>
    Float32Array.from(Array.prototype.slice.call(values, i * dimension, (i + 1) * dimension)),
  );

/** Draws from three classes that lie apart. */
function draws(count: number, dimension: number, ...keys: (number | string)[]) {
  const random = randomStream('draws', ...keys);
  return Array.from({ length: count }, () => {
    const label = random.integer(3);
    return { row: Float32Array.from({ length: dimension }, () => 4 * label + random.normal()), label };
  });
}

function learned(examples: ReturnType<typeof draws>, falseAlarms: number): KnnClassifier {
  const knn = new KnnClassifier({ unknown: { falseAlarms } });
  for (const { row, label } of examples) knn.add(row, label);
  return knn;
}

describe('the limit', () => {
  it('is the quantile of conformal prediction, or the largest distance where examples are too few', () => {
    const shuffled = [3, 9, 1, 7, 5, 2, 8, 4, 6];
    expect(calibrated(shuffled, 0.2)).toEqual({ threshold: 8, falseAlarms: 0.2, examples: 9 });
    expect(calibrated(shuffled, 0.1)).toEqual({ threshold: 9, falseAlarms: 0.1, examples: 9 });
    expect(calibrated(shuffled, 0.05)).toEqual({ threshold: 9, falseAlarms: 0.1, examples: 9 });
    expect(calibrated(shuffled, 1).threshold).toBe(1);
  });

  it('lets everything be known with fewer than two examples', () => {
    for (const distances of [[], [Number.POSITIVE_INFINITY]]) {
      expect(calibrated(distances, 0.05)).toMatchObject({
        threshold: Number.POSITIVE_INFINITY,
        falseAlarms: 0,
      });
    }
  });

  it.each(reference.unknown.map((stored, index) => [index, stored] as const))(
    'and the distances are those of scikit-learn, case %i',
    async (_, { dimension, examples, queries, distances, limits }) => {
      const knn = new KnnClassifier();
      for (const row of rowsOf(examples, dimension)) knn.add(row, 'a');
      for (const [share, limit] of Object.entries(limits)) {
        expect(knn.calibrate({ falseAlarms: Number(share) }).threshold).toBeCloseTo(limit, 5);
        const found = await knn.predictAll(rowsOf(queries, dimension));
        for (const [i, { distance, unknown }] of found.entries()) {
          expect(distance).toBeCloseTo(distances[i]!, 5);
          expect(unknown).toBe(distances[i]! > limit + 1e-6);
        }
      }
    },
  );
});

it('leaves one out as a plain loop does, however the examples came, but for those that were made', () => {
  fc.assert(
    fc.property(problems(5), fc.array(fc.boolean(), { minLength: 25, maxLength: 25 }), (problem, made) => {
      const { references } = problem;
      const { values, dimension, labels } = references;
      const measured = new LeaveOneOut();
      let found: number[] = [];
      for (const count of [Math.ceil(labels.length / 3), labels.length, labels.length]) {
        const first = {
          values: values.subarray(0, count * dimension),
          dimension,
          labels: labels.subarray(0, count),
        };
        found = measured.distances(first, (i) => made[i]!);
      }
      const photos = [...labels.keys()].filter((i) => !made[i]);
      const wanted = photos.map((i) => {
        const query = { ...problem, queries: values.slice(i * dimension, (i + 1) * dimension) };
        const squares = squaredDistances(query, 0);
        return Math.sqrt(
          Math.min(Number.POSITIVE_INFINITY, ...photos.filter((j) => j !== i).map((j) => squares[j]!)),
        );
      });
      expect(found).toEqual(wanted);
    }),
  );
});

describe('false alarms', () => {
  it.each([
    [6, 2, 0.05],
    [12, 2, 0.2],
    [30, 4, 0.1],
    [60, 8, 0.05],
  ])('of %i examples in %i dimensions are at most what is stated for %d', async (count, dimension, asked) => {
    const [trials, held] = [150, 20];
    const rates: number[] = [];
    let stated = 0;
    for (let trial = 0; trial < trials; trial++) {
      const knn = learned(draws(count, dimension, 'examples', count, trial), asked);
      stated = knn.calibrate({ falseAlarms: asked }).falseAlarms;
      const found = await knn.predictAll(
        draws(held, dimension, 'held out', count, trial).map(({ row }) => row),
      );
      rates.push(found.filter(({ unknown }) => unknown).length / held);
    }
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / trials;
    const error = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0)) / trials;
    expect(stated).toBe(Math.max(asked, 1 / (count + 1)));
    expect(mean).toBeLessThan(stated + 3 * error);
    expect(mean).toBeGreaterThan(stated / 3);
  });

  it('are not more when hallucinations of the examples join them', async () => {
    const provenance: Provenance = { parents: [0], path: 'slerp', index: 0, seed: 1 };
    const image = (key: number, label: string): LabeledImage => ({
      pixels: noise([4, 4, 1], 'photo', key),
      shape: [4, 4, 1],
      label,
    });
    const photos = Array.from({ length: 12 }, (_, i) => image(i, 'ab'[i % 2]!));
    const made = photos.map((photo) => ({
      ...photo,
      pixels: photo.pixels.map((value) => 0.99 * value),
      provenance,
    }));
    const [plain, enlarged] = [new KnnClassifier(), new KnnClassifier()];
    plain.addAll(photos);
    enlarged.addAll([...photos, ...made]);
    expect(enlarged.calibrate()).toEqual(plain.calibrate());
    expect(enlarged.calibrate().examples).toBe(12);
    const copy = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(enlarged)));
    expect(copy.calibrate()).toEqual(plain.calibrate());
    for (let i = 0; i < 6; i++) enlarged.remove('a', 6);
    for (let i = 0; i < 6; i++) enlarged.remove('b');
    expect(enlarged.toJSON()).toEqual(plain.toJSON());
    expect(enlarged.toJSON()).not.toHaveProperty('made');
    const only = new KnnClassifier({ unknown: {} });
    only.addAll(made);
    expect((await only.predict(image(99, 'a'))).unknown).toBe(false);
  });

  it.each([-0.1, 1.5, Number.NaN])('cannot be a share of %d', (falseAlarms) => {
    expect(() => new KnnClassifier({ unknown: { falseAlarms } })).toThrow(UsageError);
    expect(() => new KnnClassifier().calibrate({ falseAlarms })).toThrow(UsageError);
  });
});

describe('what is unknown', () => {
  const filled = ({ references, k }: Problem, engine: KnnEngineName = 'exact', scale = 1) => {
    const knn = new KnnClassifier({ k, engine, unknown: { falseAlarms: 0.2 } });
    for (const [i, row] of rowsOf(references.values, references.dimension).entries()) {
      knn.add(
        row.map((value) => scale * value),
        references.labels[i]!,
      );
    }
    return knn;
  };

  it('is far from every example, and has the nearest class as its label', async () => {
    const knn = learned(draws(40, 3, 'far'), 0.05);
    expect(await knn.predict([40, 40, 40])).toMatchObject({ label: 2, unknown: true });
    expect(await knn.predict([4, 4, 4])).toMatchObject({ label: 1, unknown: false });
  });

  it('is farther away than the limit, not just as far', async () => {
    const knn = new KnnClassifier({ unknown: {} });
    for (const value of [0, 2, 4]) knn.add([value], 'a');
    const found = await knn.predictAll([[6], [6.001]]);
    expect(found.map(({ unknown }) => unknown)).toEqual([false, true]);
  });

  it('does not depend on the engine, and leaves labels and confidences as they are', async () => {
    await fc.assert(
      fc.asyncProperty(problems(1_000), async (problem) => {
        const queries = rowsOf(problem.queries, problem.references.dimension);
        const exact = await filled(problem).predictAll(queries);
        for (const engine of knnEngineNames) {
          const found = await filled(problem, engine).predictAll(queries);
          expect(found.map(({ unknown, distance }) => [unknown, distance])).toEqual(
            exact.map(({ unknown, distance }) => [unknown, distance]),
          );
          const json = filled(problem, engine).toJSON();
          const { unknown: _, ...without } = json;
          const plain = await KnnClassifier.fromJSON(without).predictAll(queries);
          expect(found.map(({ label, confidences }) => ({ label, confidences }))).toEqual(plain);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the scale of the features', async () => {
    await fc.assert(
      fc.asyncProperty(problems(50), fc.integer({ min: -20, max: 20 }), async (problem, power) => {
        const scale = 2 ** power;
        const queries = rowsOf(problem.queries, problem.references.dimension);
        const plain = await filled(problem).predictAll(queries);
        const scaled = await filled(problem, 'exact', scale).predictAll(
          queries.map((row) => row.map((value) => scale * value)),
        );
        expect(scaled).toEqual(plain.map((found) => ({ ...found, distance: scale * found.distance! })));
      }),
    );
  });

  it('follows the examples as they come and go, and is saved', async () => {
    const queries = draws(30, 2, 'queries').map(({ row }) => row);
    const knn = new KnnClassifier({ unknown: { falseAlarms: 0.1 } });
    for (const { row, label } of draws(20, 2, 'first')) knn.add(row, label);
    await knn.predictAll(queries);
    const next = draws(20, 2, 'next');
    for (const { row, label } of next) knn.add(row, label);
    const expectFresh = async () => {
      const fresh = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(knn)));
      const found = await knn.predictAll(queries);
      expect(found).toEqual(await fresh.predictAll(queries));
      expect(fresh.calibrate({ falseAlarms: 0.1 })).toEqual(knn.calibrate({ falseAlarms: 0.1 }));
      return found.filter(({ unknown }) => unknown).length;
    };
    const before = await expectFresh();
    knn.remove();
    await expectFresh();
    knn.clear(1);
    expect(await expectFresh()).toBeGreaterThan(before);
  });

  it('is not told of unless it is asked for', async () => {
    const knn = new KnnClassifier();
    knn.add([1], 'a');
    expect(await knn.predict([1])).toEqual({ label: 'a', confidences: { a: 1 } });
    knn.calibrate();
    expect(await knn.predict([1])).toEqual({
      label: 'a',
      confidences: { a: 1 },
      unknown: false,
      distance: 0,
    });
    expect(knn.toJSON().unknown).toEqual({ falseAlarms: 0.05 });
  });

  it('is refused from a damaged file', () => {
    const knn = new KnnClassifier({ unknown: {} });
    knn.add([1], 'a');
    const json = knn.toJSON();
    for (const damaged of [
      { ...json, unknown: { falseAlarms: 2 } },
      { ...json, made: [1] },
    ]) {
      expect(() => KnnClassifier.fromJSON(damaged)).toThrow(expect.objectContaining({ name: 'DataError' }));
    }
  });
});
