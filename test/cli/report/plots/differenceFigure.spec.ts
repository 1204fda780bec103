import { describe, expect, it } from 'vitest';
import { differenceFigure } from '../../../../src/cli/report/plots/differenceFigure.js';
import { DataError } from '../../../../src/core/errors.js';

const rows = [
  { name: 'atnl', difference: 0.021, ci95: 0.02 },
  { name: 'lerp', difference: -0.021, ci95: 0.03 },
  { name: '<b>', difference: 0.05, ci95: null },
];
const figure = differenceFigure({ title: 'Differences', xLabel: 'points', rows });
/** The circles below the two of the legend. */
const dots = [...figure.matchAll(/<circle cx="([\d.]+)"[^>]* fill="([^"]+)"/g)].slice(2);

describe('a figure of differences', () => {
  it('fills the dots that stand clear of zero, and no others', () => {
    expect(dots.map(([, , fill]) => fill)).toEqual(['#0072b2', '#ffffff', '#ffffff']);
  });

  it('puts zero in the middle, and the same distance on both sides', () => {
    const zero = /<line x1="([\d.]+)"[^>]*stroke="#1b1b1b"/.exec(figure)![1];
    const [above, below] = dots.map(([, x]) => Number(x));
    expect(above! - Number(zero)).toBeCloseTo(Number(zero) - below!, 5);
    expect(above).toBeGreaterThan(Number(zero));
  });

  it('writes figures and names, these escaped', () => {
    expect(figure).toContain('>2.10 ± 2.00<');
    expect(figure).toContain('>−2.10 ± 3.00<');
    expect(figure).toContain('>5.00<');
    expect(figure).toContain('&#60;b&#62;');
  });

  it('refuses what is not finite, by name', () => {
    const lost = [{ name: 'atnl', difference: Number.NaN, ci95: null }];
    expect(() => differenceFigure({ title: '', xLabel: '', rows: lost })).toThrow(DataError);
    expect(() => differenceFigure({ title: '', xLabel: '', rows: lost })).toThrow(/atnl is not a finite/);
  });
});
