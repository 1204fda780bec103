import { describe, expect, it } from 'vitest';
import { markdownTable } from '../../../../src/cli/report/markdownTable.js';
import { dotFigure } from '../../../../src/cli/report/plots/dotFigure.js';
import { imageGrid } from '../../../../src/cli/report/plots/imageGrid.js';
import { type ScatterFigure, scatterFigure } from '../../../../src/cli/report/plots/scatterFigure.js';
import { scatterPage } from '../../../../src/cli/report/plots/scatterPage.js';

const flat: ScatterFigure = {
  title: 'Codes & <maps>',
  classes: ['a', 'b"'],
  colors: 'categorical',
  legendTitle: 'letter',
  panels: [
    {
      title: 'One',
      note: 'trustworthiness 0.95',
      points: [
        [0, 0],
        [4, 2],
        [1, 1],
      ],
      labels: [0, 1, 1],
    },
    { title: 'Two', points: [[5, 5]], labels: [1] },
  ],
};
const deep: ScatterFigure = {
  ...flat,
  panels: [
    {
      title: 'Cube',
      points: [
        [0, 0, 0],
        [1, 2, 3],
      ],
      labels: [0, 1],
    },
  ],
};

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
/** Points that are drawn: each is a stroke without length. */
const marks = (svg: string) => count(svg, /h0/g);

describe('scatterFigure', () => {
  it('draws every point, panel titles, notes and a legend', () => {
    const svg = scatterFigure(flat);
    expect(marks(svg)).toBe(4);
    for (const words of [
      'One',
      'Two',
      'trustworthiness 0.95',
      'letter',
      'Codes &#38; &#60;maps&#62;',
      'b&#34;',
    ])
      expect(svg).toContain(words);
    expect(svg).not.toContain('<maps>');
    expect(count(svg, /<circle/g)).toBe(2);
  });

  it('fits points into their panel, x to the right and y up', () => {
    const places = [
      ...scatterFigure({ ...flat, panels: [flat.panels[0]!] }).matchAll(/M([\d.]+) ([\d.]+)h0/g),
    ].map(([, x, y]) => [Number(x), Number(y)]);
    for (const [x, y] of places) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(300);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(300);
    }
    expect(places[1]![0]).toBeGreaterThan(places[0]![0]!);
    expect(places[1]![1]).toBeLessThan(places[0]![1]!);
  });

  it('draws a map of three dimensions from two sides, each named', () => {
    const svg = scatterFigure(deep);
    expect(marks(svg)).toBe(4);
    expect(svg).toContain('Cube, seen from 30°');
    expect(svg).toContain('Cube, seen from 120°');
    expect(count(svg, /<line/g)).toBe(2 * 9);
  });

  it('names classes where their points are among themselves, and no name is in the way', () => {
    const names = (points: number[][], labels: number[]) => {
      const svg = scatterFigure({ ...flat, panels: [{ title: 'One', points, labels }] });
      return [...svg.matchAll(/paint-order="stroke">([^<]+)</g)].map(([, name]) => name);
    };
    const [left, right] = [
      [0, 0],
      [9, 9],
    ];
    expect(names([left, left, right, right], [0, 0, 1, 1])).toEqual(['a', 'b&#34;']);
    expect(names([left, left, left, right], [0, 0, 1, 0])).toEqual(['a']);
    expect(names([left, left, right, right], [0, 1, 0, 1])).toEqual([]);
  });

  it('lets classes take turns, so that none hides another', () => {
    const points = Array.from({ length: 12 }, (_, i) => [i, i]);
    const labels = points.map((_, i) => i % 2);
    const svg = scatterFigure({ ...flat, panels: [{ title: 'One', points, labels }] });
    const strokes = [...svg.matchAll(/<path d="M[^"]*h0" stroke="([^"]+)"/g)].map(([, color]) => color);
    expect(strokes.lastIndexOf(strokes[0]!)).toBeGreaterThan(strokes.findIndex((own) => own !== strokes[0]));
  });

  it('draws a true minus before numbers', () => {
    const svg = scatterFigure({ ...flat, classes: ['-90', 'left-3'] });
    expect(svg).toContain('>−90<');
    expect(svg).toContain('>left-3<');
  });

  it('names what cannot be drawn', () => {
    const panel = flat.panels[0]!;
    const withPanel = (change: object) => () => scatterFigure({ ...flat, panels: [{ ...panel, ...change }] });
    expect(withPanel({ labels: [0] })).toThrow('the panel One has 3 points, but 1 labels');
    expect(
      withPanel({
        points: [
          [0, 0],
          [1, Number.NaN],
          [0, 0],
        ],
      }),
    ).toThrow('point 1 of the panel One is (1, NaN)');
    expect(
      withPanel({
        points: [
          [0, 0],
          [1, 1, 1],
          [0, 0],
        ],
      }),
    ).toThrow('point 1 of the panel One');
    expect(withPanel({ labels: [0, 1, 2] })).toThrow('point 2 of the panel One has the label 2');
    expect(withPanel({ points: [], labels: [] })).toThrow('the panel One has no points');
    const many = Array.from({ length: 12 }, (_, i) => String(i));
    expect(() => scatterFigure({ ...flat, classes: many })).toThrow(
      '12 classes cannot be told apart by 11 colors',
    );
    expect(scatterFigure({ ...flat, classes: many, colors: 'ordinal' })).toContain('<svg');
  });
});

