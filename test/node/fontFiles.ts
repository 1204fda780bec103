import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import opentype from 'opentype.js';

/** A closed line through points in a font's plane: to the right and up, in thousandths of an em. */
export type Corners = readonly (readonly [right: number, up: number])[];

export const square: Corners = [
  [0, 0],
  [0, 700],
  [700, 700],
  [700, 0],
];
export const triangle: Corners = [
  [0, 0],
  [350, 700],
  [700, 0],
];
export const bar: Corners = [
  [0, 0],
  [0, 700],
  [100, 700],
  [100, 0],
];

/** Letters of a script from a code point on: two strokes that cross or meet, each letter in other places. */
export function letters(first: number, count: number, width = 60): Record<string, Corners> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const [right, up, far] = [100 + 15 * i, 150 + 20 * (i % 7), 700 - 12 * i];
      const corners: Corners = [
        [right, 0],
        [right, up],
        [0, up],
        [0, up + width],
        [right, up + width],
        [right, 700],
        [right + width, 700],
        [right + width, up + width],
        [far + right, up + width],
        [far + right, up],
        [right + width, up],
        [right + width, 0],
      ];
      return [String.fromCodePoint(first + i), corners];
    }),
  );
}

/** What the tests use of the package, which has no types. */
interface Opentype {
  readonly Path: new () => {
    moveTo(x: number, y: number): void;
    lineTo(x: number, y: number): void;
    close(): void;
  };
  readonly Glyph: new (options: object) => object;
  readonly Font: new (options: object) => { toArrayBuffer(): ArrayBuffer };
}
const { Font, Glyph, Path } = opentype as unknown as Opentype;

/** Writes a font whose characters are these shapes. */
export async function writeFont(folder: string, name: string, shapes: Readonly<Record<string, Corners>>) {
  const glyphOf = (unicode: number | undefined, corners: Corners, glyphName: string) => {
    const path = new Path();
    for (const [i, [x, y]] of corners.entries()) {
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (corners.length > 0) path.close();
    return new Glyph({ name: glyphName, unicode, advanceWidth: 800, path });
  };
  const glyphs = [
    glyphOf(undefined, square, '.notdef'),
    ...Object.entries(shapes).map(([character, corners]) => {
      const unicode = character.codePointAt(0)!;
      return glyphOf(unicode, corners, `u${unicode}`);
    }),
  ];
  const font = new Font({
    familyName: name,
    styleName: 'Regular',
    unitsPerEm: 1000,
    ascender: 800,
    descender: -200,
    glyphs,
  });
  await writeFile(join(folder, name), new Uint8Array(font.toArrayBuffer()));
}
