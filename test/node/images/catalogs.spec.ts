import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError, FewshotError } from '../../../src/core/errors.js';
import { javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { encodePng } from '../../../src/data/decode/png.js';
import type { Catalog } from '../../../src/node/images/catalog.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';
import { float32, int64, npyOf, texts, zip64, zipOf } from './npzFiles.js';

const at = ownFolder();
const gray = (shade: number) => encodePng(Float32Array.of(shade), [1, 1, 1]);

async function write(path: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content);
  return at(path);
}

const listed = ({ images }: Catalog) =>
  Array.from(images, ({ name, label, split }) => [name, label, split ?? '']);

async function refusal(path: string): Promise<FewshotError> {
  const error = await openCatalog(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FewshotError);
  expect((error as FewshotError).hint).toBeTruthy();
  return error as FewshotError;
}

async function shadesOf(catalog: Catalog): Promise<number[]> {
  const shades: number[] = [];
  for (const { name } of catalog.images) {
    const { pixels } = await (await catalog.read(name)).decode(javascriptDecoder);
    shades.push(Math.round(pixels[0]! * 255));
  }
  return shades;
}

describe('a table', () => {
  it('in CSV gives paths, labels and splits in the order of its lines', async () => {
    await write('p/1.png', gray(0.2));
    await write('p/q/zwei, 2.png', gray(0.4));
    const table = await write(
      't.csv',
      '\uFEFFlabel,path,note,split\r\ncat,p/1.png,x,train\r\n\r\n"猫","p/q/zwei, 2.png","a ""b""\nc",test\r\n',
    );
    const catalog = await openCatalog(table);
    expect(listed(catalog)).toEqual([
      ['p/1.png', 'cat', 'train'],
      ['p/q/zwei, 2.png', '猫', 'test'],
    ]);
    expect(await shadesOf(catalog)).toEqual([51, 102]);
  });

  it('in JSONL takes numbers as labels, and the manifest of an augmented folder', async () => {
    await write('3/1.png', gray(1));
    const table = await write(
      't.jsonl',
      '{"schema":"fewshot.manifest/1","files":1}\n{"path":"3/1.png","label":3,"sha256":"…"}\n\n',
    );
    expect(listed(await openCatalog(table))).toEqual([['3/1.png', '3', '']]);
  });

  it.each([
    ['../secret.png,a', /line 2: the path "\.\.\/secret\.png" does not lead/],
    ['/etc/passwd,a', /line 2: the path "\/etc\/passwd" does not lead/],
    ['p/../../x.png,a', /does not lead/],
    ['p/1.png,', /line 2: the label is empty/],
    ['p/1.png,..', /cannot be the name of a class/],
    ['p/1.png,a/b', /"a\/b" cannot be the name of a class/],
    ['p/1.png,.hidden', /cannot be the name of a class/],
    [',a', /line 2: path: /],
    [`p/1.png,${'a'.repeat(10_001)}`, /line 2: a field is too long/],
    ['\r\n\r\np/1.png,"a\r\nb"\r\n\r\n,c', /line 7: path: /],
    ['p/1.png,a\r\n\r\n"p/2.png\r\n",b\rp/3.png,"c', /line 6: a quoted field does not end/],
    ['p/1.png', /line 2: 1 fields, but 2 columns/],
    ['p/1.png,a\np/1.png,b', /line 3: p\/1\.png is listed twice/],
    ['"p/1.png,a', /line 2: a quoted field does not end/],
    ['"p"/1.png,a', /line 2: something follows a quoted field/],
    ['p"1.png,a', /line 2: a quotation mark stands within/],
    ['', /t\.csv lists no images/],
  ])('refuses %j', async (row, says) => {
    expect((await refusal(await write('t.csv', `path,label\n${row}`))).message).toMatch(says);
  });

  it('refuses columns, splits and text that it cannot read', async () => {
    expect((await refusal(await write('a.csv', 'name,label\nx,y'))).message).toMatch(/no column path/);
    expect((await refusal(await write('b.csv', 'path,label,split\nx,y,later'))).message).toMatch(
      /line 2: split: /,
    );
    expect((await refusal(await write('c.csv', 'path,label,split\nx,y,train\nz,y,'))).message).toMatch(
      /z is in no split, but others are/,
    );
    expect((await refusal(await write('d.csv', 'path,label,split\nx,y,test'))).message).toMatch(
      /split train/,
    );
    expect((await refusal(await write('e.csv', Uint8Array.of(0xff, 0xfe, 0x41)))).message).toMatch(
      /e\.csv, line 1: .*not UTF-16/,
    );
    expect((await refusal(await write('f.jsonl', '{"path":"x"}'))).message).toMatch(
      /line 1: .*no column label/,
    );
    expect((await refusal(await write('g.jsonl', '["x","y"]'))).message).toMatch(/g\.jsonl, line 1/);
    expect((await refusal(await write('h.jsonl', '{path'))).message).toMatch(/line 1: it is not JSON/);
    expect((await refusal(await write('i.jsonl', '['.repeat(70_000)))).message).toMatch(/line is too long/);
  });

  it('reads nothing through a symbolic link', async () => {
    await write('secret.png', gray(1));
    await write('t/t.csv', 'path,label\nout/secret.png,a\nlink.png,b');
    await symlink(at(''), at('t', 'out'));
    await symlink(at('secret.png'), at('t', 'link.png'));
    const { read } = await openCatalog(at('t', 't.csv'));
    await expect(read('out/secret.png')).rejects.toThrow(/out is a symbolic link/);
    await expect(read('link.png')).rejects.toThrow(/link\.png is a symbolic link/);
    await expect(read('../secret.png')).rejects.toThrow(/does not lead/);
    await expect(read('none.png')).rejects.toThrow(/none\.png is missing/);
  });
});

