import {
  type Character,
  type CharacterStroke,
  inventDot,
  MOST_PARTS,
  MOST_STROKES,
  type Placement,
  type Spot,
} from '../characters/character.js';
import { POINTS } from '../characters/subStroke.js';
import type { Point } from '../outline.js';
import { movementsOf, penLinesOf } from './penStrokes.js';
import { lengthOf, skeletonOf } from './skeleton.js';
import { type Bitmap, inkedPixels } from './thinning.js';

/** Longer side of a letter, as a character has it. */
const SIZE = 1.6;
/** Most sub-strokes of a letter: what has more is a picture. */
const MOST_MOVEMENTS = 30;
/** Strokes touch if they are nearer than this many half widths of a stroke, and pixels more; where they cross, nearer than this share of that. */
const [TOUCH, TOUCH_MORE, CROSS] = [0.9, 2, 0.9];
/** A place nearer to an end than this share of the stroke is the end. */
const END = 0.06;
/** Shortest stroke that is led to a second place, largest dot, and largest gap of a closed stroke. */
const [LED, DOT, GAP] = [0.15, 0.1, 0.05];

/** Points of all movements of a stroke, one behind the other. */
type Line = readonly Point[];

const snapped = (at: number): number => (at < END ? 0 : at > 1 - END ? 1 : at);

/** A place where a stroke touches one before: on that, on itself, and how far both are apart. */
interface Touch {
  readonly on: Spot;
  readonly by: number;
  readonly away: number;
}

/** The place at which one of some points of a line is nearest to the strokes before. */
function nearest(line: Line, among: readonly number[], before: readonly Line[]): Touch | undefined {
  let [square, best] = [Number.POSITIVE_INFINITY, [0, 0, 0]];
  for (const [stroke, other] of before.entries()) {
    for (const i of among) {
      const [right, down] = line[i]!;
      for (const [j, [otherRight, otherDown]] of other.entries()) {
        const found = (right - otherRight) ** 2 + (down - otherDown) ** 2;
        if (found < square) [square, best] = [found, [stroke, j, i]];
      }
    }
  }
  const [stroke, j, i] = best as [number, number, number];
  if (before.length === 0) return undefined;
  const on = { stroke, at: snapped(j / (before[stroke]!.length - 1)) };
  return { on, by: i / (line.length - 1), away: Math.sqrt(square) };
}

/** A line, turned around if it is to begin at its end, and where it joins those before. */
interface Joined {
  readonly line: Line;
  readonly placement: Placement;
}

/** Joins a line to those before, if it touches one: by its beginning, its end, or across. */
function joinTo(before: readonly Line[], line: Line, tolerance: number): Joined | undefined {
  const last = line.length - 1;
  const start = nearest(line, [0], before);
  if (start === undefined) return undefined;
  const end = nearest(line, [last], before)!;
  if (start.away < tolerance) {
    const led = end.away < tolerance && lengthOf(line) > LED;
    return { line, placement: { kind: 'joined', on: start.on, by: 0, ...(led ? { to: end.on } : {}) } };
  }
  if (end.away < tolerance) {
    return { line: line.toReversed(), placement: { kind: 'joined', on: end.on, by: 0 } };
  }
  const across = nearest(line, [...line.keys()], before)!;
  if (across.away >= CROSS * tolerance) return undefined;
  const by = Math.min(0.99, Math.max(0.01, across.by));
  return { line, placement: { kind: 'joined', on: across.on, by } };
}

/** Puts lines in an order in which each that touches another comes after it, else the longest first. */
function ordered(lines: readonly Line[], tolerance: number): Joined[] {
  const left = new Set([...lines].sort((a, b) => lengthOf(b) - lengthOf(a)));
  const found: Joined[] = [];
  while (left.size > 0) {
    const before = found.map(({ line }) => line);
    let next: readonly [Line, Joined] | undefined;
    for (const line of left) {
      const joins = joinTo(before, line, tolerance);
      if (joins !== undefined) {
        next = [line, joins];
        break;
      }
    }
    if (next === undefined) {
      const [longest] = left as Iterable<Line> as [Line];
      next = [longest, { line: longest, placement: { kind: 'apart', middle: boxOf(longest).middle } }];
    }
    left.delete(next[0]);
    found.push(next[1]);
  }
  return found;
}

/** Middle and longer side of the box around points. */
function boxOf(points: Line): { readonly middle: Point; readonly longer: number } {
  let [left, top, right, bottom] = [...points[0]!, ...points[0]!];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return {
    middle: [(left + right) / 2, (top + bottom) / 2],
    longer: Math.max(right - left, bottom - top),
  };
}

function strokeOf({ line, placement }: Joined, index: number): CharacterStroke {
  const { middle, longer } = boxOf(line);
  if (longer < DOT && placement.kind === 'apart' && index > 0) return inventDot(middle);
  const parts = Array.from({ length: (line.length - 1) / (POINTS - 1) }, (_, part) => {
    const points = line.slice(part * (POINTS - 1), (part + 1) * (POINTS - 1) + 1);
    const [right, down] = points[0]!;
    return points.map(([x, y]): Point => [x - right, y - down]);
  });
  const [first, last] = [line[0]!, line.at(-1)!];
  const led = placement.kind === 'joined' && placement.to !== undefined;
  const returns = Math.max(Math.abs(first[0] - last[0]), Math.abs(first[1] - last[1])) < GAP;
  return { parts, placement, closed: returns && longer >= DOT && !led, dot: false };
}

/**
 * Finds the strokes by which a pen would draw a letter, so that drawers of invented characters can draw it: the middle of its
 * ink, cut at junctions and corners.
 *
 * @returns `undefined` without ink, and for what takes more strokes than a letter does
 */
export function letterCharacter(letter: Bitmap): Character | undefined {
  const skeleton = skeletonOf(letter);
  if (skeleton === undefined || skeleton.edges.length === 0) return undefined;
  const { side } = letter;
  const size = boxOf(
    inkedPixels(letter).map((pixel): Point => [pixel % side, Math.floor(pixel / side)]),
  ).longer;
  const strokes = penLinesOf(skeleton).map((line) => movementsOf(line, size));
  const counts = strokes.map(({ length }) => length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length > MOST_STROKES || Math.max(...counts) > MOST_PARTS || all > MOST_MOVEMENTS) {
    return undefined;
  }
  const lines = strokes.map((movements) => movements.flatMap((points, i) => points.slice(i === 0 ? 0 : 1)));
  const [right, down] = boxOf(lines.flat()).middle;
  const scale = SIZE / size;
  const scaled = lines.map((line) => line.map(([x, y]): Point => [scale * (x - right), scale * (y - down)]));
  const tolerance = scale * (TOUCH * skeleton.halfWidth + TOUCH_MORE);
  return { strokes: ordered(scaled, tolerance).map(strokeOf) };
}
