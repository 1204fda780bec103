import { LONGEST_TILE, pointAt, pointsOf } from '../toomCook.js';
import { type Axis, axesOf, type ConvInfo } from './geometry.js';

/** Columns that are packed together: those of the widest tile of a contraction. */
export const PANEL = 8;

/** Bytes of planes that are worked on at a time, and most that one image may take. */
export const BLOCK_BYTES = 1.5 * 2 ** 20;

/**
 * Fewest channels, by taps per phase: those of inputs times those of outputs over their sum, which is what products take beside
 * what transforms take. From there on it was faster than a plain sum by trial.
 */
const FEWEST_CHANNELS: Readonly<Record<number, number>> = { 2: 16, 3: 10 };

const known = new Map<string, Layout | undefined>();
const MOST_KNOWN = 256;

/**
 * The layout of a convolution that is computed by minimal filtering (see `toomCook.ts`), and `undefined` for others. This depends
 * on shapes, but not on the number of images: an image's results are the same bits in any batch.
 */
export function winogradLayout(info: ConvInfo): Layout | undefined {
  const axes = Object.values(axesOf(info)).flatMap((axis) => Object.values(axis));
  const name = [info.inChannels, info.outChannels, ...axes].join();
  if (!known.has(name)) {
    if (known.size === MOST_KNOWN) known.clear();
    known.set(name, suits(info) ? new Layout(info) : undefined);
  }
  return known.get(name);
}

function suits(info: ConvInfo): boolean {
  const { inChannels, outChannels } = info;
  const axes = Object.values(axesOf(info));
  const filters = axes.every(
    ({ kernel, stride, dilation, output }) =>
      dilation === 1 && output > 1 && kernel / stride in FEWEST_CHANNELS,
  );
  if (!filters || inChannels % PANEL > 0 || outChannels % PANEL > 0) return false;
  const fewest = Math.max(...axes.map(({ kernel, stride }) => FEWEST_CHANNELS[kernel / stride]!));
  if (inChannels * outChannels < fewest * (inChannels + outChannels)) return false;
  return new Layout(info).bytesPerImage <= BLOCK_BYTES;
}

/** One axis of a convolution in tiles, which are longest first, and in phases. */
interface Line {
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

function lineOf({ kernel, stride, padding, output }: Axis): Line {
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
interface Planes {
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

function planesOf(down: Line, along: Line): Planes {
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

/** Sizes of what a convolution is transformed to. */
export class Layout {
  readonly down: Line;
  readonly along: Line;
  readonly planes: Planes;
  /** Number of phases, and the input channels of all of them. */
  readonly phases: number;
  readonly depth: number;
  /** Floats of a row of the images and of the outputs, and per image of what is between the two axes. */
  readonly longestRow: number;
  readonly middle: number;
  readonly bytesPerImage: number;

  constructor(info: ConvInfo) {
    const { height, width } = axesOf(info);
    const { inChannels, outChannels } = info;
    this.down = lineOf(height);
    this.along = lineOf(width);
    this.planes = planesOf(this.down, this.along);
    this.phases = this.down.phases * this.along.phases;
    this.depth = this.phases * inChannels;
    const [inRow, outRow] = [info.inWidth * inChannels, info.outWidth * outChannels];
    this.longestRow = Math.max(inRow, outRow);
    this.middle = Math.max(slotsOf(this.down.inputs) * inRow, slotsOf(this.down.outputs) * outRow);
    this.bytesPerImage = 4 * (this.middle + this.planes.rows * (this.depth + outChannels));
  }
  /** Most transforms of one pass, if images are cut into so many shares. */
  transforms(shares: number): number {
    const { down, along } = this;
    const counts = (['inputs', 'outputs', 'filter'] as const).map((groups) =>
      Math.max(down[groups].length * shares, slotsOf(down[groups]) * along[groups].length),
    );
    return Math.max(...counts);
  }
}
