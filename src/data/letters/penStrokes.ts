import { POINTS } from '../characters/subStroke.js';
import type { Point } from '../outline.js';
import { type Edge, lengthOf, type Skeleton } from './skeleton.js';

/** Least cosine of the angle between two lines that one stroke takes through a junction of more than two. */
const STRAIGHT = 0.5;
/** The direction of a line at a junction: between points so many half widths of a stroke away from it. */
const [NEAR, FAR] = [0.8, 2.2];

/** An end of an edge: its index, and which of its two ends. */
interface End {
  readonly edge: number;
  readonly side: 0 | 1;
}

const keyOf = ({ edge, side }: End) => 2 * edge + side;

/** The direction in which a line leaves its end. */
function directionAt({ points }: Edge, side: 0 | 1, halfWidth: number): Point {
  const from = side === 0 ? points : points.toReversed();
  const far = Math.min(from.length - 1, Math.max(3, Math.floor(FAR * halfWidth)));
  const near = from.length > 2 * far ? Math.max(1, Math.floor(NEAR * halfWidth)) : 0;
  const [right, down] = [from[far]![0] - from[near]![0], from[far]![1] - from[near]![1]];
  const length = Math.hypot(right, down) + 1e-9;
  return [right / length, down / length];
}

/** For each end of an edge that a stroke goes on from, the end at which it does: the straightest first. */
function linksThrough({ edges, halfWidth }: Skeleton): Map<number, End> {
  const ends = new Map<number, (End & { direction: Point })[]>();
  for (const [edge, { nodes }] of edges.entries()) {
    for (const side of [0, 1] as const) {
      const at = ends.get(nodes[side]) ?? [];
      ends.set(nodes[side], at);
      at.push({ edge, side, direction: directionAt(edges[edge]!, side, halfWidth) });
    }
  }
  const links = new Map<number, End>();
  for (const at of ends.values()) {
    const pairs = at.flatMap((one, i) =>
      at.slice(0, i).map((other) => ({
        one,
        other,
        straight: -(one.direction[0] * other.direction[0] + one.direction[1] * other.direction[1]),
      })),
    );
    for (const { one, other, straight } of pairs.sort((a, b) => b.straight - a.straight)) {
      if (links.has(keyOf(one)) || links.has(keyOf(other))) continue;
      if (at.length > 2 && straight < STRAIGHT) continue;
      links.set(keyOf(one), other);
      links.set(keyOf(other), one);
    }
  }
  return links;
}

/** The lines that a pen draws without being lifted: through each junction, those that go on straight. */
export function penLinesOf(skeleton: Skeleton): Point[][] {
  const { edges } = skeleton;
  const links = linksThrough(skeleton);
  const drawn = new Set<number>();
  /** The edges that follow beyond an end, each with the side at which it begins. */
  const beyond = (end: End): End[] => {
    const found: End[] = [];
    let next = links.get(keyOf(end));
    while (next !== undefined && !drawn.has(next.edge)) {
      drawn.add(next.edge);
      found.push(next);
      next = links.get(keyOf({ edge: next.edge, side: next.side === 0 ? 1 : 0 }));
    }
    return found;
  };
  return edges.flatMap((_, edge) => {
    if (drawn.has(edge)) return [];
    drawn.add(edge);
    const after = beyond({ edge, side: 1 });
    const before = beyond({ edge, side: 0 }).map(
      (end): End => ({ edge: end.edge, side: end.side === 0 ? 1 : 0 }),
    );
    const path = [...before.reverse(), { edge, side: 0 } as const, ...after];
    const line = path.flatMap((end, i) => {
      const { points } = edges[end.edge]!;
      return (end.side === 0 ? points : points.toReversed()).slice(i === 0 ? 0 : 1);
    });
    return [line];
  });
}

/** Distance of the points in which corners are looked for, in pixels. */
const STEP = 1.5;
/** Standard deviation of the bell by which points are smoothed, in points. */
const SMOOTHING = 1.3;
const BELL = Array.from({ length: 5 }, (_, i) => Math.exp(-(((i + 1) / SMOOTHING) ** 2) / 2));
/** A corner turns by so many radians at least, between two pieces of this share of the letter's size. */
const [CORNER, PIECE] = [1, 0.055];
/** Longest sub-stroke as a share of the letter's size, and the most it turns in all, in radians. */
const [LONGEST, MOST_TURN] = [0.75, 4.2];

