import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors.js';
import { type ImageShape, sizeOf } from '../../src/core/image.js';
import { encodePng } from '../../src/data/decode/png.js';
import type { PassedOver } from '../../src/node/images/findings.js';
import { type FolderImage, imageFolder, readFolderFile } from '../../src/node/images/imageFolder.js';
import { isFolderPath } from '../../src/node/images/insidePath.js';
import { bytesOf, references } from '../data/decode/references.js';
import { ownFolder } from './folder.js';

const at = ownFolder();

/** A one-color PNG. */
const plain = (shade = 0.2, shape: ImageShape = [2, 3, 1]) =>
  encodePng(new Float32Array(sizeOf(shape)).fill(shade), shape);

async function fill(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(at(path), '..'), { recursive: true });
    await writeFile(at(path), content);
  }
}

async function read(root = at('')): Promise<FolderImage[]> {
  const images: FolderImage[] = [];
  for await (const image of imageFolder(root)) images.push(image);
  return images;
}

async function refusal(root = at('')): Promise<DataError> {
  const error = await read(root).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).hint).toBeTruthy();
  return error as DataError;
}

describe('imageFolder', () => {
  it('gives each image its class and path, as people count', async () => {
    await fill({
      'b/2.png': plain(0.4),
      'b/10.png': plain(0.6),
      'B/x.PNG': plain(0),
      'ä/ü ñ.png': plain(1),
      'a/z.png': plain(0.2),
      '猫/一.png': plain(0.8),
    });
    const images = await read();
    expect(images.map(({ path }) => path)).toEqual([
      'B/x.PNG',
      'a/z.png',
      'b/2.png',
      'b/10.png',
      'ä/ü ñ.png',
      '猫/一.png',
    ]);
    expect(images.map(({ label }) => label)).toEqual(['B', 'a', 'b', 'b', 'ä', '猫']);
    expect(images.map(({ pixels }) => Number(pixels[5]!.toFixed(4)))).toEqual([0, 0.2, 0.4, 0.6, 1, 0.8]);
    for (const { shape } of images) expect(shape).toEqual([2, 3, 1]);
  });

  it('passes over hidden files and folders, files beside the classes, and other files in them', async () => {
    await fill({
      'a/1.png': plain(),
      'a/.2.png': 'hidden',
      'a/.DS_Store': '',
      'a/3.png.17.tmp': 'half',
      'a/notes.txt': 'text',
      'a/deeper/4.png': 'too deep',
      'a/5.png/inside.png': 'a folder by that name',
      '.git/6.png': 'hidden',
      'manifest.jsonl': '{}',
    });
    expect((await read()).map(({ path }) => path)).toEqual(['a/1.png']);
  });

  it('passes over pictures in formats that are not read, and names each', async () => {
    const passedOver: PassedOver[] = [];
    const read = async () => {
      const paths: string[] = [];
      for await (const { path } of imageFolder(at(''), { onPassedOver: (file) => passedOver.push(file) }))
        paths.push(path);
      return paths;
    };
    await fill({ 'a/1.bmp': 'BM\0\0\0\0\0\0\0\0', 'a/3.pdf': '%PDF' });
    await expect(read()).rejects.toThrow(/1\.bmp is BMP/);
    await fill({ 'a/2.png': plain(), 'a/more/4.png': plain() });
    passedOver.length = 0;
    expect(await read()).toEqual(['a/2.png']);
    expect(passedOver.map(({ name }) => name)).toEqual(['a/3.pdf', 'a/more/4.png', 'a/1.bmp']);
    expect(passedOver[2]!.reason).toMatch(/BMP/);
  });

  it('reads pictures in folders within a class, and gives bars a color, as asked', async () => {
    await fill({ 'a/b/1.png': plain(0), 'c/2.png': plain(), 'a/3.png': plain(1, [4, 3, 1]) });
    const images: FolderImage[] = [];
    for await (const image of imageFolder(at(''), { nested: true, shape: [4, 8, 1], background: 'white' }))
      images.push(image);
    expect(images.map(({ path }) => path)).toEqual(['a/3.png', 'a/b/1.png', 'c/2.png']);
    expect(images[1]!.pixels[0]).toBe(1);
  });

  it('reads no further than it is asked', async () => {
    await fill({ 'a/1.png': plain(), 'a/2.png': 'broken', 'b/3.jpg': 'no PNG' });
    for await (const { path } of imageFolder(at(''))) {
      expect(path).toBe('a/1.png');
      break;
    }
  });

  it('reads JPEGs beside PNGs, turned upright, and brings all to one shape', async () => {
    await fill({ 'a/1.png': plain(), 'a/2.JPG': bytesOf(references.turned[5]!), 'b/3.jpeg': plain(0.4) });
    const images: FolderImage[] = [];
    for await (const image of imageFolder(at(''), { shape: [8, 8, 1], fit: 'crop' })) images.push(image);
    expect(images.map(({ path }) => path)).toEqual(['a/1.png', 'a/2.JPG', 'b/3.jpeg']);
    for (const { shape } of images) expect(shape).toEqual([8, 8, 1]);
    expect((await refusal()).hint).toMatch(/`shape`/);
  });

  it('reads split folders, the train set first', async () => {
    await fill({
      'test/a/1.png': plain(0.2),
      'valid/b/2.png': plain(0.4),
      'train/b/3.png': plain(0.6),
      'train/a/4.png': plain(0.8),
      'notes.txt': '',
    });
    const images = await read();
    expect(images.map(({ path, label, split }) => [path, label, split])).toEqual([
      ['train/a/4.png', 'a', 'train'],
      ['train/b/3.png', 'b', 'train'],
      ['valid/b/2.png', 'b', 'val'],
      ['test/a/1.png', 'a', 'test'],
    ]);
  });

  it('takes a class that is called train for a class', async () => {
    await fill({ 'train/1.png': plain(), 'test/2.png': plain() });
    expect((await read()).map(({ label, split }) => [label, split])).toEqual([
      ['test', undefined],
      ['train', undefined],
    ]);
    await fill({ 'car/3.png': plain() });
    expect((await read()).map(({ label }) => label)).toEqual(['car', 'test', 'train']);
  });

  it('names a broken file', async () => {
    await fill({ 'a/1.png': plain(), 'b/2.png': plain().subarray(0, 50) });
    expect((await refusal()).message).toMatch(/b\/2\.png is damaged/);
  });

  it.each<[string, ImageShape]>([
    ['size', [3, 2, 1]],
    ['number of channels', [2, 3, 3]],
  ])('names a file of another %s than the first', async (_, shape) => {
    await fill({ 'a/1.png': plain(), 'a/2.png': plain(0.2, shape) });
    const { message, hint } = await refusal();
    expect(message).toMatch(new RegExp(`a/2\\.png is ${shape.join('×')}, but a/1\\.png is 2×3×1$`));
    expect(hint).toMatch(/one size/);
  });

  it('refuses symbolic links by name', async () => {
    await fill({ 'a/1.png': plain(), 'elsewhere.png': plain() });
    await symlink(at('elsewhere.png'), at('a', '2.png'));
    expect((await refusal()).message).toMatch(/a\/2\.png is a symbolic link/);
    await rm(at('a', '2.png'));
    await symlink(at('a'), at('b'));
    expect((await refusal()).message).toMatch(/b is a symbolic link/);
  });

  it('says what to do where there is nothing to read', async () => {
    expect((await refusal()).message).toMatch(/holds no images$/);
    await fill({ 'loose.png': plain() });
    expect((await refusal()).hint).toMatch(/one folder a class/);
    await fill({ 'cat/1.psd': '8BPS' });
    expect((await refusal()).message).toMatch(/holds no images$/);
    expect((await refusal(at('none'))).message).toMatch(/cannot read the folder .*none$/);
    expect((await refusal(at('loose.png'))).message).toMatch(/cannot read the folder .*loose\.png$/);
  });
});

