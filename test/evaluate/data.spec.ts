import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import { encodePng } from '../../src/data/decode/png.js';
import { loadSplits } from '../../src/evaluate/data.js';
import { drawRuns } from '../node/drawings.js';
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

describe('loadSplits of runs', () => {
  const runs = (more: Partial<Parameters<typeof loadSplits>[0]> = {}) =>
    load({ data: 'omniglot', runs: at('runs'), shape: [8, 8, 1], ...more });

  it('takes them as Omniglot, whatever their folder is called, and leaves no class out', async () => {
    await drawRuns(at('runs'), { runs: 2, ways: 3 });
    const { name, among, train, query, findings } = await runs({ shots: 5 });
    expect(name).toBe('omniglot');
    expect(among).toEqual([
      'run01/class01',
      'run01/class02',
      'run01/class03',
      'run02/class01',
      'run02/class02',
      'run02/class03',
    ]);
    expect([train.labels.length, query.labels.length]).toEqual([6, 6]);
    expect(findings.leftOut).toEqual([]);
  });

  it('names images that come twice in one run, but none that come again in another', async () => {
    await drawRuns(at('runs'), { runs: 2, ways: 3 });
    await copyFile(at('runs/run01/test/item01.png'), at('runs/run02/test/item03.png'));
    expect((await runs()).findings).toMatchObject({ same: [], contradicting: [], leaks: [] });
    await copyFile(at('runs/run01/test/item01.png'), at('runs/run01/training/class03.png'));
    expect((await runs()).findings).toMatchObject({
      same: [['run01/training/class03.png', 'run01/test/item01.png']],
      ...{ contradicting: [], leaks: [] },
    });
  });
});
