/** A point in a plane whose axes lead right and down. */
export type Point = readonly [right: number, down: number];

/** Closed lines of straight pieces around ink. */
export type Outline = readonly (readonly Point[])[];

/** A piece of an outline as font files store it. */
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

/** Straight pieces that stand for a curve: at 28 pixels, more make no difference. */
const PIECES = 8;

/** A point on the Bézier curve of up to four points, by de Casteljau's algorithm. */
function onBezier(points: readonly Point[], t: number): Point {
  if (points.length === 1) return points[0]!;
  const between = points.slice(1).map(([x, y], i): Point => {
    const [x0, y0] = points[i]!;
    return [x0 + t * (x - x0), y0 + t * (y - y0)];
  });
  return onBezier(between, t);
}

/** Replaces the curves of an outline by straight pieces. */
export function flatten(commands: readonly OutlineCommand[]): Outline {
  const lines: Point[][] = [];
  for (const command of commands) {
    if (command.type === 'Z') continue;
    const end: Point = [command.x, command.y];
    if (command.type === 'M') {
      lines.push([end]);
      continue;
    }
    const line = lines.at(-1)!;
    if (command.type === 'L') {
      line.push(end);
      continue;
    }
    const handles: Point[] = [[command.x1, command.y1]];
    if (command.type === 'C') handles.push([command.x2, command.y2]);
    const curve = [line.at(-1)!, ...handles, end];
    for (let piece = 1; piece <= PIECES; piece++) line.push(onBezier(curve, piece / PIECES));
  }
  return lines;
}

/** Scanlines in each row of pixels. */
const SCANLINES = 4;

/** A crossing of an outline and a scanline; `turn` is 1 if the outline goes down, −1 if up. */
interface Crossing {
  readonly x: number;
  readonly turn: 1 | -1;
}

/** The crossings of an outline with each scanline, from left to right. */
function crossings(outline: Outline, side: number): readonly (readonly Crossing[])[] {
  const scanlines = Array.from({ length: side * SCANLINES }, (): Crossing[] => []);
  for (const line of outline) {
    for (const [start, [x0, y0]] of line.entries()) {
      const [x1, y1] = line[start + 1 === line.length ? 0 : start + 1]!;
      const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
      const last = Math.min(scanlines.length, Math.ceil(SCANLINES * bottom - 0.5));
      for (let i = Math.max(0, Math.ceil(SCANLINES * top - 0.5)); i < last; i++) {
        const share = ((i + 0.5) / SCANLINES - y0) / (y1 - y0);
        scanlines[i]!.push({ x: x0 + share * (x1 - x0), turn: y1 > y0 ? 1 : -1 });
      }
    }
  }
  for (const scanline of scanlines) scanline.sort((a, b) => a.x - b.x);
  return scanlines;
}

/** Adds ink to the pixels of a row by the share of each that lies between two points. */
function addSpan(row: Float32Array, from: number, to: number, ink: number): void {
  const start = Math.max(0, from);
  const end = Math.min(row.length, to);
  for (let column = Math.floor(start); column < end; column++) {
    row[column]! += ink * (Math.min(end, column + 1) - Math.max(start, column));
  }
}

/**
 * Fills an outline with white on black by the nonzero winding rule, as font files mean it. Each pixel on an edge has the
 * share of ink that covers it.
 *
 * @param outline in pixels
 * @param side height and width in pixels
 * @returns side · side values in [0, 1], row by row
 */
export function fill(outline: Outline, side: number): Float32Array {
  const pixels = new Float32Array(side * side);
  for (const [scanline, found] of crossings(outline, side).entries()) {
    const start = Math.floor(scanline / SCANLINES) * side;
    const row = pixels.subarray(start, start + side);
    let winding = 0;
    let from = 0;
    for (const { x, turn } of found) {
      if (winding === 0) from = x;
      winding += turn;
      if (winding === 0) addSpan(row, from, x, 1 / SCANLINES);
    }
  }
  return pixels;
}

/** Left, upper, right and lower bound of an outline. */
export function bounds(outline: Outline): readonly [number, number, number, number] {
  const points: readonly Point[] = outline.flat();
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
