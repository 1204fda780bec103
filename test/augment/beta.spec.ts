import { describe, expect, it } from 'vitest';
import { symmetricBeta } from '../../src/augment/mixing.js';
import { randomStream } from '../../src/core/random.js';
import reference from '../reference/beta.json' with { type: 'json' };

const COUNT = 20_000;

describe('symmetricBeta', () => {
  it.each(reference.cases.map(({ alpha, quantiles }) => [alpha, quantiles] as const))(
    'has the quantiles of SciPy for alpha %d',
    (alpha, quantiles) => {
      const numbers = Array.from({ length: COUNT }, (_, i) =>
        symmetricBeta(randomStream(1, 'beta', i), alpha),
      );
      expect(numbers.every((value) => value >= 0 && value <= 1)).toBe(true);
      for (const [i, quantile] of quantiles.entries()) {
        const share = reference.probabilities[i]!;
        // Single numbers are not told apart from 1.
        if (quantile === 1) continue;
        const below = numbers.filter((value) => value <= quantile).length / COUNT;
        // Within four standard errors.
        expect(Math.abs(below - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / COUNT));
      }
    },
  );

  it('is a number for the smallest alpha too', () => {
    const numbers = Array.from({ length: 500 }, (_, i) => symmetricBeta(randomStream(i), 1e-3));
    expect(numbers.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(numbers.filter((value) => value < 0.5).length).toBeGreaterThan(200);
    expect(numbers.filter((value) => value > 0.5).length).toBeGreaterThan(200);
  });
});
