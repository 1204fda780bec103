import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jobsOf, type ManifestPlan } from '../../../src/cli/produce/augment/manifest.js';
import { beginRun, finishRun, writePart } from '../../../src/cli/produce/augment/outFolder.js';
import type { AugmentSettings } from '../../../src/cli/produce/augment/plan.js';
import { planAugmentation } from '../../../src/cli/produce/augment/plan.js';
import { openWorkshop, TASK_SIZE, writeInto } from '../../../src/cli/produce/augment/workshop.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { loadModel } from '../../../src/node/loadModel.js';
import { noise, tinyArchitecture, tinyFile } from '../../models/tiny.js';

/** Writes `count` images of noise of each class, of the tiny model's shape, and the tiny model beside them. */
export async function writePhotos(root: string, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [label, count] of Object.entries(counts)) {
    await mkdir(join(root, label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const pixels = noise(tinyArchitecture.imageShape, label, i);
      await writeFile(join(root, label, `${i}.png`), encodePng(pixels, tinyArchitecture.imageShape));
    }
  }
}

/** The file of a tiny model. */
export async function writeModel(path: string, seed = 1): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await tinyFile(seed));
  return path;
}

export const settingsFor = (
  data: string,
  model: string,
  more: Partial<AugmentSettings> = {},
): AugmentSettings => ({
  ...{ data, model, shots: 5, perClass: 5, path: 'slerp', seed: 3, backend: 'wasm' },
  ...{ labelCheck: false, includeOriginals: false },
  ...more,
});

export async function planFor(settings: AugmentSettings): Promise<ManifestPlan> {
  const model = await loadModel(settings.model);
  return planAugmentation(settings, model).finally(() => model.dispose());
}

/** Augments in this thread, as the workers do in theirs. Returns the path of the manifest. */
export async function augmentHere(settings: AugmentSettings, out: string, batchSize = 7): Promise<string> {
  const plan = await planFor(settings);
  await beginRun(out, plan);
  const workshop = await openWorkshop(plan, batchSize);
  const tasks = Math.ceil(jobsOf(plan).count / TASK_SIZE);
  for (let task = 0; task < tasks; task++) {
    await writePart(out, task, await workshop.make(task, writeInto(out)));
  }
  await finishRun(out, plan, tasks);
  return join(out, 'manifest.jsonl');
}
