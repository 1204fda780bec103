import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressesOf, type OwnTensor } from '../kernel.js';
import { type Simd, simdOf } from '../simd.js';
import { type Transform, transformName } from '../transformLoops.js';
import { addBias, type BiasAt, biasLoop } from './bias.js';
import type { ConvInfo } from './geometry.js';
import { BLOCK_BYTES, type Layout, type Outside } from './winogradLayout.js';
import { slotsOf } from './winogradTiles.js';

/** Rows of products that leave no part of a tile, whatever its height. */
const WHOLE_TILES = 12;

/** Operations of a transform per value, about. */
const OPERATIONS = 32;

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
  constructor(
    private readonly backend: BackendWasm,
    private readonly own: OwnTensor,
    private readonly info: ConvInfo,
    private readonly layout: Layout,
  ) {
    this.simd = simdOf(backend);
    const { down, planes, depth, longestRow, middle, bytesPerImage } = layout;
    const { inChannels, outChannels, batchSize, filterWidth } = info;
    const most = Math.max(1, Math.min(batchSize, Math.floor(BLOCK_BYTES / bytesPerImage)));
    this.block = most - (most > WHOLE_TILES ? most % WHOLE_TILES : 0);
    const rows = this.block * planes.rows;
    const filterMiddle = slotsOf(down.filter) * filterWidth * inChannels * outChannels;
    const [inputs, outputs, between, none] = this.addresses(
      rows * depth,
      rows * outChannels,
      Math.max(this.block * middle, filterMiddle),
      2 * longestRow,
    ) as [number, number, number, number];
    this.inputs = inputs;
    this.outputs = outputs;
    this.middle = between;
    this.zeros = none;
    this.lost = none + longestRow * 4;
    this.simd.clear(none, longestRow);
  }

  /** Computes `y`, and at once adds a bias. */
  forward(x: number, filter: number, y: number, bias?: BiasAt): void {
    const { layout } = this;
    const { outChannels } = this.info;
    const planes = this.filterPlanes(filter);
    this.eachBlock((first, images) => {
      this.inward('input', layout.inputs, x + first * bytesOf(layout.inputs), this.inputs, images);
      this.multiply(images, [this.inputs, layout.depth], planes, [this.outputs, outChannels], 1);
      const maps = y + first * bytesOf(layout.outputs);
      this.outward('output', layout.outputs, maps, this.outputs, images);
      this.addBias(bias, layout.outputs, maps, images);
    });
  }

  /** Takes the filter with its channels swapped, and at once adds a bias. */
  backToInput(dy: number, swapped: number, dx: number, bias?: BiasAt): void {
    const { layout } = this;
    const { outChannels } = this.info;
    const planes = this.filterPlanes(swapped);
    this.eachBlock((first, images) => {
      this.inward('outputBack', layout.outputs, dy + first * bytesOf(layout.outputs), this.outputs, images);
      // The channels of each phase follow each other.
      this.multiply(images, [this.outputs, outChannels], planes, [this.inputs, layout.depth], layout.phases);
      const at = dx + first * bytesOf(layout.inputs);
      this.simd.clear(at, (images * bytesOf(layout.inputs)) / 4);
      this.outward('inputBack', layout.inputs, at, this.inputs, images);
      this.addBias(bias, layout.inputs, at, images);
    });
  }

  backToFilter(x: number, dy: number, gradient: number): void {
    const { layout } = this;
    const { outChannels } = this.info;
    const { count, rows, before, within } = layout.planes;
    const size = layout.depth * outChannels;
    const [products] = this.addresses(count * size) as [number];
    this.eachBlock((first, images) => {
      this.inward('input', layout.inputs, x + first * bytesOf(layout.inputs), this.inputs, images);
      this.inward('outputBack', layout.outputs, dy + first * bytesOf(layout.outputs), this.outputs, images);
      this.simd.parallel(count, size * rows * images, (plane) => {
        const row = before[plane]! * images;
        if (within[plane] === 0) {
          this.simd.clear(products + plane * size * 4, size);
          return;
        }
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
    this.outward('filterBack', layout.filter, gradient, products, 1);
  }

  private addBias(bias: BiasAt | undefined, outside: Outside, at: number, images: number): void {
    if (bias)
      addBias(this.simd, biasLoop(bias), [at, bias.at, at], images * pixelsOf(outside), outside.pixel);
  }

  /** Calls `work` for one block of images after the other. */
  private eachBlock(work: (first: number, images: number) => void): void {
    const { batchSize } = this.info;
    for (let first = 0; first < batchSize; first += this.block)
      work(first, Math.min(this.block, batchSize - first));
  }

  /** Multiplies rows of all planes with the transformed filter, whose columns come in so many parts. */
  private multiply(
    images: number,
    [from, sum]: readonly [at: number, width: number],
    filter: number,
    [to, columns]: readonly [at: number, width: number],
    parts: number,
  ): void {
    const { count, rows, before, within } = this.layout.planes;
    const width = columns / parts;
    this.simd.parallel(count, rows * images * sum * columns, (plane) => {
      const row = before[plane]! * images;
      for (let part = 0; part < parts; part++) {
        this.simd.contract('sum', {
          a: from + row * sum * 4,
          b: filter + (plane * parts + part) * sum * width * 4,
          c: to + (row * columns + part * width) * 4,
          rows: within[plane]! * images,
          columns: width,
          aRow: sum * 4,
          cRow: columns * 4,
          counts: [1, 1, sum],
          aSteps: [0, 0, 4],
          bSteps: [0, 0, width * 4],
          accumulate: false,
        });
      }
    });
  }

  /** Address of the planes of a filter. */
  private filterPlanes(filter: number): number {
    const { planes, depth, filter: outside } = this.layout;
    const [at] = this.addresses(planes.count * depth * this.info.outChannels) as [number];
    this.inward('filter', outside, filter, at, 1);
    return at;
  }

  /** Transforms images or a filter, from an address on, to planes. */
  private inward(name: Transform, outside: Outside, at: number, planes: number, images: number): void {
    this.transform(name, outside, true, [at, this.middle, planes, this.zeros], images);
  }

  /** Transforms planes to images or a filter. What would lie beyond their borders is lost. */
  private outward(name: Transform, outside: Outside, at: number, planes: number, images: number): void {
    if (name === 'inputBack') {
      const slots = slotsOf(this.layout.down[outside.groups]);
      this.simd.clear(this.middle, slots * images * outside.width * outside.pixel);
    }
    this.transform(name, outside, false, [at, this.middle, planes, this.lost], images);
  }

  /** Transforms both axes, the vertical one outside. */
  private transform(
    name: Transform,
    outside: Outside,
    inward: boolean,
    bases: readonly number[],
    images: number,
  ): void {
    const axes = inward ? (['down', 'along'] as const) : (['along', 'down'] as const);
    const passes = axes.map((axis) => this.layout.pass(outside, axis, inward, images));
    const shares = this.simd.shares(images, 1);
    const room = passes.reduce((sum, { rows }) => sum + (rows.length / 3) * 2, 0);
    const [table] = this.addresses(shares.length * room) as [number];
    const integers = this.simd.integers();
    const vectors = passes.reduce((sum, { rows, fours }) => sum + rows.length * fours, 0);
    this.simd.parallel(shares.length, images * vectors * OPERATIONS, (share) => {
      const { from, size } = shares[share]!;
      let at = table + share * room * 4;
      for (const { taps, fours, runs, rows } of passes) {
        let entry = at / 4;
        for (let index = 0; index < rows.length; index += 3) {
          const step = rows[index + 2]!;
          integers[entry++] = bases[rows[index]!]! + rows[index + 1]! + from * step;
          integers[entry++] = step;
        }
        for (const run of runs) {
          this.simd.loop(transformName(name, taps, run.outputs), at, fours, size, run.calls);
          at += run.rows * 8;
        }
      }
    });
  }

  /** Addresses of new rooms for so many floats each. */
  private addresses(...sizes: number[]): number[] {
    const rooms: TensorInfo[] = sizes.map((size) => this.own(this.backend.makeOutput([size], 'float32')));
    return addressesOf(this.backend, ...rooms);
  }
}

const pixelsOf = ({ height, width }: Outside) => height * width;
const bytesOf = (outside: Outside) => pixelsOf(outside) * outside.pixel * 4;
