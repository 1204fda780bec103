import type { TensorInfo } from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressesOf, type OwnTensor } from '../kernel.js';
import { type Simd, simdOf } from '../simd.js';
import { pointsOf, TAPS } from '../toomCook.js';
import { type Transform, transformName } from '../transformLoops.js';
import type { ConvInfo } from './geometry.js';
import { BLOCK_BYTES, type Group, type Layout, PANEL, slotsOf } from './winogradLayout.js';

/** Most integers that a transform's rows take in the table. */
const ENTRIES = 2 * 2 * Math.max(...TAPS.map(pointsOf));

/** Operations of a transform per value, about. */
const OPERATIONS = 32;

/** A row of vectors: the address of the first one in a batch, and how far the next one is, in bytes. */
interface Row {
  at: number;
  step: number;
}

/** Images or filters on one side of a transform: values per position, positions per row, and floats from one to the next. */
interface Outside {
  groups: 'inputs' | 'outputs' | 'filter';
  at: number;
  pixel: number;
  height: number;
  width: number;
}

/**
 * A convolution by minimal filtering, nested in both axes: inputs and filter are transformed to planes of points, where it is
 * one matrix product per plane, and the products are transformed back. Phases of the image count as more channels.
 */
export class Winograd {
  private readonly simd: Simd;
  /** Images at a time. */
  private readonly block: number;
  /** Addresses of planes of inputs and outputs, of what is between the two axes, of zeros, and of a row that nobody reads. */
  private readonly inputs: number;
  private readonly outputs: number;
  private readonly middle: number;
  private readonly zeros: number;
  private readonly lost: number;
  /** Address of the rows of all transforms of a pass, which may be made later, and the number of integers there. */
  private readonly table: number;
  private entries = 0;

  constructor(
    private readonly backend: BackendWasm,
    private readonly own: OwnTensor,
    private readonly info: ConvInfo,
    private readonly layout: Layout,
  ) {
    this.simd = simdOf(backend);
    const { down, planes, depth, longestRow, middle, bytesPerImage } = layout;
    const { inChannels, outChannels, batchSize, filterWidth } = info;
    this.block = Math.max(1, Math.min(batchSize, Math.floor(BLOCK_BYTES / bytesPerImage)));
    const rows = this.block * planes.rows;
    const filterMiddle = slotsOf(down.filter) * filterWidth * inChannels * outChannels;
    const [inputs, outputs, between, none, table] = this.addresses(
      rows * depth,
      rows * outChannels,
      Math.max(this.block * middle, filterMiddle),
      2 * longestRow,
      layout.transforms(this.simd.shares(this.block, 1).length) * ENTRIES,
    ) as [number, number, number, number, number];
    this.inputs = inputs;
    this.outputs = outputs;
    this.middle = between;
    this.zeros = none;
    this.lost = none + longestRow * 4;
    this.table = table;
    this.simd.clear(none, longestRow);
  }

  forward(x: number, filter: number, y: number): void {
    const { outChannels } = this.info;
    const panels = this.panels(filter, false);
    this.eachBlock((first, images) => {
      this.inward('input', this.images(x, first), this.inputs, images);
      this.multiply(images, this.inputs, this.layout.depth, panels, this.outputs, outChannels);
      this.outward('output', this.maps(y, first), this.outputs, images);
    });
  }

  /** Takes the filter with its channels swapped, and adds to `dx`. */
  backToInput(dy: number, swapped: number, dx: number): void {
    const { outChannels } = this.info;
    const panels = this.panels(swapped, true);
    this.eachBlock((first, images) => {
      this.inward('outputBack', this.maps(dy, first), this.outputs, images);
      this.multiply(images, this.outputs, outChannels, panels, this.inputs, this.layout.depth);
      this.outward('inputBack', this.images(dx, first), this.inputs, images);
    });
  }

