import { refuse } from '../../core/checks.js';
import { type Check, checkList, listOf, numberFrom } from '../../core/kindChecks.js';
import type { RandomStream } from '../../core/random.js';
import type { Point } from '../outline.js';
import { chance, eitherSign, pick } from './chances.js';

/**
 * One movement of a pen between two moments of rest: points at equal times. The first is [0, 0]; about 1 is as long as a
 * character is high.
 */
export type SubStroke = readonly Point[];

/** Points of a sub-stroke. */
export const POINTS = 12;
/** Steps from point to point. */
const STEPS = POINTS - 1;

/** For each shape, the radians by which the pen turns before each of its steps. */
const turnsOf = {
  line: () => turning(0),
  arc: (random) => turning(eitherSign(random) * random.uniform(0.7, 3.4)),
  wave: (random) => {
    const turn = eitherSign(random) * random.uniform(1.2, 2.8);
    return turning(turn, 0, 5).map((step, i) => step - turning(turn, 5)[i]!);
  },
  loop: (random) => turning(eitherSign(random) * random.uniform(4.7, 6.3)),
  hook: (random) => {
    const turns = turning(eitherSign(random) * random.uniform(1.2, 3.3), 7);
    return chance(0.5, random) ? turns.reverse() : turns;
  },
  spline: (random) => {
    const turns = Array.from({ length: 4 }, () => random.normal(0, 0.45));
    return turning(0).map((_, i) => turns[Math.floor(i / 3)]!);
  },
  corner: (random) => {
    const at = 2 + random.integer(7);
    return turning(eitherSign(random) * random.uniform(1, 2.6), at, at + 1);
  },
} satisfies Record<string, (random: RandomStream) => number[]>;

/** Shapes of sub-strokes. */
export type SubStrokeShape = keyof typeof turnsOf;

export const subStrokeShapes = Object.keys(turnsOf) as SubStrokeShape[];

/** A turn that is spread evenly over the steps `from` … `to − 1`. */
function turning(turn: number, from = 0, to = STEPS): number[] {
  return Array.from({ length: STEPS }, (_, i) => (i >= from && i < to ? turn / (to - from) : 0));
}

/** What an alphabet prefers in the sub-strokes of its characters. */
export interface SubStrokePreferences {
  /** Weight of each shape. */
  readonly shapes: Readonly<Record<SubStrokeShape, number>>;
  /** Share of sub-strokes that lead across or down, and half the share of the others that lead along a diagonal; in [0, 1]. */
  readonly upright: number;
}

const QUARTER = Math.PI / 2;

/** The direction of a sub-stroke, in radians from the right to below. */
function inventDirection(upright: number, random: RandomStream): number {
  if (chance(upright, random)) return random.integer(4) * QUARTER + random.normal(0, 0.1);
  if (chance(0.5, random)) return (random.integer(4) + 0.5) * QUARTER + random.normal(0, 0.15);
  return random.uniform(0, 4 * QUARTER);
}

/** Invents a sub-stroke that gets as far as `length` from where it begins. */
export function inventSubStroke(
  { shapes, upright }: SubStrokePreferences,
  length: number,
  random: RandomStream,
): SubStroke {
  const weights = subStrokeShapes.map((name) => shapes[name]);
  const shape = subStrokeShapes[pick(weights, random)]!;
  const turns = turnsOf[shape](random);
  const round = shape === 'arc' || shape === 'loop';
  const whole = turns.reduce((sum, turn) => sum + turn, 0);
  let heading = inventDirection(upright, random) - turns[0]! / 2 - (round ? whole / 2 : 0);
  let [right, down] = [0, 0];
  const points: Point[] = [[0, 0]];
  for (const turn of turns) {
    heading += turn;
    right += Math.cos(heading);
    down += Math.sin(heading);
    points.push([right, down]);
  }
  // A loop is as wide as it is far from its beginning; a line is not.
  const size = ((shape === 'loop' ? 0.8 : 1) * length) / reachOf(points);
  return transformed(points, [size, 0, 0, size]);
}

/** Longest distance of a point from the first. */
export function reachOf(points: SubStroke): number {
  let square = 0;
  for (let i = 1; i < points.length; i++) {
    const point = points[i]!;
    square = Math.max(square, point[0] * point[0] + point[1] * point[1]);
  }
  return Math.sqrt(square);
}

/** The last point, where the next sub-stroke begins. */
export const endOf = (points: SubStroke): Point => points[POINTS - 1]!;

/** A linear map of the plane, row by row. */
export type Matrix = readonly [number, number, number, number];

/** A sub-stroke after a linear map. */
export const transformed = (points: SubStroke, [a, b, c, d]: Matrix): SubStroke =>
  points.map(([right, down]): Point => [a * right + b * down, c * right + d * down]);

/** A sub-stroke of another size. */
export const scaled = (points: SubStroke, size: number): SubStroke => transformed(points, [size, 0, 0, size]);

/** Farthest that a coordinate of a character may be from its beginning. */
const FARTHEST = 1000;

/** The check for a point of a character. */
export const checkPoint: Check = (name, value, of) => {
  checkList(name, value, of);
  if (value.length !== 2) refuse(name, value, 'a point [right, down]', of);
  listOf(numberFrom(-FARTHEST, FARTHEST))(name, value, of);
};

/** The check for a sub-stroke. */
export const checkSubStroke: Check = (name, value, of) => {
  listOf(checkPoint)(name, value, of);
  if ((value as SubStroke).length !== POINTS) refuse(name, value, `a list of ${POINTS} points`, of);
};
