import { checkSeed } from '../core/checks.js';
import { DataError } from '../core/errors.js';
import { checkSetParts, formatShape, type ImageShape, sizeOf } from '../core/image.js';
import { checkFields, whole } from '../core/kindChecks.js';
import { type RandomStream, randomStream } from '../core/random.js';
import { checkAmount, checkSource, drawnSource, type ImageSource } from './imageSource.js';

/** Row and column that a pixel of a square comes from, for each orientation. */
const sources = {
  upright: (row: number, column: number): [number, number] => [row, column],
  left: (row: number, column: number, last: number): [number, number] => [column, last - row],
  down: (row: number, column: number, last: number): [number, number] => [last - row, last - column],
  right: (row: number, column: number, last: number): [number, number] => [last - column, row],
  mirrored: (row: number, column: number, last: number): [number, number] => [row, last - column],
  'mirrored left': (row: number, column: number): [number, number] => [column, row],
  'mirrored down': (row: number, column: number, last: number): [number, number] => [last - row, column],
  'mirrored right': (row: number, column: number, last: number): [number, number] => [
    last - column,
    last - row,
  ],
};

/** A way to lay a square image down: rotated by quarter turns, mirrored or not. */
export type Orientation = keyof typeof sources;

export const orientations = Object.keys(sources) as readonly Orientation[];

/** A square image in another orientation. */
export function oriented(pixels: Float32Array, shape: ImageShape, orientation: Orientation): Float32Array {
  if (orientation === 'upright') return pixels;
  const [side, , channels] = shape;
  const from = sources[orientation];
  const turned = new Float32Array(sizeOf(shape));
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [sourceRow, sourceColumn] = from(row, column, side - 1);
      const start = (sourceRow * side + sourceColumn) * channels;
      turned.set(pixels.subarray(start, start + channels), (row * side + column) * channels);
    }
  }
  return turned;
}

/** A way to compose an image of others. */
export interface Composition {
  readonly name: string;
  /** Number of images that it takes. */
  readonly parts: number;
  join(images: readonly Float32Array[], shape: ImageShape): Float32Array;
}

/** Share of the height that is margin above and below a drawing, left out when it is squeezed; as in MNIST. */
const MARGIN = 1 / 7;

/** The middle of an image squeezed to half its height: each row is the mean of the rows that fall into it. */
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

/** All compositions. A composed class is then upright, or rotated and mirrored. */
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

export interface ComposeClassesOptions {
  /** Number of new classes. */
  readonly classes: number;
  /** Images of each class. */
  readonly images: number;
  readonly seed: number;
}

/** The recipe of a composed class. */
interface Recipe {
  readonly composition: Composition;
  /** Classes of the source that the parts are images of. */
  readonly parts: readonly number[];
  readonly orientation: Orientation;
}

/** Share of classes that stay upright, as digits and letters are. */
const UPRIGHT = 0.5;

function inventRecipe(random: RandomStream, known: readonly number[]): Recipe {
  const composition = compositions[random.integer(compositions.length)]!;
  const parts = Array.from({ length: composition.parts }, () => known[random.integer(known.length)]!);
  const turned = random.uniform() >= UPRIGHT;
  return {
    composition,
    parts,
    orientation: turned ? orientations[random.integer(orientations.length)]! : 'upright',
  };
}

/**
 * Composes new classes of the images of a few: rotated or mirrored, the upper half of one with the lower half of another,
 * two squeezed into one image, two on top of each other. Each image of a class is composed of other images of its parts,
 * so classes vary as real ones do. An encoder that has seen hundreds of such classes transfers to unseen classes far better
 * than one that has seen the few alone. Class `c` and its image `i` depend on the seed, these two numbers and the source
 * alone.
 *
 * @param source square images; its classes need not all have images
 * @returns images of the same shape, class by class; classes are `composed 0`, `composed 1`, …
 * @throws UsageError when a count is not a whole number of at least 1; DataError for images that are not square
 */
export function composeClasses(source: ImageSource, options: ComposeClassesOptions): ImageSource {
  const { classes, images, seed } = checkFields('composeClasses', options, {
    classes: whole(),
    images: whole(),
    seed: checkSeed,
  });
  checkSource('the source', source, 'composeClasses');
  checkAmount('composeClasses', classes, images, source.shape);
  const [height, width] = source.shape;
  if (height !== width) {
    throw new DataError(`classes are composed of square images, but these are ${formatShape(source.shape)}`, {
      hint: 'Crop or pad them to squares.',
    });
  }
  const members = membersOf(source);
  if (members.size === 0) throw new DataError('there are no images to compose classes of');
  const known = [...members.keys()];
  const names = Array.from({ length: classes }, (_, own) => `composed ${own}`);
  return drawnSource(names, images, source.shape, (own) => {
    const recipe = inventRecipe(randomStream(seed, 'composed', own), known);
    return (image) => {
      const random = randomStream(seed, 'composed image', own, image);
      const chosen = recipe.parts.map((part) => {
        const all = members.get(part)!;
        return all[random.integer(all.length)]!;
      });
      return compose(
        recipe,
        checkSetParts('what the source gives', source.images(chosen)).pixels,
        source.shape,
      );
    };
  });
}

function compose({ composition, parts, orientation }: Recipe, pixels: Float32Array, shape: ImageShape) {
  const size = sizeOf(shape);
  const images = parts.map((_, i) => pixels.subarray(i * size, (i + 1) * size));
  return oriented(composition.join(images, shape), shape, orientation);
}

/** Indices of the images of each class that has any. */
function membersOf({ labels }: ImageSource): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [index, label] of labels.entries()) {
    const own = members.get(label) ?? [];
    members.set(label, own);
    own.push(index);
  }
  return members;
}
