import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import { encodePng } from '../../src/data/decode/png.js';
import { loadSplits } from '../../src/evaluate/data.js';
import { ownFolder } from '../node/folder.js';
import { sceneOf } from '../node/images/scenes.js';

const at = ownFolder();

/** Writes so many different pictures into each folder. */
async function fill(folders: Readonly<Record<string, number>>): Promise<void> {
  for (const [folder, count] of Object.entries(folders)) {
    for (let i = 0; i < count; i++) {
      const path = at(folder, `${i}.png`);
      await mkdir(dirname(path), { recursive: true });
      const { pixels, shape } = sceneOf(folder, i)({}, 16);
      await writeFile(path, encodePng(pixels, shape));
    }
  }
}

const load = (more: Partial<Parameters<typeof loadSplits>[0]> = {}) =>
  loadSplits({ data: at('own'), split: 'test', shape: [8, 8, 3], fit: 'crop', ...more });

describe('loadSplits', () => {
  it('leaves out by name classes that have too few images, and no images of others', async () => {
    await fill({ 'own/a': 12, 'own/b': 12, 'own/few': 3, 'own/lonely': 1 });
    expect(await load()).toMatchObject({
      among: ['a', 'b', 'few'],
      findings: { leftOut: [{ label: 'lonely', images: 1 }] },
    });
    const { among, findings, train } = await load({ shots: 5 });
    expect(among).toEqual(['a', 'b']);
    expect(findings.leftOut).toEqual([
      { label: 'lonely', images: 1 },
      { label: 'few', images: 2, tests: 1 },
    ]);
    expect(train.classes).toEqual(['a', 'b', 'few']);
    expect((await load({ queries: 2 })).among).toEqual(['a', 'b']);
  });

  it('leaves out a class without test images', async () => {
    await fill({ 'own/train/a': 3, 'own/train/b': 3, 'own/train/c': 3, 'own/test/a': 2, 'own/test/b': 2 });
    const { among, findings } = await load();
    expect(among).toEqual(['a', 'b']);
    expect(findings.leftOut).toEqual([{ label: 'c', images: 3, tests: 0 }]);
    expect((await load({ queries: 0 })).among).toEqual(['a', 'b', 'c']);
  });

  it('says how many shots and queries two classes have', async () => {
    await fill({ 'own/a': 10, 'own/b': 5 });
    await expect(load({ shots: 5 })).rejects.toMatchObject({
      ...{ constructor: UsageError, options: ['shots'], hint: expect.stringMatching(/at most 4 shots/) },
    });
    await expect(load({ queries: 2 })).rejects.toMatchObject({
      ...{ constructor: UsageError, options: ['queries'], hint: expect.stringMatching(/at most 1 queries/) },
    });
    expect((await load({ shots: 4, queries: 1 })).among).toEqual(['a', 'b']);
  });

  it('refuses splits that share fewer than two classes', async () => {
    await fill({ 'own/train/a': 2, 'own/train/b': 2, 'own/test/a': 2 });
    await expect(load()).rejects.toThrow(DataError);
  });
});
