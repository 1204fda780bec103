import { existsSync } from 'node:fs';
import { readdir, readFile, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeSafetensors } from '../../src/models/safetensors.js';
import { fewshotProcess as fewshot } from '../cli/fewshot.js';
import { folderWithPhotos, KILLS, killAgainAndAgain, removeFolder } from './killing.js';

/** Steps from one checkpoint to the next. A run that is killed seldom comes further than that. */
const EVERY = 200;
const steps = EVERY * (KILLS + 4);
const small = ['--filters', '4,8', '--latent', '16', '--batch-size', '4', '--quiet'];

let folder: string;
beforeAll(async () => {
  folder = await folderWithPhotos();
});
afterAll(() => removeFolder(folder));

/** Resolves at the moment when a training writes its second checkpoint, so that the first is whole. */
async function secondCheckpoint(name: string, signal: AbortSignal): Promise<void> {
  let seen = 0;
  try {
    for await (const { eventType, filename } of watch(folder, { signal })) {
      if (eventType !== 'rename' || !filename?.startsWith(`${name}.checkpoint.`)) continue;
      // It is told too when the file gets its final name.
      if (existsSync(join(folder, filename)) && ++seen === 2) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const stepOf = async (checkpoint: string) =>
  existsSync(checkpoint)
    ? Number(decodeSafetensors(await readFile(checkpoint), checkpoint).metadata.step)
    : 0;

it.each([
  ['mnist', ['--limit', '800', '--epochs', String(steps / 200)]],
  ['photos', ['--size', '16', '--channels', '1', '--epochs', String(steps / 8), '--no-warp']],
])('ends with the weights of an unbroken run on %s after kills at random times', async (data, flags) => {
  const args = ['train', '--backend', 'wasm', '--data', data, ...flags, ...small];
  const [killed, whole] = [`${data}-killed`, `${data}-whole`];
  const resumed = [...args, '--resume', '--out', `${killed}.safetensors`];
  let [step, caught] = [0, 0];
  await killAgainAndAgain(
    resumed,
    folder,
    (signal) => secondCheckpoint(killed, signal),
    async (sure) => {
      const reached = await stepOf(join(folder, `${killed}.checkpoint`));
      expect(reached).toBeGreaterThanOrEqual(sure ? step + EVERY : step);
      step = reached;
      caught += (await readdir(folder)).filter((name) => /\.checkpoint\.\d+\.tmp$/.test(name)).length;
    },
  );
  expect(caught, 'kills while a checkpoint was written').toBeGreaterThan(0);
  const last = await fewshot(resumed, { cwd: folder });
  expect(last.stderr).toBe('');
  expect(last.code).toBe(0);
  expect((await fewshot([...args, '--out', `${whole}.safetensors`], { cwd: folder })).code).toBe(0);
  const digest = async (name: string) =>
    /`([0-9a-f]{64})`/.exec(await readFile(join(folder, `${name}.md`), 'utf8'))?.[1];
  expect(await digest(killed)).toBe(await digest(whole));
  const left = (await readdir(folder)).filter((name) => name.startsWith(`${data}-`));
  expect(left.sort()).toEqual([killed, whole].flatMap((name) => [`${name}.md`, `${name}.safetensors`]));
});
