import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeLeftovers } from '../../src/node/files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leftovers-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The number of a process that has ended. */
const gone = spawnSync(process.execPath, ['--version']).pid;

it('removes temporary files of processes that are gone, and nothing else', async () => {
  const stay = [
    'digits.md',
    'digits.safetensors',
    // Of a writer that is at work, of another place, and of somebody else.
    `digits.md.${process.pid}.tmp`,
    `faces.md.${gone}.tmp`,
    `mydigits.md.${gone}.tmp`,
    `digits2.md.${gone}.tmp`,
    'digits.tmp',
    `digits.${gone}.txt`,
  ];
  const go = [`digits.md.${gone}.tmp`, `digits.checkpoint.${gone}.tmp`, `digits-1-7.svg.${gone}.tmp`];
  for (const name of [...stay, ...go]) await writeFile(join(folder, name), '');
  await removeLeftovers(join(folder, 'digits'));
  expect(await readdir(folder)).toEqual(stay.sort());
});

it('has nothing to do where there is no folder yet', async () => {
  await removeLeftovers(join(folder, 'not', 'there'));
  expect(await readdir(folder)).toEqual([]);
});
