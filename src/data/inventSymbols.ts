import { checkSeed } from '../core/checks.js';
import { checkFields, optional, whole } from '../core/kindChecks.js';
import { type RandomStream, randomStream } from '../core/random.js';
import { checkAmount, drawnSource, type ImageSource } from './imageSource.js';
import type { Point } from './outline.js';

/** One movement of a pen on a page whose sides are 1. */
export interface Stroke {
  /** The pen passes through these in order. */
  readonly points: readonly Point[];
  /** True if it returns to its first point. */
  readonly closed: boolean;
  /** True if it runs straight from point to point, false if along a smooth curve. */
  readonly straight: boolean;
}

/** A symbol as it is meant: what all drawings of it share. */
export interface DrawnSymbol {
  readonly strokes: readonly Stroke[];
  /** Standard deviation, along each axis, by which a hand misses the points. */
  readonly carelessness: number;
}

/** The part of the page that points lie in: as wide and high as MNIST's digits in their images. */
const AREA = { left: 0.21, top: 0.14, width: 0.58, height: 0.72 };
/** Numbers of strokes of a symbol; each entry is equally likely. */
const STROKES = [1, 1, 2, 2, 3];
/** Shares of strokes that are closed, straight, or begin on another stroke. */
const [CLOSED, STRAIGHT, JOINED] = [0.25, 0.3, 0.7];

function inventStroke(random: RandomStream, alone: boolean, before: readonly Stroke[]): Stroke {
  const fewest = alone ? 3 : 2;
  const points = Array.from(
    { length: fewest + random.integer(6 - fewest) },
    (): Point => [AREA.left + AREA.width * random.uniform(), AREA.top + AREA.height * random.uniform()],
  );
  const closed = points.length >= 3 && random.uniform() < CLOSED;
  const straight = random.uniform() < STRAIGHT;
  // Most strokes of a letter begin on another one.
  if (before.length > 0 && random.uniform() < JOINED) {
    const { points: others } = before[random.integer(before.length)]!;
    points[0] = others[random.integer(others.length)]!;
  }
  return { points, closed, straight };
}

/** Invents a symbol of one to three strokes. */
export function inventSymbol(random: RandomStream): DrawnSymbol {
  const count = STROKES[random.integer(STROKES.length)]!;
  const strokes: Stroke[] = [];
  while (strokes.length < count) strokes.push(inventStroke(random, count === 1, strokes));
  return { strokes, carelessness: random.uniform(0.036, 0.057) };
}

/** A straight piece of a drawn line. */
export type Segment = readonly [from: Point, to: Point];

/** One drawing of a symbol: the line of the pen, on a page whose sides are 1. */
export interface Drawing {
  readonly segments: readonly Segment[];
  /** Half the width of the line. */
  readonly radius: number;
}

/** Straight pieces between two points of a curve. */
const PIECES = 8;
/** Standard deviations of what a hand does to a whole drawing: rotation (radians), slant, stretch of each side. */
const HAND = { turn: 0.12, slant: 0.15, stretch: 0.1 };
const [THINNEST, BROADEST] = [0.036, 0.071];

