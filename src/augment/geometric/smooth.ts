import type { ImageShape } from '../../core/index.js';
import { type Convolver, GROUP, plainConvolver, vectorConvolver } from './convolve.js';

/** Where the kernel ends, in standard deviations: the default of SciPy. */
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
  space.set(gaussian(sigma, reach));
  const before = mirroredValues(-reach, width, channels, margin);
  const after = mirroredValues(width, width, channels, margin);
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

/** Weights of the middle and of the places 1, 2, … `reach` on either side; all together add up to 1. */
function gaussian(sigma: number, reach: number): Float64Array {
  const weights = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = weights.reduce((total, weight) => total + 2 * weight, -weights[0]!);
  return weights.map((weight) => weight / sum);
}

/** Where in a row the values come from that a margin from the pixel `first` on mirrors. */
function mirroredValues(first: number, width: number, channels: number, margin: number): Int32Array {
  return Int32Array.from(
    { length: margin },
    (_, i) => mirrored(first + Math.floor(i / channels), width) * channels + (i % channels),
  );
}

/** The place inside 0 … size − 1 that mirrors at both borders lead to. */
function mirrored(place: number, size: number): number {
  const turn = place - 2 * size * Math.floor(place / (2 * size));
  return turn < size ? turn : 2 * size - 1 - turn;
}
