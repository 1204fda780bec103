import { axesOf, type ConvInfo } from './geometry.js';
import { type Line, lineOf, type Planes, planesOf, slotsOf } from './winogradTiles.js';

/** Channels come in whole vectors. */
const MULTIPLE = 4;

/** Bytes of planes that are worked on at a time, which stay in a second-level cache, and most that one image may take. */
export const BLOCK_BYTES = 1.5 * 2 ** 20;
const MOST_BYTES = 3 * 2 ** 20;

/**
 * Fewest channels, by taps per phase: those of inputs times those of outputs over their sum, which is what products take beside
 * what transforms take. From there on it was faster than a plain sum by trial.
 */
const FEWEST_CHANNELS: Readonly<Record<number, number>> = { 2: 7, 3: 5 };

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
    known.set(name, layoutOf(info));
  }
  return known.get(name);
}

function layoutOf(info: ConvInfo): Layout | undefined {
  const { inChannels, outChannels } = info;
  const axes = Object.values(axesOf(info));
  const filters = axes.every(
    ({ kernel, stride, dilation, output }) =>
      dilation === 1 && output > 1 && kernel / stride in FEWEST_CHANNELS,
  );
  if (!filters || inChannels % MULTIPLE > 0 || outChannels % MULTIPLE > 0) return undefined;
  const fewest = Math.max(...axes.map(({ kernel, stride }) => FEWEST_CHANNELS[kernel / stride]!));
  if (inChannels * outChannels < fewest * (inChannels + outChannels)) return undefined;
  const layout = new Layout(info);
  return layout.bytesPerImage <= MOST_BYTES ? layout : undefined;
}

/** What is transformed: values per position, and positions per column and row. */
export interface Outside {
  groups: 'inputs' | 'outputs' | 'filter';
  pixel: number;
  height: number;
  width: number;
}

/** Sizes of what a convolution is transformed to. */
export class Layout {
  readonly down: Line;
  readonly along: Line;
  readonly planes: Planes;
  /** Number of phases, and the input channels of all of them. */
  readonly phases: number;
  readonly depth: number;
  readonly inputs: Outside;
  readonly outputs: Outside;
  readonly filter: Outside;
  /** Floats of the longest row of images, and per image of what is between the two axes. */
  readonly longestRow: number;
  readonly middle: number;
  readonly bytesPerImage: number;
  private readonly passes = new Map<string, Pass>();

  constructor(info: ConvInfo) {
    const { height, width } = axesOf(info);
    const { inChannels, outChannels } = info;
    this.down = lineOf(height);
    this.along = lineOf(width);
    this.planes = planesOf(this.down, this.along);
    this.phases = this.down.phases * this.along.phases;
    this.depth = this.phases * inChannels;
    const sizes = (pixel: number, side: 'input' | 'output' | 'kernel') => ({
      ...{ pixel, height: height[side], width: width[side] },
    });
    this.inputs = { groups: 'inputs', ...sizes(inChannels, 'input') };
    this.outputs = { groups: 'outputs', ...sizes(outChannels, 'output') };
    this.filter = { groups: 'filter', ...sizes(inChannels * outChannels, 'kernel') };
    const [inRow, outRow] = [this.inputs, this.outputs].map((side) => side.width * side.pixel) as [
      number,
      number,
    ];
    this.longestRow = Math.max(inRow, outRow);
    this.middle = Math.max(slotsOf(this.down.inputs) * inRow, slotsOf(this.down.outputs) * outRow);
    this.bytesPerImage = 4 * (this.middle + this.planes.rows * (this.depth + outChannels));
  }

  /** All transforms along one axis of a block of images, from outside in or from inside out. */
  pass(outside: Outside, axis: 'down' | 'along', inward: boolean, images: number): Pass {
    const name = [outside.groups, axis, inward, images].join();
    if (this.passes.size === MOST_KNOWN) this.passes.clear();
    const known =
      this.passes.get(name) ?? (axis === 'down' ? this.passDown : this.passAlong)(outside, inward, images);
    this.passes.set(name, known);
    return known;
  }

  private readonly passDown = (
    { groups, pixel, height, width }: Outside,
    inward: boolean,
    images: number,
  ): Pass => {
    const row = width * pixel * 4;
    const transforms = this.down[groups].map((group) => ({
      outputs: group.outputs,
      outer: group.positions.map((position) => {
        const within = position >= 0 && position < height;
        return within ? { base: OUTSIDE, at: position * row, step: height * row } : BEYOND;
      }),
      inner: group.slots.map((slot) => ({ base: MIDDLE, at: slot * images * row, step: row })),
    }));
    return passOf(transforms, this.down.taps, (width * pixel) / 4, inward);
  };

  private readonly passAlong = ({ groups, pixel, width }: Outside, inward: boolean, images: number): Pass => {
    const { down, along, planes, phases, depth } = this;
    const row = width * pixel * 4;
    const transforms = down[groups].flatMap((downGroup) =>
      downGroup.points.flatMap((downPoint, index) =>
        along[groups].map((group) => {
          const middle = downGroup.slots[index]! * images * row;
          const phase = (downGroup.phase * along.phases + group.phase) * pixel * 4;
          return {
            outputs: group.outputs,
            outer: group.positions.map((position) => {
              const within = position >= 0 && position < width;
              return within ? { base: MIDDLE, at: middle + position * pixel * 4, step: row } : BEYOND;
            }),
            inner: group.points.map((point) => {
              const place = planes.placeOf(downGroup, downPoint, group, point);
              if (groups === 'filter')
                return { base: PLANES, at: place.plane * phases * pixel * 4 + phase, step: 0 };
              const step = (groups === 'inputs' ? depth : pixel) * 4;
              return { base: PLANES, at: place.row * images * step + phase, step };
            }),
          };
        }),
      ),
    );
    return passOf(transforms, along.taps, pixel / 4, inward);
  };
}

/** What addresses of a pass are relative to: the outside, the middle, the planes, and a row beyond the borders. */
const [OUTSIDE, MIDDLE, PLANES, NOWHERE] = [0, 1, 2, 3] as const;

/** A row of vectors: where the first one in a batch is, and how far the next one is, in bytes. */
interface Row {
  base: number;
  at: number;
  step: number;
}

const BEYOND: Row = { base: NOWHERE, at: 0, step: 0 };

/** Transforms along one axis. */
export interface Pass {
  taps: number;
  /** Vectors of a row. */
  fours: number;
  /** Transforms of tiles with so many outputs: how many, and rows of all of them. */
  runs: { outputs: number; calls: number; rows: number }[];
  /** Base, offset and step of each row of each transform. */
  rows: Int32Array;
}

interface Transformed {
  outputs: number;
  outer: Row[];
  inner: Row[];
}

function passOf(transforms: Transformed[], taps: number, fours: number, inward: boolean): Pass {
  const lengths = [...new Set(transforms.map(({ outputs }) => outputs))];
  const sorted = lengths.map((length) => transforms.filter(({ outputs }) => outputs === length));
  const rows = sorted
    .flat()
    .flatMap(({ outer, inner }) => (inward ? [...outer, ...inner] : [...inner, ...outer]));
  const runs = sorted.map((some) => ({
    ...{ outputs: some[0]!.outputs, calls: some.length },
    rows: some.length * (some[0]!.outer.length + some[0]!.inner.length),
  }));
  return { taps, fours, runs, rows: Int32Array.from(rows.flatMap(({ base, at, step }) => [base, at, step])) };
}
