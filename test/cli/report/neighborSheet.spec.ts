import { describe, expect, it } from 'vitest';
import { neighborSheet, SHEET_SHAPE, type SheetPhoto } from '../../../src/cli/report/neighborSheet.js';

const photo = (value: number, more: Partial<SheetPhoto> = {}): SheetPhoto => ({
  picture: { pixels: new Float32Array(72 * 72 * 3).fill(value), shape: SHEET_SHAPE },
  ...more,
});

const at = ({ width, data }: ReturnType<typeof neighborSheet>, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe('a sheet of neighbors', () => {
  const sheet = neighborSheet([
    [[photo(0.2, { frame: 'real' })], [photo(0.4, { cosine: 0.5 }), photo(0.6, { frame: 'other' })]],
    [[photo(0.8)]],
  ]);

  it('has groups side by side, with room between them', () => {
    expect([sheet.width, sheet.height]).toEqual([6 + 78 + 18 + 2 * 78, 6 + 2 * 94]);
    expect(at(sheet, 6 + 36, 6 + 36)).toEqual([51, 51, 51]);
    expect(at(sheet, 102 + 36, 6 + 36)).toEqual([102, 102, 102]);
    expect(at(sheet, 180 + 36, 6 + 36)).toEqual([153, 153, 153]);
    expect(at(sheet, 6 + 36, 100 + 36)).toEqual([204, 204, 204]);
    expect(at(sheet, 102 + 36, 100 + 36)).toEqual([255, 255, 255]);
    expect(at(sheet, 92, 6 + 36)).toEqual([255, 255, 255]);
  });

  it('frames real photos in black, and neighbors of another class in orange', () => {
    for (const [x, y] of [
      [0, 0],
      [2, 36],
      [71, 71],
    ] as const) {
      expect(at(sheet, 6 + x, 6 + y)).toEqual([27, 27, 27]);
      expect(at(sheet, 180 + x, 6 + y)).toEqual([213, 94, 0]);
      expect(at(sheet, 102 + x, 6 + y)).toEqual([102, 102, 102]);
    }
    expect(at(sheet, 6 + 3, 6 + 3)).toEqual([51, 51, 51]);
  });

  it('writes the cosine below a photo, and nothing where there is none', () => {
    const dots = (left: number, text: string) => {
      const start = left + Math.floor((72 - (4 * text.length - 1) * 2) / 2);
      return Array.from({ length: 5 }, (_, row) =>
        Array.from({ length: 4 * text.length - 1 }, (_, column) =>
          at(sheet, start + 2 * column, 6 + 72 + 4 + 2 * row)[0] === 27 ? '#' : '.',
        ).join(''),
      );
    };
    expect(dots(102, '0.50')).toEqual([
      '###.....###.###',
      '#.#.....#...#.#',
      '#.#.....###.#.#',
      '#.#.......#.#.#',
      '###..#..###.###',
    ]);
    expect(dots(180, '0.50').join('')).toMatch(/^\.+$/);
  });
});
