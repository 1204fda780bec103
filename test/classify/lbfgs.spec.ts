import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lbfgs } from '../../src/classify/lbfgs.js';

describe('lbfgs', () => {
  it('finds the minimum of a quadratic bowl of any shape', () => {
    const center = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(center, (at) => {
        const found = lbfgs(
          (point, gradient) => {
            let value = 0;
            for (const [i, to] of at.entries()) {
              const [apart, weight] = [point[i]! - to, 1 + 10 * i];
              gradient[i] = 2 * weight * apart;
              value += weight * apart * apart;
            }
            return value;
          },
          new Float64Array(at.length),
          { tolerance: 1e-9 },
        );
        expect(found.converged).toBe(true);
        for (const [i, to] of at.entries()) expect(found.point[i]).toBeCloseTo(to, 7);
      }),
    );
  });

  it('goes down the bent valley of Rosenbrock', () => {
    const { point, converged } = lbfgs(
      ([x, y]: Float64Array, gradient) => {
        const bend = y! - x! * x!;
        gradient[0] = -2 * (1 - x!) - 400 * x! * bend;
        gradient[1] = 200 * bend;
        return (1 - x!) ** 2 + 100 * bend * bend;
      },
      Float64Array.of(-1.2, 1),
    );
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 5);
    expect(point[1]).toBeCloseTo(1, 5);
  });
});
