import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armNames } from '../../src/evaluate/arms/arms.js';
import { accuracyOf } from '../../src/evaluate/judge.js';
import { defaultSettings, type EvaluationSettings } from '../../src/evaluate/settings.js';
import { prepare, runTask, trainEncoder } from '../../src/evaluate/trial.js';
import { decodeSafetensors } from '../../src/models/safetensors.js';
import { tinyFile } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

const settings: EvaluationSettings = {
  ...defaultSettings,
  arms: armNames,
  // Its codes have a style part, so that every arm can work with it.
  model: 'mnist-01234',
  queries: 20,
  perClass: 10,
  cnnSteps: 15,
  backend: 'wasm',
};

describe('a task', () => {
  let bench: Awaited<ReturnType<typeof prepare>>;
  beforeAll(async () => {
    bench = await prepare(settings);
  });
  afterAll(() => bench.model!.dispose());

  it.each(armNames)('leaves no tensor behind with the arm %s, and gives the same twice', async (arm) => {
    const task = { arm, episode: 3 };
    const first = await expectNoLeak(() => runTask(bench, task, settings));
    expect(await runTask(bench, task, settings)).toEqual(first);
    expect(accuracyOf(first.knn!)).toBeGreaterThan(0.3);
    expect(accuracyOf(first.cnn!)).toBeGreaterThan(0.1);
  });
});

it('has an encoder trained on the supports of each episode, and leaves no tensor behind', async () => {
  const own: EvaluationSettings = {
    ...settings,
    ...{ protocol: 'shots-only', encoderSteps: 3, model: 'no such model' },
  };
  const bench = await prepare(own);
  expect(bench.model).toBeUndefined();
  const encoder = await expectNoLeak(() => trainEncoder(bench, 3, own));
  expect(await trainEncoder(bench, 3, own)).toEqual(encoder);
  const digestOf = (file: Uint8Array) => decodeSafetensors(file, 'encoder').metadata.sha256;
  expect(digestOf(await trainEncoder(bench, 4, own))).not.toBe(digestOf(encoder));
  for (const arm of ['atnl', 'transport']) {
    const task = { arm, episode: 3, encoder };
    const first = await expectNoLeak(() => runTask(bench, task, own));
    expect(await runTask(bench, task, own)).toEqual(first);
    expect(accuracyOf(first.knn!)).toBeGreaterThan(0.1);
  }
});

it('counts teachers in labels and codes, and in nothing else', async () => {
  const taught: EvaluationSettings = {
    ...settings,
    ...{ protocol: 'novel', ways: 5, shots: 1, trust: 1, teachers: ['glyphs'], classifiers: ['cnn'] },
  };
  const bench = await prepare(taught);
  expect(bench.teachers.map(({ card }) => card.name)).toEqual(['glyphs']);
  const alone = { ...bench, teachers: [] };
  const judged = (by: typeof bench, arm: string) => runTask(by, { arm, episode: 3 }, taught);
  for (const arm of ['codes', 'geometric+labels'])
    expect(await judged(bench, arm)).not.toEqual(await judged(alone, arm));
  expect(await judged(bench, 'geometric')).toEqual(await judged(alone, 'geometric'));
  for (const model of [bench.model!, ...bench.teachers]) model.dispose();
});

it('refuses a teacher of images of another shape, and keeps no tensor of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
  const file = join(folder, 'tiny.safetensors');
  await writeFile(file, await tinyFile());
  const { numTensors } = tf.memory();
  await expect(prepare({ ...settings, teachers: [file] })).rejects.toThrow(
    /teacher tiny takes images of 12×12×1, but mnist-01234 of 28×28×1/,
  );
  expect(tf.memory().numTensors).toBe(numTensors);
  await rm(folder, { recursive: true });
});
