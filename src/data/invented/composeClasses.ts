import { DataError, type ImageShape, type RandomStream, randomStream, sizeOf } from '../../core/index.js';
import { assertWholeNumbers } from '../../core/wholeNumbers.js';
import { byteSource, type ImageSource } from '../imageSource.js';
import { type Composition, compositions } from './compositions.js';
import { type Orientation, orientations, oriented } from './orientation.js';

export interface ComposeClassesOptions {
  /** How many new classes. */
  readonly classes: number;
  /** Images of each. */
  readonly images: number;
  readonly seed: number;
}

/** What makes a composed class: its parts, how they are put together, and which way round. */
interface Recipe {
  readonly composition: Composition;
  /** Classes of the source whose images are the parts. */
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
 * New classes out of the images of a few: turned or mirrored, the upper half of one with the lower half of another, two
 * squeezed into one image, two on top of each other. Every image of a class is put together from other images of its
 * parts, so its classes vary as real ones do. An encoder that knows hundreds of such classes transfers to unknown
 * ones far better than one that knows only the few. Class `c` and its image `i` depend on the seed, these numbers
 * and the source alone.
 *
 * @param source square images; its classes need not all have images
 * @returns images of the same shape, class by class; classes are `composed 0`, `composed 1`, …
 * @throws UsageError when a count is not a whole number of at least 1; DataError for images that are not square
 */
export function composeClasses(source: ImageSource, options: ComposeClassesOptions): ImageSource {
  const { classes, images, seed } = options;
  assertWholeNumbers({ classes, images });
  const [height, width] = source.shape;
  if (height !== width) {
    throw new DataError(`classes are composed of square images, but these are ${source.shape.join('×')}`, {
      hint: 'Crop or pad them to squares.',
    });
  }
  const members = membersOf(source);
  const known = [...members.keys()];
  const size = sizeOf(source.shape);
  const bytes = new Uint8Array(classes * images * size);
  const labels = new Int32Array(classes * images);
  for (let own = 0; own < classes; own++) {
    const recipe = inventRecipe(randomStream(seed, 'composed', own), known);
    for (let image = 0; image < images; image++) {
      const at = own * images + image;
      const random = randomStream(seed, 'composed image', own, image);
      const chosen = recipe.parts.map((part) => {
        const all = members.get(part)!;
        return all[random.integer(all.length)]!;
      });
      const pixels = compose(recipe, source.images(chosen).pixels, source.shape);
      for (let i = 0; i < size; i++) bytes[at * size + i] = Math.round(255 * pixels[i]!);
      labels[at] = own;
    }
  }
  const names = Array.from({ length: classes }, (_, own) => `composed ${own}`);
  return byteSource(bytes, source.shape, labels, names);
}

function compose({ composition, parts, orientation }: Recipe, pixels: Float32Array, shape: ImageShape) {
  const size = sizeOf(shape);
  const images = parts.map((_, i) => pixels.subarray(i * size, (i + 1) * size));
  return oriented(composition.join(images, shape), shape, orientation);
}

/** Places of the images of each class that has any. */
function membersOf({ labels }: ImageSource): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [place, label] of labels.entries()) {
    const own = members.get(label) ?? [];
    members.set(label, own);
    own.push(place);
  }
  return members;
}
