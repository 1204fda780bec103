import { type ImageShape, sizeOf } from '../../core/index.js';
import { oriented } from './orientation.js';

/** A way to put images together. */
export interface Composition {
  readonly name: string;
  /** Images that it takes. */
  readonly parts: number;
  join(images: readonly Float32Array[], shape: ImageShape): Float32Array;
}

/** Share of an image's height above and below what is drawn in it, which squeezing leaves out: MNIST's margin. */
const MARGIN = 1 / 7;

/** The middle of an image squeezed to half its height: each row is the mean of those that fall into it. */
function squeezed(pixels: Float32Array, [height, width, channels]: ImageShape): Float32Array {
  const row = width * channels;
  const rows = Math.floor(height / 2);
  const top = Math.round(MARGIN * height);
  const step = (height - 2 * top) / rows;
  const result = new Float32Array(rows * row);
  for (let r = 0; r < rows; r++) {
    const [from, to] = [top + r * step, top + (r + 1) * step];
    for (let source = Math.floor(from); source < to; source++) {
      const share = (Math.min(source + 1, to) - Math.max(source, from)) / step;
      for (let i = 0; i < row; i++) result[r * row + i]! += share * pixels[source * row + i]!;
    }
  }
  return result;
}

function brighter(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => Math.max(value, b[i]!));
}

/** The upper rows of one image, the lower rows of the other. */
function halves([upper, lower]: readonly Float32Array[], shape: ImageShape): Float32Array {
  const [height, width, channels] = shape;
  const cut = Math.floor(height / 2) * width * channels;
  const joined = lower!.slice();
  joined.set(upper!.subarray(0, cut));
  return joined;
}

/** One image above the other, both squeezed. */
function stacked([upper, lower]: readonly Float32Array[], shape: ImageShape): Float32Array {
  const joined = new Float32Array(sizeOf(shape));
  const above = squeezed(upper!, shape);
  joined.set(above);
  joined.set(squeezed(lower!, shape), above.length);
  return joined;
}

/** The ways there are. Their classes are laid down upright, or turned and mirrored. */
export const compositions: readonly Composition[] = [
  { name: 'alone', parts: 1, join: ([image]) => image! },
  { name: 'halves', parts: 2, join: halves },
  { name: 'stacked', parts: 2, join: stacked },
  {
    name: 'crossed',
    parts: 2,
    join: ([image, other], shape) => brighter(image!, oriented(other!, shape, 'left')),
  },
  {
    name: 'mirrored over',
    parts: 2,
    join: ([image, other], shape) => brighter(image!, oriented(other!, shape, 'mirrored')),
  },
];
