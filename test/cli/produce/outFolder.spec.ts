import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ManifestPlan } from '../../../src/cli/produce/augment/manifest.js';
import {
  beginRun,
  clearRun,
  finishRun,
  inspectOut,
  partFile,
  sweep,
  tasksDone,
  writePart,
} from '../../../src/cli/produce/augment/outFolder.js';
import { openWorkshop, writeInto } from '../../../src/cli/produce/augment/workshop.js';
import { DataError, UsageError } from '../../../src/core/errors.js';
import { onWasm } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { augmentHere, planFor, settingsFor, writeModel, writePhotos } from './photos.js';

onWasm();
/** How many files may be removed before the disk refuses. */
const disk = vi.hoisted(() => ({ removals: Number.POSITIVE_INFINITY }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    rm: (...args: Parameters<typeof real.rm>) =>
      disk.removals-- > 0 ? real.rm(...args) : Promise.reject(new Error('from the disk')),
  };
});

const at = ownFolder();

let plan: ManifestPlan;
let out: string;
/** A run of two tasks of which one is done, and the other was killed when half of it was. */
beforeEach(async () => {
  await writePhotos(at('photos'), { a: 2, b: 2 });
  plan = await planFor(settingsFor(at('photos'), await writeModel(at('m.safetensors')), { perClass: 140 }));
  out = at('out');
  await beginRun(out, plan);
  const workshop = await openWorkshop(plan, 128);
  await workshop.make(1, writeInto(out));
  const entries = await workshop.make(0, writeInto(out));
  await writePart(out, 0, entries);
  await rm(join(out, 'b', '000139.png'));
  await writeFile(join(out, 'b', '000139.png.77.tmp'), 'half');
  await writeFile(join(out, '.unfinished', '1.jsonl.77.tmp'), 'half');
});

const files = async () => (await readdir(out, { recursive: true })).sort();
const look = (more: Partial<{ resume: boolean; force: boolean }> = {}, path = out) =>
  inspectOut(path, { resume: false, force: false, ...more });

describe('inspectOut', () => {
  it('takes a new folder and an empty one, hidden files aside', async () => {
    expect(await look({}, at('new'))).toEqual({ kind: 'empty' });
    await mkdir(at('empty'));
    await writeFile(at('empty', '.DS_Store'), '');
    expect(await look({}, at('empty'))).toEqual({ kind: 'empty' });
  });

  it('asks what to do with a run that did not end, and with one that did', async () => {
    await expect(look()).rejects.toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/--resume.*--force/) }),
    );
    expect(await look({ resume: true })).toEqual({ kind: 'unfinished', plan });
    const workshop = await openWorkshop(plan, 128);
    const entries = await workshop.make(1, writeInto(out));
    await writePart(out, 1, entries);
    await sweep(out, plan);
    expect(await finishRun(out, plan, 2)).toEqual({
      files: 280,
      made: new Map([
        ['a', 140],
        ['b', 140],
      ]),
    });
    expect(await readdir(out)).toEqual(['a', 'b', 'manifest.jsonl']);
    await expect(look()).rejects.toThrow(/is not empty: a run filled it already/);
    expect(await look({ force: true })).toEqual({ kind: 'finished', plan });
  });

  it.each(['resume', 'force'])('refuses what no run wrote, even with --%s', async (name) => {
    const flags = { [name]: true };
    await mkdir(at('mine'));
    await writeFile(at('mine', 'diary.txt'), '');
    await expect(look(flags, at('mine'))).rejects.toThrow(/diary\.txt in it is of no run/);
    for (const stray of ['notes.txt', join('a', 'mine.png')]) {
      await writeFile(join(out, stray), '');
      await expect(look(flags)).rejects.toThrow(UsageError);
      await expect(look(flags)).rejects.toThrow(`${join(out, stray)} is no file that this command wrote`);
      await rm(join(out, stray));
    }
    await cp(join(out, 'a'), at('elsewhere'), { recursive: true });
    await rm(join(out, 'a'), { recursive: true });
    await symlink(at('elsewhere'), join(out, 'a'));
    await expect(look(flags)).rejects.toThrow(/out\/a is no file that/);
  });

  it('names a file of its own that is broken', async () => {
    await writeFile(join(out, '.unfinished', 'plan.json'), '{"schema":1}');
    await expect(look({ resume: true })).rejects.toThrow(DataError);
    await expect(look({ resume: true })).rejects.toThrow(/plan\.json: /);
    await writeFile(join(out, '.unfinished', 'plan.json'), '{');
    await expect(look({ resume: true })).rejects.toThrow(/cannot read .*plan\.json/);
    await writeFile(join(out, 'manifest.jsonl'), 'mine');
    await expect(look({ force: true })).rejects.toThrow(/manifest\.jsonl, line 1: it is not JSON/);
    await writeFile(at('file'), '');
    await expect(look({}, at('file'))).rejects.toThrow(/a part of the path is a file/);
  });
});

const cutFirstLine = async (file: string) =>
  writeFile(file, (await readFile(file, 'utf8')).replace(/^.*\n/, ''));

describe('a run that did not end', () => {
  it('goes on after the tasks whose files are all there, without those of others', async () => {
    expect(await tasksDone(out, plan)).toEqual(new Set([0]));
    const left = (await files()).filter((file) => /png/.test(file));
    expect(left).toHaveLength(256);
    expect(left.at(-1)).toBe('b/000115.png');
  });

  it.each([
    ['a file is gone', () => rm(join(out, 'a', '000003.png'))],
    ['its lines are broken', () => writeFile(partFile(out, 0), '{"path"\n')],
    ['its lines are fewer than were written', () => cutFirstLine(partFile(out, 0))],
  ])('makes a task again when %s', async (_, harm) => {
    await harm();
    expect(await tasksDone(out, plan)).toEqual(new Set());
    expect((await files()).filter((file) => /png/.test(file))).toEqual([]);
  });

  it('loses what was on its way to the disk, and nothing else', async () => {
    const before = await files();
    await sweep(out, plan);
    expect(await files()).toEqual(before.filter((file) => file !== 'b/000139.png.77.tmp'));
  });

  it('is cleared to the last file, but for what the user hides there', async () => {
    await writeFile(join(out, '.DS_Store'), '');
    await writeFile(join(out, 'a', '.DS_Store'), '');
    await clearRun(out, plan);
    expect(await files()).toEqual(['.DS_Store', 'a', 'a/.DS_Store']);
    await rm(join(out, 'a'), { recursive: true });
    expect(await look()).toEqual({ kind: 'empty' });
  });

  it('can be cleared again when clearing was cut off, after any number of its steps', async () => {
    const small = await planFor(settingsFor(at('photos'), at('m.safetensors'), { perClass: 2 }));
    let steps = 0;
    for (let ended = false; !ended; steps++) {
      const place = at(`small${steps}`);
      await augmentHere(settingsFor(at('photos'), at('m.safetensors'), { perClass: 2 }), place);
      disk.removals = steps;
      ended = await clearRun(place, small).then(
        () => true,
        () => false,
      );
      disk.removals = Number.POSITIVE_INFINITY;
      if (ended) break;
      const state = await look({ force: true }, place);
      expect(state).toEqual({ kind: steps === 0 ? 'finished' : 'unfinished', plan: small });
      await clearRun(place, small);
      expect(await readdir(place)).toEqual([]);
    }
    // The manifest, four images and the mark of the run.
    expect(steps).toBe(6);
  });
});
