import type { ImageShape } from '../../core/image.js';
import { copied, sharedWorkspace, type Workspace } from '../../core/loops/workspace.js';
import { convolution, GROUP } from './loops/convolution.js';

/** Radius of the kernel in standard deviations: the default of SciPy. */
const TRUNCATE = 4;

/**
 * Convolves each channel with a Gaussian of the given standard deviation, in pixels. Beyond the border the image is
 * mirrored (d c b a | a b c d | d c b a), so that its mean stays as it is.
 */
export function smooth(
  values: Float32Array,
  shape: ImageShape,
  sigma: number,
  workspace?: Workspace,
): Float32Array {
  const reach = Math.floor(TRUNCATE * sigma + 0.5);
  if (reach === 0) return values.slice();
  const [height, width, channels] = shape;
  const stride = width * channels;
  const margin = reach * channels;
  // The workspace: weights, all rows with their mirrored margins, the rows convolved, with theirs above and below, and the result.
  // Rows that are written have whole groups, so each starts where the one before has ended in values that are of no use.
  const groups = Math.ceil(stride / GROUP);
  const row = groups * GROUP;
  const lines = reach + 1;
  const line = 2 * margin + row;
  const rows = lines + height * line;
  const result = rows + (height + 2 * reach) * row;
  const length = result + height * stride + GROUP;
  const { floats, run } = workspace ?? sharedWorkspace(length);
  const space = floats(length);
  const { weights, before, after } = planFor(sigma, width, channels, reach);
  space.set(weights);
  for (let y = 0, at = lines; y < height; y++, at += line) {
    const start = at + margin;
    const end = start + stride;
    space.set(values.subarray(y * stride, (y + 1) * stride), start);
    for (let i = 0; i < margin; i++) {
      space[at + i] = space[start + before[i]!]!;
      space[end + i] = space[start + after[i]!]!;
    }
  }
  const middle = rows + reach * row;
  run(
    convolution,
    4 * (lines + margin),
    4 * middle,
    height,
    groups,
    4 * line,
    4 * row,
    4 * channels,
    0,
    reach,
  );
  for (let i = 1; i <= reach; i++) {
    for (const y of [-i, height - 1 + i]) {
      const from = middle + mirrored(y, height) * row;
      space.copyWithin(middle + y * row, from, from + row);
    }
  }
  run(convolution, 4 * middle, 4 * result, height, groups, 4 * row, 4 * stride, 4 * row, 0, reach);
  return copied(space, result, values.length);
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
