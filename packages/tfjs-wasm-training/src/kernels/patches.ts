import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressesOf, type OwnTensor } from '../kernel.js';
import { LONGEST_PART } from '../patchLoops.js';
import { type Simd, simdOf } from '../simd.js';
import { type BiasAt, biasLoop } from './bias.js';
import { type Axis, axesOf, type ConvInfo } from './geometry.js';

/** Most input channels of a convolution that is computed by patches. */
export const MOST_CHANNELS = 3;

/** Values of a vector. */
export const LANES = 4;

/** Bytes of patches and of the outputs at them, which stay in the nearest caches. */
const BLOCK_BYTES = 64 * 1024;

/** A convolution, or one of its gradients. */
type Direction = 'forward' | 'backToFilter' | 'backToInput';

/**
 * Where filters are quick in place, by trial: forward those that are long, unless there are three outputs for each vector to copy, and
 * back to the filter those whose lines are long, or whole tiles of three rows.
 */
const quickInPlace: Readonly<Record<Direction, (line: number, lines: number, outputs: number) => boolean>> = {
  forward: (line, lines, outputs) => line * lines > 24 && 3 * lines * Math.ceil(line / LANES) > outputs,
  backToFilter: (line) => line % 3 === 0 || line > 12,
  backToInput: () => false,
};

/**
 * True for what is computed by patches: convolutions of few input channels, whose filter is not quick in place. This depends on
 * shapes, but not on the number of images.
 */
