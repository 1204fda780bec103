import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  assertWhole,
  fillWorkShard,
  isWorkShard,
  mergeWork,
  type WorkShard,
} from '../../../src/cli/machines/workFolder.js';
import { atomicWrite } from '../../../src/node/files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'work-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...path: string[]) => join(folder, ...path);
const about = { kind: 'reproduce', scale: 'quick', arithmetic: 'fma', versions: { node: '22' } };

const workOf = (number: number, of = 2, change: Partial<WorkShard> = {}): WorkShard => ({
  ...{ command: 'fewshot reproduce table2', about, shard: [number, of] },
  ...change,
});

/** Fills a folder with files of a shard. */
const fill = (name: string, work: WorkShard, files: Readonly<Record<string, string>>) =>
  fillWorkShard(at(name), work, async () => {
    for (const [path, text] of Object.entries(files)) await atomicWrite(at(name, path), text);
  });

const both = async () => {
  await fill('one', workOf(1), { 'quick/a.safetensors': 'A', 'quick/parts/b.json': 'B' });
  await fill('two', workOf(2), { 'quick/c.safetensors': 'C' });
};
const merge = (...names: string[]) =>
  mergeWork(
    names.map((name) => at(name)),
    { out: at('out') },
  );

describe('fillWorkShard', () => {
  it('goes on with the same shard, and refuses another, or a folder of something else', async () => {
    await expect(
      fillWorkShard(at('one'), workOf(1), () => Promise.reject(new Error('killed'))),
    ).rejects.toThrow('killed');
    expect(await isWorkShard(at('one'))).toBe(true);
    expect(await isWorkShard(at('none'))).toBe(false);
    await fill('one', workOf(1), { 'quick/a.safetensors': 'A' });
    for (const [work, difference] of [
      [workOf(2), 'shard.0 is 1, not 2'],
      [workOf(1, 3), 'shard.1 is 2, not 3'],
      [workOf(1, 2, { about: { ...about, scale: 'full' } }), 'scale is "quick", not "full"'],
      [workOf(1, 2, { command: 'fewshot reproduce all' }), 'command is "fewshot reproduce table2"'],
    ] as const) {
      await expect(fill('one', work, {})).rejects.toThrow(`is of other work: ${difference}`);
    }
    await atomicWrite(at('other/quick/old.safetensors'), 'old');
    await expect(fill('other', workOf(1), {})).rejects.toThrow('is not empty: quick is there');
    await expect(assertWhole(at('one'), about)).rejects.toThrow('shard.1 is 2, not 1');
    await assertWhole(at('other'), about);
  });
});

describe('mergeWork', () => {
  it('joins the files of all shards, in which the whole goes on', async () => {
    await both();
    expect(await merge('two', 'one')).toEqual({ files: 3, command: 'fewshot reproduce table2' });
    expect((await readdir(at('out', 'quick'), { recursive: true })).sort()).toEqual([
      ...['a.safetensors', 'c.safetensors', 'parts', join('parts', 'b.json')],
    ]);
    expect(await readFile(at('out/quick/parts/b.json'), 'utf8')).toBe('B');
    await assertWhole(at('out'), about);
    await expect(assertWhole(at('out'), { ...about, arithmetic: 'plain' })).rejects.toThrow(
      'arithmetic is "fma", not "plain"',
    );
    // Files are links: what is written later to one folder is not in the other.
    await atomicWrite(at('out/quick/c.safetensors'), 'later');
    expect(await readFile(at('two/quick/c.safetensors'), 'utf8')).toBe('C');
    await expect(merge('two', 'one')).rejects.toThrow('is not empty');
  });

  it('refuses shards that are missing, doubled or of other work, and writes nothing', async () => {
    await both();
    await expect(merge('one')).rejects.toMatchObject({
      message: 'shard 2 of 2 is missing',
      hint: 'Make it by fewshot reproduce table2 --shard 2/2 --work …',
    });
    await expect(merge('one', 'two', 'one')).rejects.toThrow('are both shard 1 of 2');
    const others = {
      'shards is 3': workOf(2, 3),
      'scale is "full"': workOf(2, 2, { about: { ...about, scale: 'full' } }),
      'arithmetic is "plain"': workOf(2, 2, { about: { ...about, arithmetic: 'plain' } }),
      'versions.node is "20"': workOf(2, 2, { about: { ...about, versions: { node: '20' } } }),
      'command is': workOf(2, 2, { command: 'fewshot reproduce all' }),
    };
    for (const [difference, work] of Object.entries(others)) {
      await rm(at('other'), { recursive: true, force: true });
      await fill('other', work, {});
      await expect(merge('one', 'other')).rejects.toThrow(
        `is of another run than ${at('one')}: ${difference}`,
      );
    }
    await atomicWrite(at('plain/file'), '');
    await expect(merge('one', 'plain')).rejects.toThrow('is no shard of work');
    expect(await readdir(folder)).not.toContain('out');
  });

  it('refuses what is unfinished, damaged, differs or leads out of the folder, and writes nothing', async () => {
    await both();
    await writeFile(at('two/quick/c.safetensors'), 'x');
    await expect(merge('one', 'two')).rejects.toThrow('c.safetensors is damaged');
    await rm(at('two/quick/c.safetensors'));
    await expect(merge('one', 'two')).rejects.toMatchObject({
      message: expect.stringContaining('c.safetensors is damaged: no such file'),
      hint: `Remove it, and make it again by fewshot reproduce table2 --shard 2/2 --work ${at('two')}.`,
    });
    await fill('two', workOf(2), { 'quick/a.safetensors': 'other' });
    await expect(merge('one', 'two')).rejects.toThrow(/one.quick.a\.safetensors and .*two.quick.a.* differ/);
    await fill('two', workOf(2), { 'quick/a.safetensors': 'A' });

    const text = await readFile(at('two/shard.json'), 'utf8');
    await writeFile(at('two/shard.json'), text.replace(/,"files":.*}/, '}'));
    await expect(merge('one', 'two')).rejects.toThrow('two is not finished');
    await writeFile(at('two/shard.json'), text.replace('quick/a', '../a'));
    await expect(merge('one', 'two')).rejects.toThrow('cannot read');
    await writeFile(at('two/shard.json'), text.slice(1));
    await expect(merge('one', 'two')).rejects.toThrow('cannot read');
    expect(await readdir(folder)).not.toContain('out');

    await writeFile(at('two/shard.json'), text);
    expect(await merge('one', 'two')).toMatchObject({ files: 2 });
  });
});
