import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asOnDisk, readInside } from '../../../src/node/images/insidePath.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();

const [composed, apart] = ['caf\u00e9', 'cafe\u0301'];
/** A name with one accent in each form. */
const mixed = 'the\u0301\u00e9';

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), text);
}

const read = async (path: string) => Buffer.from(await readInside(at(''), path)).toString();

describe('a name with accents', () => {
  it('finds a file whose name on disk has another form', async () => {
    await write(`${apart}/${composed}.png`, '1');
    for (const folder of [composed, apart])
      for (const file of [composed, apart]) expect(await read(`${folder}/${file}.png`)).toBe('1');
    await write(`${mixed}.png`, '2');
    for (const form of ['NFC', 'NFD']) expect(await read(`${mixed.normalize(form)}.png`)).toBe('2');
    await expect(read(`${composed}/other.png`)).rejects.toThrow(/other\.png is missing/);
    await expect(read('cafe/caf\u00e9.png')).rejects.toThrow(/missing/);
  });

  it('means the file of just that form if both are there', async () => {
    await write(`${apart}/1.png`, 'apart');
    await write(`${composed}/1.png`, 'composed');
    // Some file systems keep one form only.
    if ((await readdir(at(''))).length < 2) return;
    expect(await read(`${apart}/1.png`)).toBe('apart');
    expect(await read(`${composed}/1.png`)).toBe('composed');
  });

  it('leads to no link', async () => {
    await write('secret.png', 'secret');
    await symlink(at('secret.png'), at(apart));
    await expect(read(composed)).rejects.toThrow(/symbolic link/);
  });

  it('finds data, and files that a table lists', async () => {
    await write(`${apart}/img/${apart}/1.png`, '');
    await write(`${apart}/table.csv`, `path,label\nimg/${composed}/1.png,${composed}\n`);
    const table = await openCatalog(at(composed, 'table.csv'));
    const [image] = table.images;
    expect((await table.read(image!.name)).bytes).toHaveLength(0);
    const [listed] = (await openCatalog(at(composed, 'img'), { include: [apart] })).images;
    expect(listed).toEqual({ name: `${apart}/1.png`, label: composed });
    expect(await asOnDisk(at(composed, 'none'))).toBe(at(apart, 'none'));
  });
});
