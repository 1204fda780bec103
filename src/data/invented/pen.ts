import type { RandomStream } from '../../core/index.js';
import type { DrawnSymbol, Point, Stroke } from './strokes.js';

/** A straight piece of a drawn line. */
export type Segment = readonly [from: Point, to: Point];

/** One drawing of a symbol: where the pen went, on a page whose sides are 1, and how broad it is. */
export interface Drawing {
  readonly segments: readonly Segment[];
  /** Half the width of the line. */
  readonly radius: number;
}

/** Straight pieces between two points of a curve. */
const PIECES = 8;
/** Standard deviations of what a hand does to a whole drawing: turning (radians), slanting, stretching each side. */
const HAND = { turn: 0.12, slant: 0.15, stretch: 0.1 };
const [THINNEST, BROADEST] = [0.036, 0.071];

/** A place on the Catmull-Rom curve from b to c, whose neighbours are a and d. */
function onCurve([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const along = (axis: 0 | 1) =>
    0.5 *
    (2 * b[axis] +
      (c[axis] - a[axis]) * t +
      (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t ** 2 +
      (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3);
  return [along(0), along(1)];
}

const beyond = (end: Point, before: Point): Point => [2 * end[0] - before[0], 2 * end[1] - before[1]];

/** Points close together along a stroke. */
function trace({ points, closed, straight }: Stroke): readonly Point[] {
  const way = closed ? [...points, points[0]!] : points;
  if (straight || way.length < 3) return way;
  const before = closed ? way.at(-2)! : beyond(way[0]!, way[1]!);
  const after = closed ? way[1]! : beyond(way.at(-1)!, way.at(-2)!);
  const known = [before, ...way, after];
  const traced: Point[] = [];
  for (let i = 0; i + 1 < way.length; i++) {
    const four = [known[i]!, known[i + 1]!, known[i + 2]!, known[i + 3]!] as const;
    for (let piece = 0; piece < PIECES; piece++) traced.push(onCurve(four, piece / PIECES));
  }
  return [...traced, way.at(-1)!];
}

/** Draws a symbol as a hand would: points are missed a little, and the whole is turned, slanted and stretched. */
export function drawByHand({ strokes, carelessness }: DrawnSymbol, random: RandomStream): Drawing {
  const turn = random.normal(0, HAND.turn);
  const slant = random.normal(0, HAND.slant);
  const [wide, high] = [1 + random.normal(0, HAND.stretch), 1 + random.normal(0, HAND.stretch)];
  const place = ([right, down]: Point): Point => {
    const [x, y] = [right - 0.5, down - 0.5];
    return [0.5 + wide * x + (slant - turn) * y, 0.5 + turn * x + high * y];
  };
  const missed = ([right, down]: Point): Point => [
    right + random.normal(0, carelessness),
    down + random.normal(0, carelessness),
  ];
  const segments = strokes.flatMap((stroke): Segment[] => {
    const way = trace({ ...stroke, points: stroke.points.map(missed) }).map(place);
    return way.slice(1).map((to, i) => [way[i]!, to]);
  });
  return { segments, radius: random.uniform(THINNEST, BROADEST) };
}
