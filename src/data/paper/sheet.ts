import type { Pixels } from '../decode/pixels.js';
import { partsOf } from './parts.js';

/** Shares of the picture that a sheet has, at least and at most. */
const [LEAST, MOST] = [0.22, 0.985];
/** Shares of the sheet that what is drawn on it has. */
const [FEW, MANY] = [0.0005, 0.45];
/** Share of the sheet's rim that is sheet, and share of what is around it that is not. */
const [CLEAN, APART] = [0.98, 0.8];
/** Share of a sheet that three of its corners have at most: more is a triangle. */
const TRIANGLE = 0.75;
/** A hole with this share of a sheet, that is wider than all that is left of it, is the inside of a closed stroke. */
const HOLE = 0.15;
/** A sheet ends no farther than this from the picture's border, as a share of the picture's side. */
const MARGIN = 0.34;

/** More of the picture's outermost pixels than this share are of no table. */
const EDGE = 0.9;

/** Corners of a quadrilateral, clockwise, as y and x. */
type Corners = readonly (readonly [number, number])[];

/**
 * Finds the sheet that lies on a table: the largest part of a mask of what is bright,
 * or of what is dark, that fills a quadrilateral and has something else inside.
 *
 * @returns a mask of 1 on the sheet, without its rim; undefined if there is none, or if it is the whole picture
 */
export function sheetOf(
  isIn: (i: number) => boolean,
  [rows, columns]: Pixels['shape'],
): Uint8Array | undefined {
  const total = rows * columns;
  let [all, edge, edgeIn] = [0, 0, 0];
  for (let i = 0; i < total; i++) {
    const y = Math.floor(i / columns);
    const x = i - y * columns;
    const one = isIn(i) ? 1 : 0;
    all += one;
    if (y > 0 && x > 0 && y < rows - 1 && x < columns - 1) continue;
    edge++;
    edgeIn += one;
  }
  if (all < LEAST * (1 - MANY) * total || edgeIn > EDGE * edge) return undefined;
  const parts = partsOf(isIn, rows, columns);
  const index = parts.pixels.reduce(
    (best, { length }, i) => (length > (parts.pixels[best]?.length ?? 0) ? i : best),
    -1,
  );
  const pixels = parts.pixels[index];
  if (pixels === undefined) return undefined;
  const corners = cornersOf(pixels, columns);
  const depth = depthIn(corners);
  const inside = new Uint8Array(total);
  // Pixels of the quadrilateral, of the part within and beyond it, and of its rim and of what is around it.
  let [area, held, beyond, rim, rimHeld, outer, outerApart] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < total; i++) {
    const y = Math.floor(i / columns);
    const x = i - y * columns;
    const at = depth(y, x);
    const isPart = parts.of[i] === index;
    if (at >= 0) area++;
    if (isPart && at < -1.5) beyond++;
    if (at < -0.5) {
      outer++;
      if (!isIn(i)) outerApart++;
    } else if (at >= 1.5) {
      inside[i] = 1;
      if (isPart) held++;
      if (at < 3.5 && Math.min(y, x, rows - 1 - y, columns - 1 - x) > 3) {
        rim++;
        if (isPart) rimHeld++;
      }
    }
  }
  const within = inside.reduce((sum, one) => sum + one, 0);
  const drawn = 1 - held / within;
  if (area < LEAST * total || area > MOST * total || drawn < FEW || drawn > MANY) return undefined;
  if (beyond > 0.01 * area || rimHeld < CLEAN * rim || outerApart < APART * outer) return undefined;
  const isNear = corners.every(
    ([y, x]) =>
      Math.min(y, rows - 1 - y) <= MARGIN * rows && Math.min(x, columns - 1 - x) <= MARGIN * columns,
  );
  if (!isNear || isTriangle(corners)) return undefined;
  const isHole = (i: number) => inside[i] === 1 && parts.of[i] !== index;
  const isStroke =
    drawn > HOLE && widest(isHole, rows, columns) > widest((i) => parts.of[i] === index, rows, columns);
  return isStroke ? undefined : inside;
}

/** True if three corners have nearly all that four have. */
function isTriangle(corners: Corners): boolean {
  const areas = corners.map(([y, x], i) => {
    const [before, after] = [corners[(i + 3) % 4]!, corners[(i + 1) % 4]!];
    return Math.abs((before[0] - y) * (after[1] - x) - (before[1] - x) * (after[0] - y));
  });
  return Math.max(...areas) > TRIANGLE * (areas[0]! + areas[2]!);
}

/** Side of the largest square within a mask. */
function widest(isIn: (i: number) => boolean, rows: number, columns: number): number {
  const sides = new Int32Array(rows * columns);
  let most = 0;
  for (let i = 0; i < sides.length; i++) {
    if (!isIn(i)) continue;
    const isFirst = i < columns || i % columns === 0;
    sides[i] = isFirst ? 1 : 1 + Math.min(sides[i - 1]!, sides[i - columns]!, sides[i - columns - 1]!);
    most = Math.max(most, sides[i]!);
  }
  return most;
}

/** Corners of what a part's pixels fill: those that are farthest along the diagonals. */
function cornersOf(pixels: Int32Array, columns: number): Corners {
  const farthest = (down: number, across: number): readonly [number, number] => {
    let [best, most] = [0, Number.NEGATIVE_INFINITY];
    for (const i of pixels) {
      const y = Math.floor(i / columns);
      const value = down * y + across * (i - y * columns);
      if (value > most) [best, most] = [i, value];
    }
    return [Math.floor(best / columns), best % columns];
  };
  return [farthest(-1, -1), farthest(-1, 1), farthest(1, 1), farthest(1, -1)];
}

/** How far a place is inside a quadrilateral; negative outside. */
function depthIn(corners: Corners): (y: number, x: number) => number {
  const sides = corners.map(([y, x], i) => {
    const [nextY, nextX] = corners[(i + 1) % 4]!;
    const length = Math.hypot(nextY - y, nextX - x) || 1;
    return { y, x, down: (nextX - x) / length, across: -(nextY - y) / length };
  });
  return (y, x) => {
    let least = Number.POSITIVE_INFINITY;
    for (const side of sides) least = Math.min(least, (y - side.y) * side.down + (x - side.x) * side.across);
    return least;
  };
}

/** A picture of which all outside a sheet has the shade of the nearest place in the sheet, along its row or else its column. */
export function spread(plane: Float32Array, sheet: Uint8Array, columns: number): Float32Array {
  const filled = plane.slice();
  const known = sheet.slice();
  const rows = plane.length / columns;
  const sweep = (start: number, step: number, count: number) => {
    let last = -1;
    for (let k = 0, i = start; k < count; k++, i += step) {
      if (known[i]) last = i;
      else if (last !== -1) filled[i] = filled[last]!;
      if (last !== -1 && !known[i]) reached[i] = 1;
    }
  };
  const reached = new Uint8Array(plane.length);
  for (let y = 0; y < rows; y++) {
    sweep(y * columns, 1, columns);
    sweep((y + 1) * columns - 1, -1, columns);
  }
  for (let i = 0; i < known.length; i++) if (reached[i]) known[i] = 1;
  for (let x = 0; x < columns; x++) {
    sweep(x, columns, rows);
    sweep(x + (rows - 1) * columns, -columns, rows);
  }
  return filled;
}
