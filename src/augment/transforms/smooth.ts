import type { ImageShape } from '../../core/image.js';
import { copied, sharedWorkspace, type Workspace } from '../../core/loops/workspace.js';
import { convolutionWith, GROUP } from './loops/convolution.js';
import { padding } from './loops/padding.js';

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
  // The workspace: weights, what the margins mirror, all rows with their margins, the rows convolved, with margins above and below,
  // and the result, where the values lie first. Groups reach beyond the ends of rows.
  const groups = Math.ceil(stride / GROUP);
  const row = groups * GROUP;
  const line = 2 * margin + stride;
  const list = reach + 1;
  const rows = list + 2 * margin;
  const middle = rows + height * line + GROUP + reach * row;
  const result = middle + (height + reach) * row;
  const length = result + values.length + GROUP;
  const { floats, run } = workspace ?? sharedWorkspace(length);
  const space = floats(length);
  const { weights, mirrors } = planFor(sigma, width, channels, reach);
  space.set(weights);
  new Int32Array(space.buffer, 4 * list, 2 * margin).set(mirrors);
  space.set(values, result);
  const convolution = convolutionWith(reach);
  run(padding, 4 * result, 4 * rows, height, stride, margin, 4 * list);
  run(
    convolution,
    4 * (rows + margin),
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
  /** Distances in bytes, from a row's start, of the values that its margins mirror. */
  readonly mirrors: Int32Array;
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
    mirrors: Int32Array.from({ length: 2 * margin }, (_, i) => {
      const pixel = Math.floor(i / channels) + (i < margin ? -reach : width - reach);
      return 4 * (mirrored(pixel, width) * channels + (i % channels));
    }),
  };
  return lastPlan;
}

/** Weights of the middle and of the offsets 1, 2, … `reach` on either side; the sum of all is 1. */
function gaussian(sigma: number, reach: number): Float64Array {
  const weights = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = weights.reduce((total, weight) => total + 2 * weight, -weights[0]!);
  return weights.map((weight) => weight / sum);
}

/** The index in 0 … size − 1 after mirroring at both borders. */
function mirrored(index: number, size: number): number {
  const turn = index - 2 * size * Math.floor(index / (2 * size));
  return turn < size ? turn : 2 * size - 1 - turn;
}
