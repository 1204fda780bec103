import { readFile } from 'node:fs/promises';
import { DataError } from '../../core/errors.js';
import { imageArray, imageReader, type Shades, shadesOf, spanOf } from '../../data/arrayImages.js';
import {
  countOf,
  isNumeric,
  type NpyArray,
  numbersOf,
  parseNpy,
  textsOf,
  wholeTextOf,
} from '../../data/npy.js';
import { pickledTexts } from '../../data/pickledTexts.js';
import { openZip, type Zip } from '../zipArchive.js';
import { type ArrayPart, arrayCatalog } from './arrayCatalog.js';
import { type Catalog, type CatalogOptions, labelOf, sameNumbers } from './catalog.js';
import { type SplitName, splitCalled, splitNames } from './splits.js';

const NPZ_HINT =
  'Save it with numpy.savez(file, images=…, labels=…), or with train_images, train_labels, test_images, test_labels.';

/** Names of pairs of arrays, without a split that may stand before or behind them; `_` and case make no difference. */
const pairs: readonly (readonly [images: string, labels: string])[] = [
  ['images', 'labels'],
  ['image', 'label'],
  ['x', 'y'],
  ['data', 'target'],
  ['data', 'targets'],
  ['arr0', 'arr1'],
];
const imageNames = [...new Set(pairs.map(([images]) => images)), 'imgs', 'pixels'];
const labelNames = [...new Set(pairs.map(([, labels]) => labels))];
/** Names of an array that names the classes. */
const classNames = /^(classes|(class|label|labels|target)names|categories)$/;

/**
 * Opens a NumPy archive: an array of images and one of labels, or with splits several of each. Images are n×h×w, n×h×w×c,
 * n×c×h×w, or rows of square ones; see `imageArray` for how axes, and `shadesOf` for how values are read. Labels are numbers, texts, or
 * one column for each class. The archive is held in memory.
 *
 * @throws DataError naming file and array when it is damaged, holds no such pair or several, or values that are no shades
 */
export async function npzCatalog(
  file: string,
  { layout }: Pick<CatalogOptions, 'layout'> = {},
): Promise<Catalog> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new DataError(`cannot read ${file}: ${cause.message}`, {
      hint: 'Name an archive of NumPy.',
      cause,
    });
  });
  const zip = await openZip(bytes, file);
  const found = pairsIn(zip.names, file);
  const notes = noteBook();
  const classes = await classesIn(zip, file);
  const parts: Part[] = [];
  for (const { split, images, labels } of found) {
    const where = (array: string) => `${file}, array ${array},`;
    const read = async (array: string) => parseNpy(await zip.read(`${array}.npy`), where(array));
    const { array, note } = imageArray(await read(images), where(images), layout);
    if (note !== undefined) notes.add(images, note);
    parts.push({
      ...{
        name: images,
        array,
        labels: labelsOf(await read(labels), array.shape[0]!, where(labels), classes),
      },
      ...(split === undefined ? {} : { split }),
    });
  }
  const shades = shadesOfAll(parts, file);
  const same = sameNumbers(parts.flatMap(({ labels }) => labels));
  for (const [{ name }, { note }] of shades) {
    if (note !== undefined) notes.add(name, note);
  }
  return arrayCatalog(
    file,
    parts.map(({ array, name: _, labels, ...part }) => {
      const [, height = 0, width = 0, channels = 0] = array.shape;
      const reader = imageReader(array, shades.get(parts.find((other) => other.array === array)!)!);
      const merged = same === undefined ? labels : labels.map((label) => same.get(label)!);
      return { ...part, ...reader, labels: merged, shape: [height, width, channels] };
    }),
    notes.all(),
  );
}

/** Images and labels of a split, with the name of the array of images. */
interface Part extends Pick<ArrayPart, 'split' | 'labels'> {
  readonly name: string;
  readonly array: NpyArray;
}

/** Notes on arrays, each once for all that it is about. */
function noteBook() {
  const names = new Map<string, string[]>();
  return {
    add: (name: string, note: string) => void names.set(note, [...(names.get(note) ?? []), name]),
    all: () => [...names].map(([note, own]) => `${own.join(', ')}: ${note}`),
  };
}