describe('an archive of NumPy', () => {
  const bytes = Uint8Array.of(0, 51, 102, 255);

  it.each([true, false])('gives images and labels, packed: %s', async (packed) => {
    const images = npyOf('|u1', [4, 1, 1], bytes);
    const labels = npyOf('<i8', [4], int64(3, 1, 3, 1));
    const catalog = await openCatalog(
      await write('a.npz', zipOf({ 'images.npy': images, 'labels.npy': labels }, packed)),
    );
    expect(listed(catalog)).toEqual([
      ['image/0', '3', ''],
      ['image/1', '1', ''],
      ['image/2', '3', ''],
      ['image/3', '1', ''],
    ]);
    expect(await shadesOf(catalog)).toEqual([...bytes]);
    await expect(catalog.read('image/4')).rejects.toThrow(/has no image image\/4/);
  });

  it('gives splits, floats, colors, and texts as labels', async () => {
    const file = zipOf({
      'x_test.npy': npyOf('<f4', [1, 1, 1, 3], float32(1, 0, 0.5)),
      'y_test.npy': npyOf('<U2', [1], texts(2, '猫')),
      'x_train.npy': npyOf('<f4', [2, 1, 1, 3], float32(0, 0, 0, 1, Number.NaN, 1)),
      'y_train.npy': npyOf('<U2', [2, 1], texts(2, 'ox', '猫')),
    });
    const catalog = await openCatalog(await write('b.npz', file));
    expect(listed(catalog)).toEqual([
      ['train/0', 'ox', 'train'],
      ['train/1', '猫', 'train'],
      ['test/0', '猫', 'test'],
    ]);
    const stored = await catalog.read('test/0');
    expect(stored.header()).toEqual({ format: 'array', width: 1, height: 1, channels: 3 });
    expect([...(await stored.decode(javascriptDecoder)).pixels]).toEqual([1, 0, 0.5]);
    const bad = await catalog.read('train/1');
    await expect(bad.decode(javascriptDecoder)).rejects.toThrow(
      /image train\/1 holds NaN in row 0, column 0/,
    );
  });

  const images = npyOf('|u1', [2, 1, 1], Uint8Array.of(1, 2));
  const labels = npyOf('|u1', [2], Uint8Array.of(0, 1));
  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['no images', { 'a.npy': images }, /holds no images with labels, but a\.npy/],
    ['no labels', { 'images.npy': images }, /holds no labels .*images/],
    [
      'fewer labels',
      { 'images.npy': images, 'labels.npy': npyOf('|u1', [1], Uint8Array.of(0)) },
      /array labels, is 1, but there are 2 images/,
    ],
    [
      'objects',
      { 'images.npy': npyOf('|O', [2, 1, 1], new Uint8Array(16)), 'labels.npy': labels },
      /array images, .* Python objects/,
    ],
    [
      'complex numbers',
      { 'images.npy': npyOf('<c8', [2, 1, 1], new Uint8Array(16)), 'labels.npy': labels },
      /complex/,
    ],
    [
      'missing values',
      { 'images.npy': npyOf('|u1', [3, 1, 1], Uint8Array.of(1, 2)), 'labels.npy': labels },
      /holds 2 bytes of values/,
    ],
    [
      'too many axes',
      { 'images.npy': npyOf('|u1', [2, 1, 1, 1, 1], Uint8Array.of(1, 2)), 'labels.npy': labels },
      /images, is 2×1×1×1×1/,
    ],
    [
      'no train set',
      { 'test_images.npy': images, 'test_labels.npy': labels },
      /no images of the split train/,
    ],
    [
      'slashes in labels',
      { 'images.npy': images, 'labels.npy': npyOf('<U2', [2], texts(2, '/a', 'b')) },
      /cannot be the name of a class/,
    ],
    [
      'no array',
      { 'images.npy': Uint8Array.of(1, 2, 3), 'labels.npy': labels },
      /is no array in the NPY format/,
    ],
  ])('is refused with %s', async (_, files, says) => {
    expect((await refusal(await write('c.npz', zipOf(files)))).message).toMatch(says);
  });

  it('is refused when it is damaged', async () => {
    const file = zipOf({ 'images.npy': images, 'labels.npy': labels }, false);
    expect((await refusal(await write('d.npz', file.subarray(0, file.length - 30)))).message).toMatch(
      /no ZIP archive/,
    );
    const changed = file.slice();
    changed[100]! ^= 1;
    expect((await refusal(await write('e.npz', changed))).message).toMatch(
      /e\.npz is damaged at images\.npy/,
    );
  });

  it.each([true, false])('never gives altered values, packed: %s', async (packed) => {
    const file = zipOf({ 'images.npy': images, 'labels.npy': labels }, packed);
    for (let i = 0; i < file.length; i++) {
      const changed = file.slice();
      changed[i]! ^= 16;
      const path = await write('f.npz', changed);
      const shades = await openCatalog(path).then(shadesOf, (error: unknown) => {
        expect(error).toBeInstanceOf(DataError);
        return [1, 2];
      });
      expect(shades).toEqual([1, 2]);
    }
  });

  it('is refused when two files share a name, or a file is encrypted, packed otherwise or too large', async () => {
    const file = zipOf({ 'images.npy': images, 'labels.npy': labels, 'labelz.npy': labels }, false);
    const list = Buffer.from(file).indexOf('PK\x01\x02', 'latin1');
    const changed = async (edit: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(file);
      edit(bytes);
      return (await refusal(await write('g.npz', bytes))).message;
    };
    expect(await changed((bytes) => bytes.write('labels', bytes.lastIndexOf('labelz')))).toMatch(
      /g\.npz holds several files named labels\.npy/,
    );
    expect(await changed((bytes) => bytes.writeUInt16LE(1, list + 8))).toMatch(/holds images\.npy encrypted/);
    expect(await changed((bytes) => bytes.writeUInt16LE(12, list + 10))).toMatch(
      /holds images\.npy compressed by method 12/,
    );
    expect(await changed((bytes) => bytes.writeUInt32LE(0xfffffff0, list + 24))).toMatch(
      /has 4294967280 bytes in images\.npy/,
    );
  });

  it('is read with the sizes and the directory in ZIP64', async () => {
    expect(await shadesOf(await openCatalog(await write('h.npz', zip64)))).toEqual([1, 2]);
  });
});

