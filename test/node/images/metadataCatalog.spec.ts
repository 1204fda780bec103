import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { openByName, openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  }
}

const listed = async () => {
  const { images, passedOver } = await openCatalog(at(''));
  return {
    images: [...images].map(({ name, label, split }) => [name, label, split ?? '']),
    passedOver: passedOver.map(({ name }) => name),
  };
};

describe('a folder with a table metadata.csv or metadata.jsonl', () => {
  it('is read by it, and pictures that it does not list are named', async () => {
    await write({
      'metadata.csv': 'file_name,label,note\n1.png,cat,x\nsub/2.png,dog,y\n',
      ...{ '1.png': 'one', 'sub/2.png': 'two', 'sub/3.png': '' },
    });
    expect(await listed()).toEqual({
      images: [
        ['1.png', 'cat', ''],
        ['sub/2.png', 'dog', ''],
      ],
      passedOver: ['sub/3.png'],
    });
    for (const { read } of [await openCatalog(at('')), await openByName(at(''))])
      expect(Buffer.from((await read('sub/2.png')).bytes).toString()).toBe('two');
  });

  it('may have a table in each split, whatever that is called', async () => {
    await write({
      'Test/metadata.jsonl': '{"file_name":"1.png","label":"dog"}\n',
      'training/metadata.csv': 'file_name,animal\n1.png,cat\n2.png,dog\n',
      ...{ 'Test/1.png': '', 'training/1.png': '', 'training/2.png': '', 'Test/9.png': '' },
    });
    expect(await listed()).toEqual({
      images: [
        ['training/1.png', 'cat', 'train'],
        ['training/2.png', 'dog', 'train'],
        ['Test/1.png', 'dog', 'test'],
      ],
      passedOver: ['Test/9.png'],
    });
  });

  it('takes splits from the folders in which its files lie', async () => {
    await write({
      'metadata.csv': 'file_name,label\ntest/2.png,cat\ntrain/1.png,cat\n',
      ...{ 'train/1.png': '', 'test/2.png': '' },
    });
    expect((await listed()).images).toEqual([
      ['train/1.png', 'cat', 'train'],
      ['test/2.png', 'cat', 'test'],
    ]);
  });

  it.each([
    ['captions of one word', 'file_name,text\ncat/1.png,asleep\ndog/2.png,awake\n'],
    ['captions', 'file_name,text\ncat/1.png,"a cat, asleep / awake"\ndog/2.png,a dog\n'],
    ['no paths', 'id,label\n1,cat\n'],
    ['files that lie elsewhere', 'file_name,label\nraw/1.png,cat\n'],
  ])('is read by its class folders if the table holds %s', async (_, table) => {
    await write({ 'metadata.csv': table, 'cat/1.png': '', 'dog/2.png': '' });
    expect(await listed()).toEqual({
      images: [
        ['cat/1.png', 'cat', ''],
        ['dog/2.png', 'dog', ''],
      ],
      passedOver: ['metadata.csv'],
    });
  });

  it('is refused if the table is broken', async () => {
    await write({ 'metadata.csv': 'file_name,label\n1.png,cat\n1.png,dog\n', '1.png': '', 'cat/1.png': '' });
    const error = await listed().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(/metadata\.csv, line 3/);
  });
});
