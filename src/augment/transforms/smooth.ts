import { assemble, FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import type { ImageShape } from '../../core/image.js';

/** Values are computed in groups of so many; their number is rounded up to whole groups. */
export const GROUP = 16;

/** A symmetric convolution over values that lie in one workspace; offsets are counted in values from its start. */
export interface Convolution {
  /** Offset of the first value that is convolved, and of its result. */
  readonly source: number;
  readonly target: number;
  readonly groups: number;
  /** Distance of neighbors. */
  readonly step: number;
  /** Offset of the weights: that of the middle, then those of the neighbors 1, 2, … `reach` on either side. */
  readonly weights: number;
  readonly reach: number;
}

export interface Convolver {
  /** Working memory of at least so many values. Growing loses its contents. */
  workspace(length: number): Float32Array;
  convolve(convolution: Convolution): void;
}

const PAGE = 65_536;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** By WebAssembly, four values at a time. Throws where the platform has no 128-bit vectors or forbids to compile. */
export function vectorConvolver(): Convolver {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(assemble([convolveFunction()], false));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const run = exports.convolve as (...parameters: number[]) => void;
  return {
    workspace(length) {
      const missing = length * BYTES - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      return new Float32Array(memory.buffer);
    },
    convolve: ({ source, target, groups, step, weights, reach }) =>
      run(source * BYTES, target * BYTES, groups, step * BYTES, weights * BYTES, reach),
  };
}

/** (source, target, groups, step, weights, reach): addresses and distances in bytes; at least one group and neighbor. */
function convolveFunction(): FunctionBuilder {
  const code = new FunctionBuilder('convolve', Array(6).fill(types.i32));
  const [source, target, groups, step, weights, reach] = [0, 1, 2, 3, 4, 5] as const;
  const [before, after, weightAt, left] = [types.i32, types.i32, types.i32, types.i32].map((of) =>
    code.local(of),
  ) as [number, number, number, number];
  const weight = code.local(types.v128);
  const sums = Array.from({ length: GROUP / 4 }, () => code.local(types.v128));
  return code.repeat(groups, () => {
    code.get(weights).memory('v128.load32_splat').set(weight);
    for (const [i, sum] of sums.entries()) {
      code
        .get(source)
        .memory('v128.load', 16 * i)
        .get(weight)
        .op('f32x4.mul')
        .set(sum);
    }
    code.copy(before, source).copy(after, source).copy(weightAt, weights).copy(left, reach);
    code.repeat(left, () => {
      code.get(before).get(step).op('i32.sub').set(before).advance(after, step).skip(weightAt, BYTES);
      code.get(weightAt).memory('v128.load32_splat').set(weight);
      for (const [i, sum] of sums.entries()) {
        code
          .get(before)
          .memory('v128.load', 16 * i)
          .get(after)
          .memory('v128.load', 16 * i)
          .op('f32x4.add');
        code.get(weight).op('f32x4.mul').get(sum).op('f32x4.add').set(sum);
      }
    });
    for (const [i, sum] of sums.entries())
      code
        .get(target)
        .get(sum)
        .memory('v128.store', 16 * i);
    code.skip(source, GROUP * BYTES).skip(target, GROUP * BYTES);
  });
}

/** The same in JavaScript. */
export function plainConvolver(): Convolver {
  let values = new Float32Array(0);
  return {
    workspace(length) {
      if (length > values.length) values = new Float32Array(length);
      return values;
    },
    convolve({ source, target, groups, step, weights, reach }) {
      for (let i = 0; i < groups * GROUP; i++) {
        let sum = values[weights]! * values[source + i]!;
        for (let k = 1; k <= reach; k++) {
          sum += values[weights + k]! * (values[source + i - k * step]! + values[source + i + k * step]!);
        }
        values[target + i] = sum;
      }
    },
  };
}

/** Radius of the kernel in standard deviations: the default of SciPy. */
const TRUNCATE = 4;

let shared: Convolver | undefined;

function fastestConvolver(): Convolver {
  try {
    return vectorConvolver();
  } catch {
    return plainConvolver();
  }
}

/**
 * Convolves each channel with a Gaussian of the given standard deviation, in pixels. Beyond the border the image is
 * mirrored (d c b a | a b c d | d c b a), so that its mean stays as it is.
 */
export function smooth(
  values: Float32Array,
  shape: ImageShape,
  sigma: number,
  convolver?: Convolver,
): Float32Array {
  const reach = Math.floor(TRUNCATE * sigma + 0.5);
  if (reach === 0) return values.slice();
  shared ??= convolver === undefined ? fastestConvolver() : undefined;
  const { workspace, convolve } = convolver ?? shared!;
  const [height, width, channels] = shape;
  const stride = width * channels;
  // The workspace: weights, one row with its mirrored margins, all rows with theirs, and the result. Rows are as long as
  // whole groups, which the result may exceed at its end.
  const groups = Math.ceil(stride / GROUP);
  const row = groups * GROUP;
  const margin = reach * channels;
  const line = reach + 1;
  const rows = line + row + 2 * margin;
  const result = rows + (height + 2 * reach) * row;
  const space = workspace(result + height * row);
  const { weights, before, after } = planFor(sigma, width, channels, reach);
  space.set(weights);
  const middle = line + margin;
  for (let y = 0; y < height; y++) {
    const own = values.subarray(y * stride, (y + 1) * stride);
    space.set(own, middle);
    for (let i = 0; i < margin; i++) {
      space[line + i] = own[before[i]!]!;
      space[middle + stride + i] = own[after[i]!]!;
    }
    const target = rows + (y + reach) * row;
    convolve({ source: middle, target, groups, step: channels, weights: 0, reach });
  }
  for (let i = 1; i <= reach; i++) {
    for (const y of [-i, height - 1 + i]) {
      const from = rows + (mirrored(y, height) + reach) * row;
      space.copyWithin(rows + (y + reach) * row, from, from + row);
    }
  }
  const source = rows + reach * row;
  convolve({ source, target: result, groups: groups * height, step: row, weights: 0, reach });
  const smoothed = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    smoothed.set(space.subarray(result + y * row, result + y * row + stride), y * stride);
  }
  return smoothed;
}