/** Black and white, the same for all arrays of one type, so that a split of dark images is not read otherwise. */
function shadesOfAll(parts: readonly Part[], file: string): ReadonlyMap<Part, Shades> {
  const typeOf = ({ array }: Part) => `${array.kind}${array.width}`;
  return new Map(
    parts.map((part) => {
      const alike = parts.filter((other) => typeOf(other) === typeOf(part));
      const spans = alike.map(({ array }) => spanOf(array));
      const span = {
        least: Math.min(...spans.map(({ least }) => least)),
        most: Math.max(...spans.map(({ most }) => most)),
      };
      const names = alike.map(({ name }) => name).join(', ');
      return [part, shadesOf(part.array, span, `${file}, array ${names},`)];
    }),
  );
}

interface Pair {
  readonly split?: SplitName;
  readonly images: string;
  readonly labels: string;
}

/** The arrays that hold images and labels, by split. */
function pairsIn(entries: readonly string[], file: string): readonly Pair[] {
  const arrays = entries.filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -'.npy'.length));
  const roles = arrays.map((name) => ({ name, ...roleOf(name) }));
  const refuse = (what: string, hint = NPZ_HINT) => new DataError(`${file} ${what}`, { hint });
  const found: Pair[] = [];
  for (const split of [undefined, ...splitNames]) {
    const own = roles.filter((role) => role.split === split);
    const named = (keys: readonly string[]) =>
      own.filter(({ key }) => keys.includes(key)).map(({ name }) => name);
    const [images, labels] = [named(imageNames), named(labelNames)];
    if (images.length === 0) continue;
    const complete = pairs
      .map((pair) => pair.map((key) => named([key])))
      .filter((pair) => pair.every(({ length }) => length > 0));
    const [usedImages, usedLabels] =
      complete.length === 1 ? (complete[0] as [string[], string[]]) : [images, labels];
    if (usedLabels.length === 0) {
      throw refuse(
        `holds no labels for the images in ${images.join(', ')}, but ${entries.slice(0, 20).join(', ')}`,
      );
    }
    const numbered = own.filter(({ key }) => /^arr\d+$/.test(key)).map(({ name }) => name);
    const unclear =
      numbered.length > 2 && usedImages[0] === 'arr_0' ? numbered : [...usedImages, ...usedLabels];
    if (unclear.length > 2) {
      throw refuse(
        `holds several arrays that may be images or labels: ${unclear.join(', ')}`,
        'Save one of images and one of labels, called images and labels; with splits train_images, test_images and so on.',
      );
    }
    found.push({ images: usedImages[0]!, labels: usedLabels[0]!, ...(split === undefined ? {} : { split }) });
  }
  if (found.length === 0) {
    throw refuse(`holds no images with labels, but ${entries.slice(0, 20).join(', ') || 'nothing'}`);
  }
  if (found[0]!.split === undefined && found.length > 1)
    throw refuse('holds images both with and without a split');
  if (found[0]!.split !== undefined && found[0]!.split !== 'train')
    throw refuse('holds no images of the split train');
  return found;
}

/** What the name of an array says: `X_train` and `trainX` are `x` of the split `train`. */
function roleOf(name: string): { readonly key: string; readonly split?: SplitName } {
  const words = name
    .replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2')
    .toLowerCase()
    .replace(/^([xy])(?=[a-z]{2})|(?<=[a-z]{2})([xy])$/, (letter, before) =>
      before ? `${letter}_` : `_${letter}`,
    )
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  for (const at of [0, words.length - 1]) {
    const split = words.length > 1 ? splitCalled(words[at]!) : undefined;
    if (split !== undefined) return { key: words.toSpliced(at, 1).join(''), split };
  }
  return { key: words.join('') };
}

/** Names of classes by number, if an archive has them. */
interface ClassNames {
  readonly array: string;
  readonly names: readonly string[];
}

