import type { ImageShape } from '../../core/image.js';
import { copied, sharedWorkspace, type Workspace } from '../../core/loops/workspace.js';
import { GROUP, smoothingWith } from './loops/smoothing.js';

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
  const { groups, lists, rows, covered, source, result } = layoutFor(shape, reach);
  // Rows are convolved down in pairs.
  const length = result + values.length + width * channels + GROUP;
  const { floats, run } = workspace ?? sharedWorkspace(length);
  const space = floats(length);
  space.set(gaussian(sigma, reach));
  new Int32Array(space.buffer, 4 * (reach + 1), lists.length).set(lists);
  space.set(values, source);
  run(
    smoothingWith(reach, width, channels),
    ...[4 * source, 4 * rows, 4 * covered, 4 * result, height, groups, 4 * width * channels],
    ...[4 * (reach + 1), reach * channels, 0, reach, 4 * channels, Math.min(reach, height)],
  );
  return copied(space, result, values.length);
}

/**
 * Where things lie in the workspace for images of one shape, in values: weights, lists, what a margin covers, rows convolved across,
 * the image between margins, and the result. Groups reach beyond the ends of rows.
 */
interface Layout {
  readonly shape: ImageShape;
  readonly reach: number;
  /** Groups in a row. */
  readonly groups: number;
  /** Distances in bytes, from a row's start, of the values that its margins mirror; then the addresses of rows convolved across, mirrored as well. */
  readonly lists: Int32Array;
  /** The second list. */
  readonly rows: number;
  readonly covered: number;
  readonly source: number;
  readonly result: number;
}

let last: Layout | undefined;

/** The layout for images, kept for the next ones, which are mostly alike. */
function layoutFor(shape: ImageShape, reach: number): Layout {
  if (last?.reach === reach && last.shape.every((size, i) => size === shape[i])) return last;
  const [height, width, channels] = shape;
  const stride = width * channels;
  const margin = reach * channels;
  const groups = Math.ceil(stride / GROUP);
  const rows = reach + 1 + 2 * margin;
  const covered = rows + height + 2 * reach + 1;
  const middle = wholeGroups(covered + margin);
  // Of the rows convolved across, as many are kept as two convolved down are made of.
  const kept = Math.min(height, 2 * reach + 2);
  const source = wholeGroups(middle + kept * groups * GROUP + margin + GROUP);
  const lists = Int32Array.from({ length: 2 * margin + height + 2 * reach + 1 }, (_, i) => {
    const row = i - 2 * margin;
    if (row >= 0) return 4 * (middle + (mirrored(row - reach, height) % kept) * groups * GROUP);
    const pixel = Math.floor(i / channels) + (i < margin ? -reach : width - reach);
    return 4 * (mirrored(pixel, width) * channels + (i % channels));
  });
  const result = wholeGroups(source + height * stride + margin + GROUP);
  last = { shape: [height, width, channels], reach, groups, lists, rows, covered, source, result };
  return last;
}

const wholeGroups = (length: number): number => GROUP * Math.ceil(length / GROUP);

/** Weights of the middle and of the offsets 1, 2, … `reach` on either side; the sum of all is 1. */
function gaussian(sigma: number, reach: number): Float64Array {
  const weights = new Float64Array(reach + 1);
  let sum = -1;
  for (let i = 0; i <= reach; i++) {
    weights[i] = Math.exp(-0.5 * (i / sigma) ** 2);
    sum += 2 * weights[i]!;
  }
  for (let i = 0; i <= reach; i++) weights[i]! /= sum;
  return weights;
}

/** The index in 0 … size − 1 after mirroring at both borders. */
function mirrored(index: number, size: number): number {
  const turn = index - 2 * size * Math.floor(index / (2 * size));
  return turn < size ? turn : 2 * size - 1 - turn;
}
