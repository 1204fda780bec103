/** Blocks of Unicode that characters are taken from: alphabets whose letters stand alone, and signs. */
const BLOCKS: readonly (readonly [from: number, to: number])[] = [
  // Latin, Greek and Coptic, Cyrillic, Armenian, Hebrew
  [0x0021, 0x024f],
  [0x0370, 0x0556],
  [0x0561, 0x0587],
  [0x05d0, 0x05ea],
  // Devanagari to Malayalam, Thai, Georgian, Ethiopic, Cherokee, runes
  [0x0904, 0x0d39],
  [0x0e01, 0x0e45],
  [0x10d0, 0x10fa],
  [0x1200, 0x135a],
  [0x13a0, 0x13f4],
  [0x16a0, 0x16ea],
  // Signs: money, arrows, mathematics, shapes
  [0x20a0, 0x20bf],
  [0x2190, 0x22ff],
  [0x25a0, 0x26ff],
  // Tifinagh, Hiragana, Katakana
  [0x2d30, 0x2d67],
  [0x3041, 0x30fa],
];

/** Letters and signs that a hand may write as it writes a digit from 0 to 9. */
const LIKE_DIGITS = new Set('ODQoDIl|ZzSsqgBbıΟοσΙІіӀОоЗзЭэВвБбҺһՕօոՈסוזןଠഠ०੦০੧੨१२३๐๑∘⊙○◌◯☉£¡!Łł°º¦ƧƨƷʒʅΙϘϙ');

const isCharacter = (character: string) =>
  /^[\p{L}\p{S}\p{P}]$/u.test(character) &&
  // Modifiers, and letters with an accent, differ from others in a dot or stroke alone.
  !/^\p{Lm}$/u.test(character) &&
  character.normalize('NFKD') === character &&
  !LIKE_DIGITS.has(character);

/**
 * Letters of many alphabets, and signs: about two thousand, in the order of Unicode. No digit of any script is among
 * them, no number, no letter with an accent, and nothing that looks like a digit from 0 to 9, such as O, l, Z or S: an encoder that has
 * learnt them has not seen digits.
 */
export const glyphCharacters: readonly string[] = BLOCKS.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
).filter(isCharacter);

/** A place in a font's plane: to the right and down. */
export type Place = readonly [right: number, down: number];

/** Closed lines of straight pieces; what lies inside is ink. */
export type Outline = readonly (readonly Place[])[];

/** A piece of an outline as font files have it. */
export type OutlineCommand =
  | { readonly type: 'M'; readonly x: number; readonly y: number }
  | { readonly type: 'L'; readonly x: number; readonly y: number }
  | { readonly type: 'Q'; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
  | {
      readonly type: 'C';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly x: number;
      readonly y: number;
    }
  | { readonly type: 'Z' };

/** Straight pieces of a curve: at 28 pixels, finer ones cannot be told apart. */
const PIECES = 8;

/** A place on the Bézier curve of these points: one, two, three or four. */
function onCurve(points: readonly Place[], t: number): Place {
  if (points.length === 1) return points[0]!;
  const between = points.slice(1).map(([x, y], i): Place => {
    const [x0, y0] = points[i]!;
    return [x0 + t * (x - x0), y0 + t * (y - y0)];
  });
  return onCurve(between, t);
}

/** Curves as straight pieces. */
export function flatten(commands: readonly OutlineCommand[]): Outline {
  const lines: Place[][] = [];
  for (const command of commands) {
    if (command.type === 'Z') continue;
    const end: Place = [command.x, command.y];
    if (command.type === 'M') {
      lines.push([end]);
      continue;
    }
    const line = lines.at(-1)!;
    if (command.type === 'L') {
      line.push(end);
      continue;
    }
    const handles: Place[] = [[command.x1, command.y1]];
    if (command.type === 'C') handles.push([command.x2, command.y2]);
    const curve = [line.at(-1)!, ...handles, end];
    for (let piece = 1; piece <= PIECES; piece++) line.push(onCurve(curve, piece / PIECES));
  }
  return lines;
}

/** Lines of ink that are counted in each row of pixels. */
const SCANS = 4;

/** A place where an outline crosses a line of ink, and whether it goes down (+1) or up there. */
interface Crossing {
  readonly x: number;
  readonly turn: 1 | -1;
}

/** Where an outline crosses each line of ink, from left to right. */
function crossings(outline: Outline, side: number): readonly (readonly Crossing[])[] {
  const scans = Array.from({ length: side * SCANS }, (): Crossing[] => []);
  for (const line of outline) {
    for (let i = 0; i < line.length; i++) {
      const [x0, y0] = line[i]!;
      const [x1, y1] = line[i + 1 === line.length ? 0 : i + 1]!;
      const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
      const last = Math.min(scans.length, Math.ceil(SCANS * bottom - 0.5));
      for (let scan = Math.max(0, Math.ceil(SCANS * top - 0.5)); scan < last; scan++) {
        const share = ((scan + 0.5) / SCANS - y0) / (y1 - y0);
        scans[scan]!.push({ x: x0 + share * (x1 - x0), turn: y1 > y0 ? 1 : -1 });
      }
    }
  }
  for (const scan of scans) scan.sort((a, b) => a.x - b.x);
  return scans;
}

/** Adds the share of each pixel of a row that lies between two places. */
function addSpan(row: Float32Array, from: number, to: number, ink: number): void {
  const start = Math.max(0, from);
  const end = Math.min(row.length, to);
  for (let column = Math.floor(start); column < end; column++) {
    row[column]! += ink * (Math.min(end, column + 1) - Math.max(start, column));
  }
}

/**
 * An outline filled with white on black, by the rule of font files: ink is where the outline winds around (nonzero). Edges are
 * as soft as the share of a pixel that they cover.
 *
 * @param outline in pixels
 * @param side height and width in pixels
 * @returns side · side values in [0, 1], row by row
 */
export function fill(outline: Outline, side: number): Float32Array {
  const pixels = new Float32Array(side * side);
  for (const [scan, found] of crossings(outline, side).entries()) {
    const start = Math.floor(scan / SCANS) * side;
    const row = pixels.subarray(start, start + side);
    let winding = 0;
    let from = 0;
    for (const { x, turn } of found) {
      if (winding === 0) from = x;
      winding += turn;
      if (winding === 0) addSpan(row, from, x, 1 / SCANS);
    }
  }
  return pixels;
}

/** Left, upper, right and lower end of an outline. */
export function bounds(outline: Outline): readonly [number, number, number, number] {
  const places: readonly Place[] = outline.flat();
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
