import { LONGEST_TILE, pointAt, pointsOf } from '../toomCook.js';
import type { Axis } from './geometry.js';

/** One axis of a convolution in tiles, which are longest first, and in phases. */
export interface Line {
  /** Taps of the filter on one phase, and points of the longest tile. */
  taps: number;
  points: number;
  phases: number;
  /** What is transformed together: of the inputs each tile of each phase, of the outputs each tile, of the filter each phase. */
  inputs: readonly Group[];
  outputs: readonly Group[];
  filter: readonly Group[];
}

export interface Group {
  phase: number;
  /** Index of the tile, and the number of its outputs. */
  tile: number;
  outputs: number;
  /** Positions on the axis, which may lie outside of the image. */
  positions: readonly number[];
  /** Indices of the points among those of the longest tile, and places of their values among those of all groups. */
  points: readonly number[];
  slots: readonly number[];
}

export function lineOf({ kernel, stride, padding, output }: Axis): Line {
  const taps = kernel / stride;
  const points = pointsOf(taps);
  const tiles = range(Math.ceil(output / LONGEST_TILE)).map((tile) => {
    const first = tile * LONGEST_TILE;
    const outputs = Math.min(LONGEST_TILE, output - first);
    const own = range(outputs + taps - 1).map((index) => pointAt(index, outputs, taps));
    return { tile, first, outputs, points: own };
  });
  const phases = range(stride);
  return {
    taps,
    points,
    phases: stride,
    inputs: numbered(
      tiles.flatMap(({ first, ...tile }) =>
        phases.map((phase) => ({
          ...tile,
          phase,
          positions: tile.points.map((_, index) => (first + index) * stride + phase - padding),
        })),
      ),
    ),
    outputs: numbered(
      tiles.map(({ first, ...tile }) => ({
        ...tile,
        phase: 0,
        positions: range(tile.outputs).map((index) => first + index),
      })),
    ),
    filter: numbered(
      phases.map((phase) => ({
        ...{ phase, tile: 0, outputs: LONGEST_TILE, points: range(points) },
        positions: range(taps).map((tap) => phase + tap * stride),
      })),
    ),
  };
}

const range = (count: number) => [...Array(count).keys()];

function numbered(groups: Omit<Group, 'slots'>[]): Group[] {
  let slots = 0;
  return groups.map((group) => ({ ...group, slots: group.points.map(() => slots++) }));
}

/** Number of values that groups are transformed to. */
export function slotsOf(groups: readonly Group[]): number {
  return groups.at(-1)!.slots.at(-1)! + 1;
}

/**
 * Planes of a block of images: one for each pair of points, with a row for each pair of tiles that have both and for each
 * image. The first tiles have all points, so the tiles of a plane are a rectangle.
 */
export interface Planes {
  /** Number of planes. */
  count: number;
  /** Rows of all planes together, per image. */
  rows: number;
  /** Rows per image before a plane, and in it. */
  before: readonly number[];
  within: readonly number[];
  /** Index of the plane and the row per image of two points. */
  placeOf(down: Group, downPoint: number, along: Group, alongPoint: number): { plane: number; row: number };
}

export function planesOf(down: Line, along: Line): Planes {
  const [tilesDown, tilesAlong] = [down, along].map((line) =>
    range(line.points).map((point) => line.outputs.filter(({ points }) => points.includes(point)).length),
  ) as [number[], number[]];
  const within = tilesDown.flatMap((some) => tilesAlong.map((others) => some * others));
  const before: number[] = [];
  let rows = 0;
  for (const count of within) {
    before.push(rows);
    rows += count;
  }
  return {
    ...{ count: within.length, rows, before, within },
    placeOf(downGroup, downPoint, alongGroup, alongPoint) {
      const plane = downPoint * along.points + alongPoint;
      return { plane, row: before[plane]! + downGroup.tile * tilesAlong[alongPoint]! + alongGroup.tile };
    },
  };
}