  backToFilter(x: number, dy: number, gradient: number): void {
    const { outChannels } = this.info;
    const { count, rows, before, within } = this.layout.planes;
    const size = this.layout.depth * outChannels;
    const [products] = this.addresses(count * size) as [number];
    this.eachBlock((first, images) => {
      this.inward('input', this.images(x, first), this.inputs, images);
      this.inward('outputBack', this.maps(dy, first), this.outputs, images);
      this.simd.parallel(count, size * rows * images, (plane) => {
        const row = before[plane]! * images;
        this.simd.contract('rows', {
          a: this.inputs + row * this.layout.depth * 4,
          b: this.outputs + row * outChannels * 4,
          c: products + plane * size * 4,
          rows: this.layout.depth,
          columns: outChannels,
          aRow: 4,
          cRow: outChannels * 4,
          counts: [1, 1, within[plane]! * images],
          aSteps: [0, 0, this.layout.depth * 4],
          bSteps: [0, 0, outChannels * 4],
          accumulate: first > 0,
        });
      });
    });
    this.outward('filterBack', this.filter(gradient), products, 1);
  }

  /** Calls `work` for one block of images after the other. */
  private eachBlock(work: (first: number, images: number) => void): void {
    const { batchSize } = this.info;
    for (let first = 0; first < batchSize; first += this.block)
      work(first, Math.min(this.block, batchSize - first));
  }

  /** Multiplies rows of all planes with the transformed filter. */
  private multiply(
    images: number,
    from: number,
    sum: number,
    panels: number,
    to: number,
    columns: number,
  ): void {
    const { count, rows, before, within } = this.layout.planes;
    this.simd.parallel(count, rows * images * sum * columns, (plane) => {
      const row = before[plane]! * images;
      for (let column = 0; column < columns; column += PANEL) {
        this.simd.contract('sum', {
          a: from + row * sum * 4,
          b: panels + (plane * columns + column) * sum * 4,
          c: to + (row * columns + column) * 4,
          rows: within[plane]! * images,
          columns: PANEL,
          aRow: sum * 4,
          cRow: columns * 4,
          counts: [1, 1, sum],
          aSteps: [0, 0, 4],
          bSteps: [0, 0, PANEL * 4],
          accumulate: false,
        });
      }
    });
  }

  /** Transforms a filter and packs it for products. Phases follow each other in their sums, or, if it is swapped, in their columns. */
  private panels(filter: number, swapped: boolean): number {
    const { inChannels, outChannels } = this.info;
    const { count } = this.layout.planes;
    const size = count * this.layout.depth * outChannels;
    const [planes, packed] = this.addresses(size, size) as [number, number];
    this.inward('filter', this.filter(filter), planes, 1);
    const [matrices, rows, columns] = swapped
      ? [count * this.layout.phases, outChannels, inChannels]
      : [count, this.layout.depth, outChannels];
    for (let index = 0; index < matrices; index++) {
      const at = index * rows * columns * 4;
      this.simd.loop('Pack', planes + at, packed + at, columns / PANEL, rows, columns * 4);
    }
    return packed;
  }

  private images(at: number, first: number): Outside {
    const { inChannels: pixel, inHeight: height, inWidth: width } = this.info;
    return { groups: 'inputs', at: at + first * height * width * pixel * 4, pixel, height, width };
  }

  private maps(at: number, first: number): Outside {
    const { outChannels: pixel, outHeight: height, outWidth: width } = this.info;
    return { groups: 'outputs', at: at + first * height * width * pixel * 4, pixel, height, width };
  }

  private filter(at: number): Outside {
    const { inChannels, outChannels, filterHeight: height, filterWidth: width } = this.info;
    return { groups: 'filter', at, pixel: inChannels * outChannels, height, width };
  }

  /** Transforms images or a filter to planes. */
  private inward(name: Transform, outside: Outside, planes: number, images: number): void {
    this.vertical(name, outside, images);
    this.horizontal(name, outside, planes, images);
  }