describe('readFolderFile', () => {
  it('stays within the class folders, whatever the path', async () => {
    await fill({ 'secret.png': plain(), 'root/a/1.png': plain(), 'root/top.png': plain() });
    await symlink(at(''), at('root', 'out'));
    expect(await readFolderFile(at('root'), 'a/1.png')).toEqual(Buffer.from(plain()));
    const paths = ['../secret.png', 'a/../1.png', '/etc/passwd', 'a//1.png', './top.png', 'a/.', ''];
    for (const path of [...paths, `${at('root')}/a/1.png`, 'a/1.png\0'])
      await expect(readFolderFile(at('root'), path)).rejects.toThrow(/is not a path in an image folder/);
    await expect(readFolderFile(at('root'), 'out/secret.png')).rejects.toThrow(/out is a symbolic link/);
    await expect(readFolderFile(at('root'), 'a/b/1.png')).rejects.toThrow(/missing/);
    await expect(readFolderFile(at('root'), 'a/2.png')).rejects.toThrow(/a\/2\.png is missing/);
    await expect(readFolderFile(at('root'), 'top.png/1.png')).rejects.toThrow(/missing/);
  });

  it('takes no path that leads anywhere but two steps down', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\0', '/', '\\', '~'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const path = parts.join('/');
        if (!isFolderPath(path)) return;
        const resolved = join('/root', path);
        expect(resolved).toBe(`/root/${path}`);
        expect(resolved.split('/')).toHaveLength(4);
      }),
    );
  });
});
