import type { RandomStream } from '../../core/index.js';

/** A place on a page whose sides are 1: right and down from its upper left corner. */
export type Point = readonly [right: number, down: number];

/** One movement of a pen. */
export interface Stroke {
  /** Where the pen goes through, in order. */
  readonly points: readonly Point[];
  /** Whether it comes back to where it began. */
  readonly closed: boolean;
  /** Straight from point to point, or along a smooth curve. */
  readonly straight: boolean;
}

/** How a symbol is meant: what all drawings of it share. */
export interface DrawnSymbol {
  readonly strokes: readonly Stroke[];
  /** How far a hand misses its points: standard deviation along each axis. */
  readonly carelessness: number;
}

/** The part of the page that points lie in: as wide and high as MNIST's digits in their images. */
const AREA = { left: 0.21, top: 0.14, width: 0.58, height: 0.72 };
/** Strokes of a symbol, each as likely as it stands here. */
const STROKES = [1, 1, 2, 2, 3];
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

/** Invents a symbol of one to three strokes: letters of no alphabet, as many as are asked for. */
export function inventSymbol(random: RandomStream): DrawnSymbol {
  const count = STROKES[random.integer(STROKES.length)]!;
  const strokes: Stroke[] = [];
  while (strokes.length < count) strokes.push(inventStroke(random, count === 1, strokes));
  return { strokes, carelessness: random.uniform(0.036, 0.057) };
}