describe('IDX files', () => {
  const word = (value: number) => [0, 0, value >> 8, value & 255];
  const idx = (dimensions: readonly number[], values: readonly number[]) =>
    Uint8Array.of(0, 0, 8, dimensions.length, ...dimensions.flatMap(word), ...values);

  it('in a folder give splits, packed or not', async () => {
    await write('d/train-images-idx3-ubyte', idx([2, 1, 1], [7, 9]));
    await write('d/train-labels-idx1-ubyte', idx([2], [0, 1]));
    await write('d/t10k-images-idx3-ubyte.gz', gzipSync(idx([1, 1, 1], [5])));
    await write('d/t10k-labels-idx1-ubyte.gz', gzipSync(idx([1], [1])));
    const catalog = await openCatalog(at('d'));
    expect(listed(catalog)).toEqual([
      ['train/0', '0', 'train'],
      ['train/1', '1', 'train'],
      ['test/0', '1', 'test'],
    ]);
    expect(await shadesOf(catalog)).toEqual([7, 9, 5]);
    const one = await openCatalog(at('d', 'train-images-idx3-ubyte'));
    expect(listed(one)[1]).toEqual(['image/1', '1', '']);
  });

  it('with channels are color', async () => {
    await write('own-images-idx4-ubyte', idx([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]));
    const file = at('own-images-idx4-ubyte');
    expect((await refusal(file)).message).toMatch(/cannot read .*own-labels-idx1-ubyte/);
    await write('own-labels-idx1-ubyte', idx([2], [0, 1]));
    expect((await refusal(file)).message).toMatch(/holds 2 labels, but .* 1 images/);
    await write('own-labels-idx1-ubyte', idx([1], [4]));
    const catalog = await openCatalog(file);
    expect((await catalog.read('image/0')).header()).toMatchObject({ width: 2, height: 1, channels: 3 });
  });
});

describe('openCatalog', () => {
  it('says what can be read where it finds nothing of the kind', async () => {
    expect((await refusal(at('none'))).message).toMatch(/no data at .*none/);
    expect((await refusal(await write('x.tar', 'x'))).message).toMatch(/x\.tar is no kind of data/);
    await write('real/a/1.png', gray(0));
    await symlink(at('real'), at('link'));
    expect((await refusal(at('link'))).message).toMatch(/link is a symbolic link/);
  });
});
