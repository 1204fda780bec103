import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withinClassWhitening } from '../../src/augment/prototypes.js';
import { UsageError } from '../../src/core/errors.js';
import { randomStream } from '../../src/core/random.js';

interface Reference {
  readonly codes: readonly number[][];
  readonly labels: readonly number[];
  readonly whitened: readonly number[][];
}
const reference: Reference = JSON.parse(
  readFileSync(new URL('../reference/whitening.json', import.meta.url), 'utf8'),
);

/** Codes of three classes, of which the first value differs the more within a class the larger `spread` is. */
function spreadOut(seed: number, spread: number) {
  const random = randomStream(seed);
  return Array.from({ length: 60 }, (_, i) => ({
    code: Float64Array.of(spread * random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)),
    label: i % 3,
  }));
}

describe('withinClassWhitening', () => {
  it('does what SciPy does', () => {
    const codes = reference.codes.map((code, i) => ({
      code: Float64Array.from(code),
      label: reference.labels[i]!,
    }));
    const whiten = withinClassWhitening(codes);
    for (const [i, { code }] of codes.entries()) {
      for (const [j, value] of whiten(code).entries()) {
        expect(value).toBeCloseTo(reference.whitened[i]![j]!, 10);
      }
    }
  });

  it('shrinks the direction in which classes are wide, and is linear', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 3, max: 50, noNaN: true }), (seed, spread) => {
        const whiten = withinClassWhitening(spreadOut(seed, spread));
        const [wide, narrow] = [whiten(Float64Array.of(1, 0, 0)), whiten(Float64Array.of(0, 1, 0))];
        expect(Math.hypot(...wide)).toBeLessThan(Math.hypot(...narrow));
        const sum = whiten(Float64Array.of(2, -1, 0));
        for (const [i, value] of sum.entries()) expect(value).toBeCloseTo(2 * wide[i]! - narrow[i]!, 9);
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on where classes lie', () => {
    const codes = spreadOut(1, 4);
    const moved = codes.map(({ code, label }) => ({ code: code.map((value) => value + 7 * label), label }));
    const [one, other] = [codes, moved].map((known) => withinClassWhitening(known)(Float64Array.of(1, 2, 3)));
    for (const [i, value] of one!.entries()) expect(other![i]).toBeCloseTo(value, 9);
  });

  it('leaves codes as they are where all of a class are alike', () => {
    const alike = [0, 0, 1, 1].map((label) => ({ code: Float64Array.of(label, 1), label }));
    expect([...withinClassWhitening(alike)(Float64Array.of(3, 4))]).toEqual([3, 4]);
  });

  it('refuses to work without two codes of a class', () => {
    const alone = [0, 1, 2].map((label) => ({ code: Float64Array.of(label, 1), label }));
    for (const codes of [[], alone]) {
      expect(() => withinClassWhitening(codes)).toThrow(UsageError);
      expect(() => withinClassWhitening(codes)).toThrow(/no two images of one class/);
    }
  });
});
