import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, pairedDifference, proportion, studentT975 } from '../../src/evaluate/statistics.js';
import reference from '../reference/statistics.json' with { type: 'json' };

const accuracy = fc.integer({ min: 0, max: 1000 }).map((permille) => permille / 1000);

describe('studentT975', () => {
  it('is what SciPy says, within 1e-5 (relative for one degree of freedom)', () => {
    for (const [i, degrees] of reference.degrees.entries()) {
      const expected = reference.t975[i]!;
      const off = Math.abs(studentT975(degrees) - expected) / Math.max(1, expected / 2);
      expect(off, `${degrees} degrees of freedom`).toBeLessThan(1e-5);
    }
  });
});

describe('estimate', () => {
  it('is the mean and the interval that SciPy finds', () => {
    const { mean, ci95 } = estimate(reference.values);
    expect(mean).toBeCloseTo(reference.mean, 12);
    expect(mean - ci95!).toBeCloseTo(reference.interval[0]!, 6);
    expect(mean + ci95!).toBeCloseTo(reference.interval[1]!, 6);
  });

  it('gives one value no interval', () => {
    expect(estimate([0.7])).toEqual({ mean: 0.7, ci95: null });
  });

  it('gives equal values an interval of 0', () => {
    expect(estimate([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, ci95: 0 });
  });
});

describe('pairedDifference', () => {
  it('is the estimate of the differences, episode by episode', () => {
    expect(pairedDifference([0.75, 0.5], [0.5, 0.5])).toEqual(estimate([0.25, 0]));
  });

  it('turns its sign with its sides', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(accuracy, accuracy), { minLength: 2 }), (pairs) => {
        const [ours, theirs] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
        const [there, back] = [pairedDifference(ours, theirs), pairedDifference(theirs, ours)];
        expect(there.mean).toBeCloseTo(-back.mean, 12);
        expect(there.ci95).toBeCloseTo(back.ci95!, 12);
      }),
    );
  });

  it('is far surer than its sides where hard episodes are hard for both', () => {
    const theirs = [0.2, 0.5, 0.8, 0.4];
    const ours = [0.31, 0.6, 0.9, 0.5];
    expect(pairedDifference(ours, theirs).ci95!).toBeLessThan(0.1 * estimate(ours).ci95!);
  });
});

describe('proportion', () => {
  it('is the share with the interval by Wilson that SciPy finds', () => {
    for (const [i, [hits, total]] of reference.counts.entries()) {
      const { share, ci95 } = proportion(hits!, total!);
      expect(share).toBe(hits! / total!);
      for (const [end, expected] of reference.wilson[i]!.entries())
        expect(Math.abs(ci95[end]! - expected), `${hits} of ${total}`).toBeLessThan(1e-7);
    }
  });

  it('holds the share, and stays in [0, 1]', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, part) => {
          const { share, ci95 } = proportion(Math.round(part * total), total);
          expect(ci95[0]).toBeGreaterThanOrEqual(0);
          expect(ci95[0]).toBeLessThanOrEqual(share);
          expect(ci95[1]).toBeGreaterThanOrEqual(share - 1e-12);
          expect(ci95[1]).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