/** So many points on a line, at equal distances. */
function spread(points: readonly Point[], count: number): Point[] {
  const step = lengthOf(points) / (count - 1);
  let [segment, before] = [0, 0];
  return Array.from({ length: count }, (_, i): Point => {
    for (;;) {
      const [from, to] = [points[segment]!, points[segment + 1] ?? points[segment]!];
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
      const over = i * step - before;
      if (over > length && segment < points.length - 2) {
        before += length;
        segment++;
        continue;
      }
      const share = length === 0 ? 0 : Math.min(1, over / length);
      return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    }
  });
}

/** Points without the stairs of pixels. A closed line has its first point at its end again. */
function smoothed(points: readonly Point[], closed: boolean): Point[] {
  const last = points.length - 1;
  const at = (i: number): Point =>
    closed ? points[((i % last) + last) % last]! : points[Math.min(last, Math.max(0, i))]!;
  const smooth = points.map((point, i): Point => {
    if (!closed && (i === 0 || i === last)) return point;
    let [right, down, weight] = [point[0], point[1], 1];
    for (const [j, share] of BELL.entries()) {
      const [before, after] = [at(i - j - 1), at(i + j + 1)];
      right += share * (before[0] + after[0]);
      down += share * (before[1] + after[1]);
      weight += 2 * share;
    }
    return [right / weight, down / weight];
  });
  return smooth;
}

/** Radians, without sign, by which a line turns at a point, seen from so many points before and behind. */
function turnAt(points: readonly Point[], i: number, stride: number): number {
  const [before, here, after] = [points[i - stride]!, points[i]!, points[i + stride]!];
  const [x0, y0, x1, y1] = [here[0] - before[0], here[1] - before[1], after[0] - here[0], after[1] - here[1]];
  return Math.abs(Math.atan2(x0 * y1 - y0 * x1, x0 * x1 + y0 * y1));
}

/** Where a line has corners, the sharpest of those near each other. */
function cornersOf(points: readonly Point[], size: number): number[] {
  const stride = Math.max(2, Math.floor((PIECE * size) / STEP));
  const turns = points.map((_, i) =>
    i < stride || i + stride >= points.length ? 0 : turnAt(points, i, stride),
  );
  const corners: number[] = [];
  for (;;) {
    const sharpest = turns.reduce((best, turn, i) => (turn > turns[best]! ? i : best), 0);
    if (turns[sharpest]! < CORNER) return corners.sort((a, b) => a - b);
    corners.push(sharpest);
    turns.fill(0, Math.max(0, sharpest - 2 * stride), sharpest + 2 * stride + 1);
  }
}

/** Number of movements that a line without corners takes. */
function movementsIn(points: readonly Point[], size: number): number {
  const stride = 3;
  let turn = 0;
  for (let i = stride; i + stride < points.length; i++) turn += turnAt(points, i, stride) / stride;
  return Math.max(1, Math.ceil(Math.max(lengthOf(points) / (LONGEST * size), turn / MOST_TURN) - 0.05));
}

/**
 * The movements of a pen along a line: cut at its corners, and where it is long or turns far. Each has as many points as a
 * sub-stroke, the first where the one before ends.
 *
 * @param size longer side of the letter, in pixels
 */
export function movementsOf(line: readonly Point[], size: number): Point[][] {
  const length = lengthOf(line);
  if (length < 2 * STEP) return [spread(line, POINTS)];
  const [first, last] = [line[0]!, line.at(-1)!];
  const closed = length > 8 && Math.hypot(first[0] - last[0], first[1] - last[1]) < 0.5;
  const points = smoothed(spread(line, Math.max(8, Math.floor(length / STEP))), closed);
  const cuts = [0, ...cornersOf(points, size), points.length - 1];
  return cuts.slice(1).flatMap((to, i) => {
    const piece = points.slice(cuts[i]!, to + 1);
    const count = movementsIn(piece, size);
    const whole = spread(piece, count * (POINTS - 1) + 1);
    return Array.from({ length: count }, (_, part) =>
      whole.slice(part * (POINTS - 1), (part + 1) * (POINTS - 1) + 1),
    );
  });
}