/** What images of one width and number of channels are smoothed by. */
interface Plan {
  readonly key: string;
  readonly weights: Float64Array;
  /** Offsets in a row of the values that its margins mirror. */
  readonly before: Int32Array;
  readonly after: Int32Array;
}

let lastPlan: Plan | undefined;

/** The plan for images, kept for the next ones, which are mostly alike. */
function planFor(sigma: number, width: number, channels: number, reach: number): Plan {
  const key = `${sigma} ${width} ${channels}`;
  if (lastPlan?.key === key) return lastPlan;
  const margin = reach * channels;
  lastPlan = {
    key,
    weights: gaussian(sigma, reach),
    before: mirroredValues(-reach, width, channels, margin),
    after: mirroredValues(width, width, channels, margin),
  };
  return lastPlan;
}

/** Weights of the middle and of the offsets 1, 2, … `reach` on either side; the sum of all is 1. */
function gaussian(sigma: number, reach: number): Float64Array {
  const weights = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = weights.reduce((total, weight) => total + 2 * weight, -weights[0]!);
  return weights.map((weight) => weight / sum);
}

/** Offsets in a row of the values that a margin from the pixel `first` on mirrors. */
function mirroredValues(first: number, width: number, channels: number, margin: number): Int32Array {
  return Int32Array.from(
    { length: margin },
    (_, i) => mirrored(first + Math.floor(i / channels), width) * channels + (i % channels),
  );
}

/** The index in 0 … size − 1 after mirroring at both borders. */
function mirrored(index: number, size: number): number {
  const turn = index - 2 * size * Math.floor(index / (2 * size));
  return turn < size ? turn : 2 * size - 1 - turn;
}