/** A point on the Catmull-Rom curve from b to c, whose neighbors are a and d. */
function onCatmullRom([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const along = (axis: 0 | 1) =>
    0.5 *
    (2 * b[axis] +
      (c[axis] - a[axis]) * t +
      (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t ** 2 +
      (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3);
  return [along(0), along(1)];
}

const beyond = (end: Point, before: Point): Point => [2 * end[0] - before[0], 2 * end[1] - before[1]];

/** Points along a stroke, close enough together for straight lines between them. */
function trace({ points, closed, straight }: Stroke): readonly Point[] {
  const way = closed ? [...points, points[0]!] : points;
  if (straight || way.length < 3) return way;
  const before = closed ? way.at(-2)! : beyond(way[0]!, way[1]!);
  const after = closed ? way[1]! : beyond(way.at(-1)!, way.at(-2)!);
  const known = [before, ...way, after];
  const traced: Point[] = [];
  for (let i = 0; i + 1 < way.length; i++) {
    const four = [known[i]!, known[i + 1]!, known[i + 2]!, known[i + 3]!] as const;
    for (let piece = 0; piece < PIECES; piece++) traced.push(onCatmullRom(four, piece / PIECES));
  }
  return [...traced, way.at(-1)!];
}

/** Draws a symbol as a hand would: points are missed a little, and the whole is rotated, slanted and stretched. */
export function drawByHand({ strokes, carelessness }: DrawnSymbol, random: RandomStream): Drawing {
  const turn = random.normal(0, HAND.turn);
  const slant = random.normal(0, HAND.slant);
  const [wide, high] = [1 + random.normal(0, HAND.stretch), 1 + random.normal(0, HAND.stretch)];
  const moved = ([right, down]: Point): Point => {
    const [x, y] = [right - 0.5, down - 0.5];
    return [0.5 + wide * x + (slant - turn) * y, 0.5 + turn * x + high * y];
  };
  const missed = ([right, down]: Point): Point => [
    right + random.normal(0, carelessness),
    down + random.normal(0, carelessness),
  ];
  const segments = strokes.flatMap((stroke): Segment[] => {
    const way = trace({ ...stroke, points: stroke.points.map(missed) }).map(moved);
    return way.slice(1).map((to, i) => [way[i]!, to]);
  });
  return { segments, radius: random.uniform(THINNEST, BROADEST) };
}

/** Distance between the point (x, y) and a straight piece of line, all in pixels. */
function distance(x: number, y: number, x0: number, y0: number, dx: number, dy: number): number {
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length;
  const t = share < 0 ? 0 : share > 1 ? 1 : share;
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

/**
 * A drawing as an image: white lines with round ends on black, their edges one pixel soft.
 *
 * @param side height and width in pixels
 * @returns side · side values in [0, 1], row by row
 */
export function rasterize({ segments, radius }: Drawing, side: number): Float32Array {
  const pixels = new Float32Array(side * side);
  const reach = radius * side + 0.5;
  const within = (value: number) => Math.min(side - 1, Math.max(0, value));
  for (const [from, to] of segments) {
    const [x0, y0] = [from[0] * side, from[1] * side];
    const [dx, dy] = [to[0] * side - x0, to[1] * side - y0];
    const top = within(Math.floor(Math.min(y0, y0 + dy) - reach));
    const bottom = within(Math.ceil(Math.max(y0, y0 + dy) + reach));
    const left = within(Math.floor(Math.min(x0, x0 + dx) - reach));
    const right = within(Math.ceil(Math.max(x0, x0 + dx) + reach));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const ink = reach - distance(column + 0.5, row + 0.5, x0, y0, dx, dy);
        const index = row * side + column;
        if (ink > pixels[index]!) pixels[index] = Math.min(1, ink);
      }
    }
  }
  return pixels;
}

export interface InventSymbolsOptions {
  /** Number of symbols, each a class. */
  readonly symbols: number;
  /** Drawings of each symbol. */
  readonly drawings: number;
  /** Height and width in pixels. Default 28. */
  readonly side?: number;
  readonly seed: number;
}

/**
 * Invents symbols that no alphabet has, and draws each many times as if by hand. On such classes, of which there is no
 * end, an encoder learns what makes two drawings the same symbol. No image is real handwriting. Symbol `s` and its drawing
 * `d` depend on the seed and these two numbers alone.
 *
 * @returns images `[side, side, 1]`, drawing by drawing of each symbol; classes are `symbol 0`, `symbol 1`, …
 * @throws UsageError when a count is not a whole number of at least 1, or the side is below 8
 */
export function inventSymbols(options: InventSymbolsOptions): ImageSource {
  const {
    symbols,
    drawings,
    side = 28,
    seed,
  } = checkFields('inventSymbols', options, {
    symbols: whole(),
    drawings: whole(),
    side: optional(whole(8)),
    seed: checkSeed,
  });
  checkAmount('inventSymbols', symbols, drawings, [side, side, 1]);
  const classes = Array.from({ length: symbols }, (_, symbol) => `symbol ${symbol}`);
  return drawnSource(classes, drawings, [side, side, 1], (symbol) => {
    const meant = inventSymbol(randomStream(seed, 'symbol', symbol));
    return (drawing) => rasterize(drawByHand(meant, randomStream(seed, 'drawing', symbol, drawing)), side);
  });
}