async function classesIn(zip: Zip, file: string): Promise<ClassNames | undefined> {
  for (const entry of zip.names) {
    const name = entry.replace(/\.npy$/, '');
    if (name === entry || !classNames.test(roleOf(name).key)) continue;
    const where = `${file}, array ${name},`;
    const array = parseNpy(await zip.read(entry), where);
    if (isNumeric(array)) continue;
    const names = textValues(array, countOf(array), where).map((text, i) =>
      labelOf(text, `${where} name ${i}`),
    );
    const twice = names.find((text, i) => names.indexOf(text) < i);
    if (twice === undefined) return { array: name, names };
    throw new DataError(`${where} names two classes ${twice}`, {
      hint: 'Give every class a name of its own.',
    });
  }
  return undefined;
}

/** Values of an array of texts or objects in one row or column. */
function textValues(array: NpyArray, count: number, where: string): readonly unknown[] {
  if (array.kind !== 'O') {
    const read = textsOf(array);
    return Array.from({ length: count }, (_, i) => {
      try {
        return read(i);
      } catch (cause) {
        throw new DataError(`${where} text ${i} is not UTF-8`, { hint: 'Save texts: dtype=str.', cause });
      }
    });
  }
  const values = pickledTexts(array.data);
  if (values?.length === count) return values;
  throw new DataError(`${where} holds Python objects that are not all texts`, {
    hint: 'Save texts: numpy.array(labels, dtype=str).',
  });
}

function labelsOf(array: NpyArray, count: number, name: string, classes: ClassNames | undefined): string[] {
  const { shape, kind } = array;
  const sides = shape.filter((side, axis) => side !== 1 || (axis === 0 && shape.length === 1));
  const single = countOf(array) === count && shape.length <= 2 && sides.length <= 1;
  const columns = shape.length === 2 && shape[0] === count && shape[1]! > 1;
  if (!single && !(columns && isNumeric(array))) {
    throw new DataError(`${name} is ${shape.join('×') || 'a single value'}, but there are ${count} images`, {
      hint: 'Give one label for each image, or a row that holds a single 1.',
    });
  }
  const values = single ? labelValues(array, count, name) : oneHot(array, name);
  return values.map((value, i) => {
    const where = `${name} label ${i}`;
    const label = labelOf(value, where);
    if (classes === undefined || !isNumeric(array)) return label;
    const named = classes.names[kind === 'b' ? Number(label === 'True') : Number(label)];
    if (named !== undefined) return named;
    throw new DataError(`${where} is ${label}, but ${classes.array} names ${classes.names.length} classes`, {
      hint: 'The first name is that of label 0.',
    });
  });
}

/** Labels as they are stored: a text for a whole number, as a double cannot hold all. */
function labelValues(array: NpyArray, count: number, name: string): readonly unknown[] {
  const { kind } = array;
  if (kind === 'U' || kind === 'S' || kind === 'O') return textValues(array, count, name);
  const read = numbersOf(array);
  const whole = wholeTextOf(array);
  return Array.from({ length: count }, (_, i) => {
    if (kind === 'b') return read(i) === 1 ? 'True' : 'False';
    // Adding 0 makes −0 the label 0.
    return kind === 'f' ? read(i) + 0 : whole(i);
  });
}

/** The columns that hold the single 1 of each row. */
function oneHot(array: NpyArray, name: string): readonly number[] {
  const read = numbersOf(array);
  const [rows = 0, columns = 0] = array.shape;
  const [perRow = 0, perColumn = 0] = array.strides;
  return Array.from({ length: rows }, (_, row) => {
    const values = Array.from({ length: columns }, (_, column) => read(row * perRow + column * perColumn));
    const ones = values.filter((value) => value === 1).length;
    if (ones === 1 && values.every((value) => value === 0 || value === 1)) return values.indexOf(1);
    throw new DataError(
      `${name} label ${row} holds ${values.slice(0, 8).join(', ')}, not a single 1 among zeros`,
      {
        hint: 'An image has one class: save its number, as by labels.argmax(axis=1).',
      },
    );
  });
}
