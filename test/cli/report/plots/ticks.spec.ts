import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticksOf } from '../../../../src/cli/report/plots/svg.js';

describe('ticksOf', () => {
  it('spans all shares with few even steps', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = ticksOf(low, high);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks[0]).toBeLessThanOrEqual(low + 1e-9);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - 1e-9);
        expect(ticks[0]).toBeGreaterThanOrEqual(0);
        expect(ticks.at(-1)).toBeLessThanOrEqual(1 + 1e-9);
        for (const [i, tick] of ticks.slice(1).entries())
          expect(tick - ticks[i]!).toBeCloseTo(ticks[1]! - ticks[0]!, 9);
      }),
    );
  });
});