  /** Transforms planes to images or a filter. */
  private outward(name: Transform, outside: Outside, planes: number, images: number): void {
    if (name === 'inputBack') {
      const slots = slotsOf(this.layout.down[outside.groups]);
      this.simd.clear(this.middle, slots * images * outside.width * outside.pixel);
    }
    this.horizontal(name, outside, planes, images);
    this.vertical(name, outside, images);
  }

  /** The transform along the height, between the outside and the middle, row by row. */
  private vertical(name: Transform, { groups, at, pixel, height, width }: Outside, images: number): void {
    const { down } = this.layout;
    const row = width * pixel * 4;
    const shares = this.simd.shares(images, 1);
    this.entries = 0;
    this.simd.parallel(shares.length, images * down[groups].length * OPERATIONS * width * pixel, (index) => {
      const { from, size } = shares[index]!;
      for (const group of down[groups]) {
        const outer = group.positions.map((position) =>
          this.rowAt(name, position, height, at + (from * height + position) * row, height * row),
        );
        const inner = group.slots.map((slot) => ({
          at: this.middle + (slot * images + from) * row,
          step: row,
        }));
        this.apply(name, down.taps, group, outer, inner, width * pixel, size);
      }
    });
  }

  /** The transform along the width, between the middle and planes, position by position. */
  private horizontal(
    name: Transform,
    { groups, pixel, width }: Outside,
    planes: number,
    images: number,
  ): void {
    const { down, along, depth, phases, planes: layout } = this.layout;
    const row = width * pixel * 4;
    const places = down[groups].flatMap((group) =>
      group.points.map((point, index) => ({ group, point, index })),
    );
    this.entries = 0;
    const operations = images * places.length * along[groups].length * OPERATIONS * pixel;
    this.simd.parallel(places.length, operations, (place) => {
      const { group: downGroup, point: downPoint, index } = places[place]!;
      const middle = this.middle + downGroup.slots[index]! * images * row;
      for (const group of along[groups]) {
        const outer = group.positions.map((position) =>
          this.rowAt(name, position, width, middle + position * pixel * 4, row),
        );
        const phase = (downGroup.phase * along.phases + group.phase) * pixel * 4;
        const inner = group.points.map((point) => {
          const { plane, row } = layout.placeOf(downGroup, downPoint, group, point);
          if (groups === 'filter') return { at: planes + plane * phases * pixel * 4 + phase, step: 0 };
          const step = (groups === 'inputs' ? depth : pixel) * 4;
          return { at: planes + row * images * step + phase, step };
        });
        this.apply(name, along.taps, group, outer, inner, pixel, images);
      }
    });
  }

  /** A row of the outside. Those beyond its borders hold zeros, and what is written there is lost. */
  private rowAt(name: Transform, position: number, length: number, at: number, step: number): Row {
    if (position >= 0 && position < length) return { at, step };
    return { at: name === 'inputBack' ? this.lost : this.zeros, step: 0 };
  }

  private apply(
    name: Transform,
    taps: number,
    { outputs }: Group,
    outer: readonly Row[],
    inner: readonly Row[],
    size: number,
    images: number,
  ): void {
    const inward = name === 'input' || name === 'outputBack' || name === 'filter';
    const table = this.table + this.entries * 4;
    const integers = this.simd.integers();
    for (const rows of inward ? [outer, inner] : [inner, outer]) {
      for (const { at, step } of rows) {
        integers[this.table / 4 + this.entries++] = at;
        integers[this.table / 4 + this.entries++] = step;
      }
    }
    this.simd.loop(transformName(name, taps, outputs), table, size / 4, images);
  }

  /** Addresses of new rooms for so many floats each. */
  private addresses(...sizes: number[]): number[] {
    const rooms: TensorInfo[] = sizes.map((size) => this.own(this.backend.makeOutput([size], 'float32')));
    return addressesOf(this.backend, ...rooms);
  }
}
