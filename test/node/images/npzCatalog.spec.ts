import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setFloat16 } from '@petamoriken/float16';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Background } from '../../../src/core/background.js';
import { DataError, FewshotError } from '../../../src/core/errors.js';
import { javascriptDecoder } from '../../../src/data/decode/decoder.js';
import type { Catalog, CatalogOptions } from '../../../src/node/images/catalog.js';
import { inspectCatalog } from '../../../src/node/images/inspectCatalog.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';
import { float32, int64, npyOf, texts, zipOf } from './npzFiles.js';

const at = ownFolder();

type Files = Readonly<Record<string, Uint8Array>>;

async function open(
  files: Files | Uint8Array,
  options: Pick<CatalogOptions, 'layout'> = {},
): Promise<Catalog> {
  await writeFile(at('a.npz'), files instanceof Uint8Array ? files : zipOf(named(files), false));
  return openCatalog(at('a.npz'), options);
}

const named = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.npy`, bytes]));

async function refusal(files: Files, options: Pick<CatalogOptions, 'layout'> = {}): Promise<FewshotError> {
  const error = await open(files, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).message).toContain(at('a.npz'));
  expect((error as DataError).hint).toBeTruthy();
  return error as DataError;
}

/** Pixels and shapes of all images. */
async function decoded(catalog: Catalog, background?: Background) {
  const all: { pixels: Float32Array; shape: readonly number[] }[] = [];
  for (const { name } of catalog.images) {
    const stored = await catalog.read(name);
    const { pixels, shape } = await stored.decode(javascriptDecoder, { background });
    expect(stored.header()).toMatchObject({ height: shape[0], width: shape[1] });
    all.push({ pixels, shape });
  }
  return all;
}

const labelsOf = ({ images }: Catalog) => Array.from(images, ({ label }) => label);

/** What test/reference/npz.py has written. */
const archives: readonly {
  readonly name: string;
  readonly npz: string;
  readonly shape: readonly number[];
  readonly pixels: readonly number[];
  readonly labels: readonly string[];
  readonly layout?: 'nhwc' | 'nchw';
  readonly background?: Background;
}[] = JSON.parse(readFileSync(new URL('../../reference/npz.json', import.meta.url), 'utf8'));

describe('an archive that NumPy has written', () => {
  it.each(archives)(
    'is read as NumPy reads it: $name',
    async ({ npz, shape, pixels, labels, layout, background }) => {
      const catalog = await open(Buffer.from(npz, 'base64'), layout === undefined ? {} : { layout });
      const images = await decoded(catalog, background);
      expect(images).toHaveLength(shape[0]!);
      for (const image of images) expect(image.shape).toEqual(shape.slice(1));
      const found = images.flatMap(({ pixels }) => [...pixels]);
      expect(Math.max(...found.map((value, i) => Math.abs(value - pixels[i]!)))).toBeLessThan(2e-6);
      expect(labelsOf(catalog)).toEqual(labels);
    },
  );
});

/** Types of numbers by NumPy's names, with a writer of each. */
const writers: Readonly<
  Record<string, (view: DataView, at: number, value: number, little: boolean) => void>
> = {
  u1: (view, at, value) => view.setUint8(at, value),
  u2: (view, at, value, little) => view.setUint16(at, value, little),
  i2: (view, at, value, little) => view.setInt16(at, value, little),
  u4: (view, at, value, little) => view.setUint32(at, value, little),
  i4: (view, at, value, little) => view.setInt32(at, value, little),
  u8: (view, at, value, little) => view.setBigUint64(at, BigInt(value), little),
  i8: (view, at, value, little) => view.setBigInt64(at, BigInt(value), little),
  f2: (view, at, value, little) => setFloat16(view, at, value, little),
  f4: (view, at, value, little) => view.setFloat32(at, value, little),
  f8: (view, at, value, little) => view.setFloat64(at, value, little),
};

/** An array of any type and order, of the values of a function of the place along each axis. */
function arrayOf(
  { type, little, fortran }: { type: string; little: boolean; fortran: boolean },
  shape: readonly number[],
  valueAt: (place: readonly number[]) => number,
): Uint8Array {
  const width = Number(type[1]);
  const count = shape.reduce((a, b) => a * b, 1);
  const data = new Uint8Array(count * width);
  const axes = fortran ? [...shape.keys()] : [...shape.keys()].reverse();
  for (let i = 0; i < count; i++) {
    const place: number[] = [];
    let rest = i;
    for (const axis of axes) {
      place[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    writers[type]!(new DataView(data.buffer), i * width, valueAt(place), little);
  }
  return npyOf(`${little ? '<' : '>'}${type}`, shape, data, fortran ? 'True' : 'False');
}

describe('an archive of NumPy', () => {
  it('gives the same pixels in every type, order and layout', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          type: fc.constantFrom(...Object.keys(writers)),
          little: fc.boolean(),
          fortran: fc.boolean(),
          nchw: fc.boolean(),
          size: fc.tuple(fc.integer({ min: 5, max: 8 }), fc.integer({ min: 5, max: 8 })),
          channels: fc.constantFrom(1, 3),
          values: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 400 }),
        }),
        async ({ nchw, size: [h, w], channels, values, ...how }) => {
          // The first value shows the range.
          const value = (n: number, y: number, x: number, c: number) => {
            const i = ((n * h + y) * w + x) * channels + c;
            return i === 0 ? 255 : values[i % values.length]!;
          };
          const images = nchw
            ? arrayOf(how, [2, channels, h, w], ([n, c, y, x]) => value(n!, y!, x!, c!))
            : arrayOf(how, [2, h, w, channels], ([n, y, x, c]) => value(n!, y!, x!, c!));
          const catalog = await open({ images, labels: npyOf('<i8', [2], int64(0, 1)) });
          for (const [n, { pixels, shape }] of (await decoded(catalog)).entries()) {
            expect(shape).toEqual([h, w, channels]);
            const right = Float32Array.from(pixels, (_, i) => {
              const [y, x, c] = [Math.floor(i / (w * channels)), Math.floor(i / channels) % w, i % channels];
              return value(n, y, x, c) / 255;
            });
            expect(pixels).toEqual(right);
          }
          const bytes = await Promise.all([0, 1].map(async (n) => (await catalog.read(`image/${n}`)).bytes));
          for (const own of bytes) expect(own).toHaveLength(h * w * channels * Number(how.type[1]));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives the bytes of each image, in whatever order it is stored', async () => {
    for (const fortran of [false, true]) {
      const images = arrayOf({ type: 'u2', little: true, fortran }, [2, 5, 3, 1], ([n]) => 200 + n!);
      const catalog = await open({ images, labels: npyOf('|u1', [2], Uint8Array.of(0, 1)) });
      for (const [n, { name }] of [...catalog.images].entries()) {
        const { bytes } = await catalog.read(name);
        expect(bytes).toHaveLength(30);
        expect(bytes.every((byte, i) => byte === (i % 2 === 0 ? 200 + n : 0))).toBe(true);
      }
    }
  });

  const two = npyOf('|u1', [2], Uint8Array.of(0, 1));
  const gray = (...values: number[]) => npyOf('|u1', [values.length, 1, 1], Uint8Array.from(values));
  const floats = (...values: number[]) => npyOf('<f4', [2, 1, values.length / 2], float32(...values));
  const pair = { images: gray(10, 200), labels: two };

  it.each<[string, Files]>([
    ['x and y', { x: pair.images, y: two }],
    ['X and y', { X: pair.images, y: two }],
    ['image and label', { image: pair.images, label: two }],
    ['data and target', { data: pair.images, target: two }],
    ['arr_0 and arr_1', { arr_0: pair.images, arr_1: two }],
    ['x and labels', { x: pair.images, labels: two }],
    ['images and labels beside others', { images: pair.images, labels: two, mean: two, ids: two }],
  ])('finds %s', async (_, files) => {
    const catalog = await open(files);
    expect(labelsOf(catalog)).toEqual(['0', '1']);
    expect((await decoded(catalog)).map(({ pixels }) => Math.round(255 * pixels[0]!))).toEqual([10, 200]);
  });

  it.each([
    ['x_train', 'y_train', 'x_test', 'y_test'],
    ['X_train', 'y_train', 'X_test', 'y_test'],
    ['train_images', 'train_labels', 'test_images', 'test_labels'],
    ['train_x', 'train_y', 'test_x', 'test_y'],
    ['trainX', 'trainY', 'testX', 'testY'],
    ['Xtrain', 'ytrain', 'Xtest', 'ytest'],
    ['training_data', 'training_target', 'Testing_Data', 'Testing_Target'],
  ])('finds %s and %s of a split', async (x, y, testX, testY) => {
    const catalog = await open({
      [testX]: gray(9),
      [testY]: npyOf('|u1', [1], Uint8Array.of(1)),
      [x]: gray(1, 2),
      [y]: two,
    });
    expect(Array.from(catalog.images, ({ name }) => name)).toEqual(['train/0', 'train/1', 'test/0']);
  });

  it.each<[string, Files, RegExp]>([
    ['two pairs', { ...pair, x: pair.images, y: two }, /images, x, labels, y/],
    ['arrays that differ in case', { X: pair.images, x: pair.images, y: two }, /X, x, y/],
    [
      'arrays without names',
      { arr_0: pair.images, arr_1: two, arr_2: pair.images, arr_3: two },
      /arr_0, arr_1, arr_2, arr_3/,
    ],
    ['images without labels', { x_train: pair.images, y_test: two }, /no labels .*x_train/],
    [
      'labels that are missing',
      { ...pair, labels: npyOf('<f4', [2], float32(1, Number.NaN)) },
      /array labels, label 1: .*NaN/,
    ],
    [
      'labels that are infinite',
      { ...pair, labels: npyOf('<f4', [2], float32(1 / 0, 1)) },
      /label 0: .*Infinity/,
    ],
    ['texts that say nan', { ...pair, labels: npyOf('<U3', [2], texts(3, 'ox', 'nan')) }, /label 1: .*NaN/],
    [
      'bytes that are no text',
      { ...pair, labels: npyOf('|S1', [2], Uint8Array.of(65, 255)) },
      /array labels, text 1/,
    ],
    [
      'a row of shares',
      { ...pair, labels: npyOf('<f4', [2, 2], float32(1, 0, 0.5, 0.5)) },
      /label 1 holds 0\.5, 0\.5/,
    ],
    [
      'a row of zeros',
      { ...pair, labels: npyOf('|b1', [2, 2], Uint8Array.of(1, 0, 0, 0)) },
      /label 1 holds 0, 0/,
    ],
    [
      'a label without a name',
      { ...pair, classes: npyOf('<U3', [1], texts(3, 'cat')) },
      /label 1 is 1, but classes/,
    ],
    [
      'two classes of one name',
      { ...pair, classes: npyOf('<U3', [2], texts(3, 'ox', 'ox ')) },
      /classes, names two classes ox/,
    ],
    ['structures', { ...pair, labels: structured() }, /array labels, .*: a, b/],
    [
      'objects that are no texts',
      { ...pair, labels: npyOf('|O', [2], Buffer.from('80045d942e', 'hex')) },
      /array labels, .*Python/,
    ],
    [
      'complex numbers',
      { ...pair, images: npyOf('<c8', [2, 1, 1], new Uint8Array(16)) },
      /array images, .*complex/,
    ],
    ['floats beyond 255', { ...pair, images: floats(0, 3, 4, 1000) }, /array images, .*from 0 to 1000/],
    ['floats up to 16', { ...pair, images: floats(0, 3, 4, 16) }, /from 0 to 16/],
    ['floats around 0', { ...pair, images: floats(-2.5, 0, 1, 2.25) }, /from -2\.5 to 2\.25/],
    ['floats around 0 by little', { ...pair, images: floats(-0.25, 0, 1, 1) }, /from -0\.25 to 1/],
    [
      'negative numbers',
      { ...pair, images: npyOf('|i1', [2, 1, 1], Uint8Array.of(255, 3)) },
      /int8 .*from -1 to 3/,
    ],
    [
      'numbers beyond 255',
      { ...pair, images: npyOf('<i4', [2, 1, 1], new Uint8Array(Int32Array.of(0, 256).buffer)) },
      /int32 .*from 0 to 256/,
    ],
    [
      'images of 3×3 in three channels',
      { ...pair, images: npyOf('|u1', [2, 3, 3, 3], new Uint8Array(54)) },
      /2×3×3×3/,
    ],
    ['rows of no square', { ...pair, images: npyOf('|u1', [2, 7], new Uint8Array(14)) }, /2×7/],
    ['five channels', { ...pair, images: npyOf('|u1', [2, 6, 6, 5], new Uint8Array(360)) }, /2×6×6×5/],
  ])('is refused with %s', async (_, files, says) => {
    expect((await refusal(files)).message).toMatch(says);
  });

  it('asks for a layout where the shape does not tell, and says if one does not fit', async () => {
    const images = (...shape: number[]) => npyOf('|u1', shape, new Uint8Array(shape.reduce((a, b) => a * b)));
    const refused = async (shape: readonly number[], layout?: 'nhwc' | 'nchw') =>
      (await refusal({ ...pair, images: images(...shape) }, layout === undefined ? {} : { layout })).options;
    expect(await refused([2, 3, 9, 3])).toEqual(['layout']);
    expect(await refused([2, 1, 9, 3])).toEqual(['layout']);
    expect(await refused([2, 9, 9, 3], 'nchw')).toEqual(['layout']);
    expect(await refused([2, 3, 9, 9], 'nhwc')).toEqual(['layout']);
  });

  it('chooses black and white for all splits at once, and tells what it chose', async () => {
    const train = gray(0, 200);
    const files = { x_train: train, y_train: two, x_test: gray(1, 0), y_test: two };
    const dark = await open(files);
    expect((await decoded(dark)).map(({ pixels }) => pixels[0])).toEqual(
      [0, 200, 1, 0].map((value) => Math.fround(value / 255)),
    );
    expect(dark.notes).toEqual([]);
    const masks = await open({ ...files, x_train: gray(0, 1) });
    expect((await decoded(masks)).map(({ pixels }) => pixels[0])).toEqual([0, 1, 1, 0]);
    expect(masks.notes).toHaveLength(1);
    expect(masks.notes![0]).toMatch(/x_train, x_test: .*1/);
    expect((await inspectCatalog(masks, { decoder: javascriptDecoder })).notes).toEqual(masks.notes);
  });

  it('takes texts of one number for one class in all splits', async () => {
    const labels = (...own: string[]) => npyOf('<U3', [2], texts(3, ...own));
    const images = gray(10, 200);
    const files = {
      x_train: images,
      y_train: labels('1.0', '10'),
      x_test: images,
      y_test: labels('1', '2.0'),
    };
    expect(labelsOf(await open(files))).toEqual(['1', '10', '1', '2']);
    expect(labelsOf(await open({ ...files, y_test: labels('1', 'v2') }))).toEqual(['1.0', '10', '1', 'v2']);
  });

  it('clips what rounding brought beyond black and white', async () => {
    const catalog = await open({ ...pair, images: floats(-1e-7, 1 + 1e-6, 0.5, 1) });
    expect((await decoded(catalog)).flatMap(({ pixels }) => [...pixels])).toEqual([0, 1, 0.5, 1]);
  });

  it('skips single images with values that are no numbers', async () => {
    const catalog = await open({ ...pair, images: floats(0, 1, Number.NaN, 1 / 0) });
    const { images, bad } = await inspectCatalog(catalog, { decoder: javascriptDecoder });
    expect(images).toBe(1);
    expect(bad.map(({ name }) => name)).toEqual(['image/1']);
    expect(bad[0]!.reason).toMatch(/NaN in row 0, column 0.*nan_to_num/);
  });

  it('runs nothing of a pickle', async () => {
    // os.system("true"), by protocol 0, and the same in the place of an array's name.
    for (const pickle of ["cos\nsystem\n(S'true'\ntR.", '\x80\x02cos\nsystem\nU\x04true\x85R.']) {
      const labels = npyOf('|O', [2], Buffer.from(pickle, 'latin1'));
      expect((await refusal({ ...pair, labels })).message).toMatch(/array labels/);
    }
  });

  it('alone, without labels, is refused with a way to save both', async () => {
    await writeFile(at('x.npy'), pair.images);
    const error = await openCatalog(at('x.npy')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FewshotError);
    expect((error as FewshotError).hint).toMatch(/savez/);
  });
});

/** An array of two fields. */
function structured(): Uint8Array {
  const plain = Buffer.from(npyOf('|V8', [2], new Uint8Array(16))).toString('latin1');
  const [short, long] = ["'|V8'", "[('a', '<i4'), ('b', '<f4')]"];
  return Buffer.from(
    plain.replace(short, long).replace(' '.repeat(long.length - short.length), ''),
    'latin1',
  );
}
