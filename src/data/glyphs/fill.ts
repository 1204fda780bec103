import type { Outline, Place } from './outline.js';

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
