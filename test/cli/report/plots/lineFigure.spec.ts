import { describe, expect, it } from 'vitest';
import { type LineFigure, lineFigure } from '../../../../src/cli/report/plots/lineFigure.js';

const shots = [1, 2, 5, 10, 20];
const line = (name: string, from = 0.5, ci95: number | null = 0.02) => ({
  name,
  points: shots.map((x, i) => ({ x, mean: from + 0.05 * i, ci95 })),
});
const figure: LineFigure = {
  title: 'Accuracy by shots',
  xLabel: 'shots a class',
  yLabel: 'accuracy, %',
  legendTitle: 'arm',
  panels: [
    { title: 'KNN', lines: [line('none'), line('atnl', 0.6)] },
    { title: 'CNN', lines: [line('atnl', 0.7)] },
  ],
};
const only = (lines: LineFigure['panels'][number]['lines']) => ({
  ...figure,
  panels: [{ title: 'KNN', lines }],
});

const all = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map((found) => found.slice(1));
/** Ways of lines, point by point. */
const ways = (svg: string) =>
  all(svg, /<path d="M([\d. L]+)" stroke=/g).map(([way]) =>
    way!.split('L').map((point) => point.split(' ').map(Number) as [number, number]),
  );
const bars = (svg: string) =>
  all(svg, /M([\d.]+) ([\d.]+)h6m-3 0V([\d.]+)m-3 0h6/g).map((bar) => bar.map(Number));
const markers = (svg: string) => all(svg, /<path d="([^"]+z)"[^>]* fill="(#\w+)"/g);

describe('lineFigure', () => {
  it('draws a marker and an interval a point, and names all it shows', () => {
    const svg = lineFigure(figure);
    expect(ways(svg)).toHaveLength(3);
    expect(bars(svg)).toHaveLength(15);
    expect(markers(svg)).toHaveLength(15 + 2);
    for (const words of [
      'Accuracy by shots',
      'shots a class',
      'accuracy, %',
      '>arm<',
      '>none<',
      '>atnl<',
      'KNN',
      'CNN',
    ])
      expect(svg).toContain(words);
    for (const x of shots) expect(svg).toContain(`>${x}<`);
    expect(bars(lineFigure(only([line('none', 0.5, null)])))).toEqual([]);
  });

  it('has a logarithmic axis: the same factor is the same way', () => {
    const [way] = ways(lineFigure(only([line('none')])));
    const xs = way!.map(([x]) => x);
    const step = (xs[4]! - xs[0]!) / Math.log(20);
    for (const [i, x] of xs.entries()) expect(x).toBeCloseTo(xs[0]! + step * Math.log(shots[i]!), 0);
  });

  it('draws more as higher, with the mean in the middle of its interval', () => {
    const svg = lineFigure(only([line('none')]));
    const [way] = ways(svg);
    for (const [i, [, top, bottom]] of bars(svg).entries()) {
      expect(way![i]![1]).toBeCloseTo((top! + bottom!) / 2, 0);
      expect(bottom!).toBeGreaterThan(top!);
      if (i > 0) expect(way![i]![1]).toBeLessThan(way![i - 1]![1]);
    }
  });

  it('sorts points along the axis', () => {
    const { points } = line('none');
    expect(ways(lineFigure(only([{ name: 'none', points: [...points].reverse() }])))).toEqual(
      ways(lineFigure(only([{ name: 'none', points }]))),
    );
  });

  it.each([[shots], [[1, 8, 9, 10]]])('keeps intervals apart, within what belongs to their x: %j', (xs) => {
    const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => ({
      name,
      points: xs.map((x) => ({ x, mean: 0.5, ci95: 0.1 })),
    }));
    const places = ways(lineFigure(only(lines))).map((way) => way.map(([x]) => x));
    const inOrder = xs.flatMap((_, i) => places.map((own) => own[i]!));
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    expect(new Set(inOrder).size).toBe(inOrder.length);
  });

  it('gives a name the same color and marker everywhere, and no other the same', () => {
    const kinds = new Set(markers(lineFigure(figure)).map((kind) => kind.join()));
    expect(kinds.size).toBe(2);
    expect(new Set([...kinds].map((kind) => kind.split(',')[0])).size).toBe(2);
    expect(new Set([...kinds].map((kind) => kind.split(',')[1])).size).toBe(2);
  });

  it('gives panels side by side one axis', () => {
    const high = (svg: string) =>
      ways(svg)
        .at(-1)!
        .map(([, y]) => y);
    const alone = lineFigure({ ...figure, columns: 1 });
    expect(high(lineFigure(figure))).not.toEqual(high(alone));
    const same = lineFigure({
      ...figure,
      panels: [figure.panels[1]!, { title: 'Twice', lines: [line('atnl', 0.7)] }],
    });
    expect(ways(same)[0]).toEqual(ways(same)[1]);
  });

  it('draws one x and one share alone', () => {
    const svg = lineFigure(only([{ name: 'none', points: [{ x: 5, mean: 1, ci95: null }] }]));
    expect(svg).not.toContain('NaN');
    expect(ways(svg)[0]).toHaveLength(1);
  });

  it('names what cannot be drawn', () => {
    const point = { x: 1, mean: 0.5, ci95: null };
    for (const wrong of [{ x: 0 }, { mean: Number.NaN }, { mean: 97 }, { ci95: Number.POSITIVE_INFINITY }]) {
      const points = [point, { ...point, ...wrong }];
      expect(() => lineFigure(only([{ name: 'none', points }]))).toThrow(
        'none in the panel KNN has the point',
      );
    }
    expect(() => lineFigure(only([{ name: 'none', points: [] }]))).toThrow(
      'none in the panel KNN has no points',
    );
    expect(() => lineFigure(only([]))).toThrow('the panel KNN has no lines');
    const many = Array.from({ length: 12 }, (_, i) => line(String(i)));
    expect(() => lineFigure(only(many))).toThrow('12 lines cannot be told apart');
  });
});