describe('scatterPage', () => {
  it('holds all it needs, and ends its script by itself alone', () => {
    const page = scatterPage({ ...deep, classes: ['</script>', 'b'] });
    expect(count(page, /<\/script>/g)).toBe(1);
    expect(page).not.toMatch(/(src|href)=/);
    expect(page).toContain('data-class="1"');
  });
});

describe('dotFigure', () => {
  const figure = {
    title: 'Accuracy',
    xLabel: 'accuracy, %',
    referenceLabel: 'poster',
    panels: [
      {
        title: 'MNIST',
        rows: [
          { name: 'AE', mean: 0.97, ci95: 0.01, reference: 0.9463 },
          { name: 'ATNL', mean: 0.992, ci95: null },
        ],
      },
    ],
  };

  it('draws a dot a row, an interval and a reference where there is one', () => {
    const svg = dotFigure(figure);
    expect(count(svg, /<circle/g)).toBe(3);
    expect(count(svg, /l5 5l-5 5/g)).toBe(2);
    for (const words of ['97.00 ± 1.00', '99.20<', 'MNIST', 'accuracy, %', 'poster'])
      expect(svg).toContain(words);
  });

  it('gives panels side by side one axis, and those below another one', () => {
    const panel = (mean: number) => ({ title: `${mean}`, rows: [{ name: 'AE', mean, ci95: null }] });
    const ticks = (columns: number) =>
      [
        ...dotFigure({ ...figure, columns, panels: [panel(0.5), panel(0.9)] }).matchAll(
          /middle" fill[^>]*>([\d.]+)</g,
        ),
      ].map(([, tick]) => Number(tick));
    const together = ticks(2);
    expect(together.slice(0, together.length / 2)).toEqual(together.slice(together.length / 2));
    const [low, high] = [Math.min(...ticks(1)), Math.max(...ticks(1))];
    expect(ticks(1).filter((tick) => tick === low || tick === high)).toHaveLength(2);
  });

  it('names a row without a number', () => {
    const rows = [{ name: 'AE', mean: Number.NaN, ci95: null }];
    expect(() => dotFigure({ ...figure, panels: [{ title: 'MNIST', rows }] })).toThrow(
      'AE in the panel MNIST',
    );
  });
});

describe('imageGrid', () => {
  const image = (value: number, side = 2) => ({
    pixels: new Float32Array(side * side).fill(value),
    shape: [side, side, 1] as const,
    label: 0,
  });

  it('draws rows of images with their names, and frames the ends', () => {
    const svg = imageGrid({
      title: 'Between',
      columns: ['ω = 0', 'ω = 1'],
      ends: true,
      rows: [{ name: 'AE', note: 'lerp', images: [image(0), image(0.5), image(1)] }],
    });
    expect(count(svg, /data:image\/png;base64,/g)).toBe(3);
    expect(count(svg, /stroke="#d55e00"/g)).toBe(2 + 1);
    for (const words of ['AE', 'lerp', 'ω = 1', 'real image']) expect(svg).toContain(words);
  });

  it('names the row whose images do not fit', () => {
    const rows = [
      { name: 'AE', images: [image(0)] },
      { name: 'VAE', images: [image(0, 3)] },
    ];
    expect(() => imageGrid({ title: 'Between', rows })).toThrow('an image of the row VAE is not of 2×2×1');
    expect(() => imageGrid({ title: 'Between', rows: [] })).toThrow('no images');
  });
});

describe('markdownTable', () => {
  it('sets numbers to the right and escapes bars', () => {
    expect(markdownTable(['a', 'b'], [['x|y', '1']])).toBe('| a | b |\n| --- | --: |\n| x\\|y | 1 |');
    expect(markdownTable(['a', 'b', 'c'], [], 2)).toContain('| --- | --- | --: |');
  });
});