export function takesPatches(info: ConvInfo, direction: Direction): boolean {
  const { inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = info;
  return (
    inChannels <= MOST_CHANNELS &&
    outChannels % LANES === 0 &&
    info.dilationHeight * info.dilationWidth === 1 &&
    Math.min(inChannels, outChannels, outHeight, outWidth) > 0 &&
    !quickInPlace[direction](filterWidth * inChannels, filterHeight, outChannels)
  );
}

/** Rooms for one image with zeros around it, and for some of its patches. */
interface Rooms {
  image: number;
  panel: number;
}

/** Part of a line: where it begins, in bytes, how many vectors it has, and how many values the last one has. */
interface Part {
  at: number;
  vectors: number;
  last: number;
}

/** Lines of patches: the first one, and how many. */
type Lines = readonly [first: number, count: number];

/**
 * A convolution as a matrix product of patches, which are what a filter sees of an image at one output, with the filter. Patches of
 * some rows of outputs are copied to a panel, and multiplied while they are in the cache.
 */
export class Patches {
  private readonly simd: Simd;
  private readonly height: Axis;
  private readonly width: Axis;
  /** Pixels along the axes that are in the image or under a filter. */
  private readonly paddedHeight: number;
  private readonly paddedWidth: number;
  /** Values in a line of a patch, and vectors that hold them. */
  private readonly line: number;
  private readonly vectors: number;
  private readonly parts: readonly Part[];
  /** Rows of outputs that are worked on at a time. */
  private readonly block: number;

  constructor(
    private readonly backend: BackendWasm,
    private readonly own: OwnTensor,
    private readonly info: ConvInfo,
  ) {
    this.simd = simdOf(backend);
    const { height, width } = axesOf(info);
    const { inChannels, outChannels } = info;
    [this.height, this.width] = [height, width];
    [this.paddedHeight, this.paddedWidth] = [paddedLength(height), paddedLength(width)];
    this.line = width.kernel * inChannels;
    this.vectors = Math.ceil(this.line / LANES);
    this.parts = Array.from({ length: Math.ceil(this.vectors / LONGEST_PART) }, (_, part) => {
      const values = Math.min(LONGEST_PART * LANES, this.line - part * LONGEST_PART * LANES);
      const vectors = Math.ceil(values / LANES);
      return { at: part * LONGEST_PART * LANES * 4, vectors, last: values - (vectors - 1) * LANES };
    });
    const rowBytes = 4 * width.output * (this.stride(height.kernel) + outChannels);
    this.block = Math.ceil(height.output / Math.ceil((height.output * rowBytes) / BLOCK_BYTES));
  }

  /** Computes `y`, and at once adds a bias. */
  forward(x: number, filter: number, y: number, bias?: BiasAt): void {
    const { outChannels } = this.info;
    const taps = this.height.kernel;
    this.eachImage(this.stride(taps), (rooms, image) => {
      this.pad(x, image, rooms);
      this.eachBlock((row, rows) => {
        const pixels = rows * this.width.output;
        const c = y + this.outputAt(image, row);
        this.copy(rooms, row, rows, [0, taps]);
        this.simd.contract('sum', {
          a: rooms.panel,
          b: filter,
          c,
          rows: pixels,
          columns: outChannels,
          aRow: this.stride(taps) * 4,
          cRow: outChannels * 4,
          counts: [1, 1, taps * this.line],
          aSteps: [0, 0, 4],
          bSteps: [0, 0, outChannels * 4],
          accumulate: false,
        });
        if (bias) this.simd.loop(biasLoop(bias), c, bias.at, c, pixels, outChannels / LANES);
      });
    });
  }

  backToFilter(x: number, dy: number, gradient: number): void {
    const { batchSize, outChannels } = this.info;
    const taps = this.height.kernel;
    const parts = this.simd.shares(outChannels, LANES * LANES);
    // Few columns leave threads without work, unless each line of taps is a task.
    const lines: Lines[] =
      parts.length < this.simd.threads ? Array.from({ length: taps }, (_, tap) => [tap, 1]) : [[0, taps]];
    const tasks = parts.flatMap((part) => lines.map((some) => ({ part, some })));
    const rooms = this.rooms(tasks.length, this.stride(taps));
    this.simd.parallel(tasks.length, this.operations(), (task) => {
      const { part, some } = tasks[task]!;
      const [first, count] = some;
      for (let image = 0; image < batchSize; image++) {
        this.pad(x, image, rooms[task]!);
        this.eachBlock((row, rows) => {
          this.copy(rooms[task]!, row, rows, some);
          this.simd.contract('rows', {
            a: rooms[task]!.panel,
            b: dy + this.outputAt(image, row) + part.from * 4,
            c: gradient + (first * this.line * outChannels + part.from) * 4,
            rows: count * this.line,
            columns: part.size,
            aRow: 4,
            cRow: outChannels * 4,
            counts: [1, 1, rows * this.width.output],
            aSteps: [0, 0, this.stride(count) * 4],
            bSteps: [0, 0, outChannels * 4],
            accumulate: image + row > 0,
          });
        });
      }
    });
  }

  /** Computes what each output gives to its patch, and adds it to the image there. */
  backToInput(dy: number, filter: number, dx: number): void {
    const { inChannels, outChannels, inHeight, inWidth } = this.info;
    const taps = this.height.kernel;
    const columns = LANES * Math.ceil((taps * this.line) / LANES);
    const stride = Math.max(columns, this.stride(taps));
    const transposed = this.transposed(filter, columns);
    const size = this.imageSize();
    const [zeros] = this.addresses(size) as [number];
    this.simd.clear(zeros, size);
    this.eachImage(stride, (rooms, image) => {
      this.simd.loop('CopyRows', zeros, rooms.image, 1, size >> 2, size & 3, 0, 0);
      this.eachBlock((row, rows) => {
        this.simd.contract('sum', {
          a: dy + this.outputAt(image, row),
          b: transposed,
          c: rooms.panel,
          rows: rows * this.width.output,
          columns,
          aRow: outChannels * 4,
          cRow: stride * 4,
          counts: [1, 1, outChannels],
          aSteps: [0, 0, 4],
          bSteps: [0, 0, columns * 4],
          accumulate: false,
        });
        this.fold(rooms, row, rows, stride);
      });
      const row = inWidth * inChannels;
      const to = dx + image * inHeight * row * 4;
      const from = rooms.image + this.insideAt();
      this.simd.loop('CopyRows', from, to, inHeight, row >> 2, row & 3, this.imageRow(), row * 4);
    });
  }

  /** Copies an image between its zeros. */
  private pad(x: number, image: number, rooms: Rooms): void {
    const { inHeight, inWidth, inChannels } = this.info;
    const row = inWidth * inChannels;
    const from = x + image * inHeight * row * 4;
    const to = rooms.image + this.insideAt();
    this.simd.loop('CopyRows', from, to, inHeight, row >> 2, row & 3, row * 4, this.imageRow());
  }

  /** Copies patches of some rows of outputs to the panel. */
  private copy({ image, panel }: Rooms, row: number, rows: number, [first, count]: Lines): void {
    const [imageRow, stride] = [this.imageRow(), this.stride(count) * 4];
    // The last part first: what it writes beyond a line belongs to the first part of the next one.
    for (const { at, vectors, last } of [...this.parts].reverse()) {
      this.simd.loop(
        `Patches${vectors}`,
        image + (row * this.height.stride + first) * imageRow + at,
        panel + at,
        rows,
        count,
        this.width.output,
        last,
        this.height.stride * imageRow,
        imageRow,
        this.pixelStep(),
        this.width.output * stride,
        this.line * 4,
        stride,
      );
    }
  }

  /** Adds the panel to the image. Patches that meet take turns: none waits for what was stored just before. */
  private fold({ image, panel }: Rooms, row: number, rows: number, stride: number): void {
    const [imageRow, pixel] = [this.imageRow(), this.pixelStep()];
    for (const { at, vectors, last } of this.parts) {
      const turns = Math.min(this.width.output, Math.ceil((vectors * LANES * 4) / pixel));
      for (let turn = 0; turn < turns; turn++) {
        this.simd.loop(
          `FoldPatches${vectors}`,
          image + row * this.height.stride * imageRow + turn * pixel + at,
          panel + turn * stride * 4 + at,
          rows,
          this.height.kernel,
          Math.ceil((this.width.output - turn) / turns),
          last,
          this.height.stride * imageRow,
          imageRow,
          turns * pixel,
          this.width.output * stride * 4,
          this.line * 4,
          turns * stride * 4,
        );
      }
    }
  }

  /** Address of the filter, `[taps][outputs]`, as `[outputs][columns]`: the columns are taps, and zeros after them. */
  private transposed(filter: number, columns: number): number {
    const { outChannels } = this.info;
    const taps = this.height.kernel * this.line;
    const [at] = this.addresses(outChannels * columns) as [number];
    const floats = this.simd.floats();
    for (let output = 0; output < outChannels; output++) {
      const [from, to] = [filter / 4 + output, at / 4 + output * columns];
      for (let tap = 0; tap < columns; tap++)
        floats[to + tap] = tap < taps ? floats[from + tap * outChannels]! : 0;
    }
    return at;
  }

  private eachImage(stride: number, work: (rooms: Rooms, image: number) => void): void {
    const shares = this.simd.shares(this.info.batchSize, 1);
    const rooms = this.rooms(shares.length, stride);
    this.simd.parallel(shares.length, this.operations(), (index) => {
      const { from, size } = shares[index]!;
      for (let image = from; image < from + size; image++) work(rooms[index]!, image);
    });
  }

  private eachBlock(work: (row: number, rows: number) => void): void {
    const { output } = this.height;
    for (let row = 0; row < output; row += this.block) work(row, Math.min(this.block, output - row));
  }

  private operations(): number {
    const { batchSize, outChannels } = this.info;
    return batchSize * this.height.output * this.width.output * this.height.kernel * this.line * outChannels;
  }

  /** Floats from one patch of so many lines to the next. The last line has room for whole vectors. */
  private stride(lines: number): number {
    return (lines - 1) * this.line + this.vectors * LANES;
  }

  private imageRow(): number {
    return this.paddedWidth * this.info.inChannels * 4;
  }

  private pixelStep(): number {
    return this.width.stride * this.info.inChannels * 4;
  }

  private imageSize(): number {
    // Whole vectors are read at its end.
    return this.paddedHeight * this.paddedWidth * this.info.inChannels + LANES;
  }

  private insideAt(): number {
    return this.height.padding * this.imageRow() + this.width.padding * this.info.inChannels * 4;
  }

  private outputAt(image: number, row: number): number {
    return (image * this.height.output + row) * this.width.output * this.info.outChannels * 4;
  }

  private rooms(count: number, stride: number): Rooms[] {
    const size = this.imageSize();
    const panel = this.block * this.width.output * stride + LANES;
    const [images, panels] = this.addresses(count * size, count * panel) as [number, number];
    this.simd.clear(images, count * size);
    return Array.from({ length: count }, (_, index) => ({
      image: images + index * size * 4,
      panel: panels + index * panel * 4,
    }));
  }

  /** Addresses of new rooms for so many floats each. */
  private addresses(...sizes: number[]): number[] {
    return addressesOf(
      this.backend,
      ...sizes.map((size) => this.own(this.backend.makeOutput([size], 'float32'))),
    );
  }
}

function paddedLength({ input, output, kernel, stride, padding }: Axis): number {
  return Math.max(padding + input, (output - 1) * stride + kernel);
}
