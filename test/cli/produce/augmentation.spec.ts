import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AugmentationSettings,
  planWork,
  withAugmentation,
  writeMade,
} from '../../../src/cli/produce/augment/augmentation.js';
import type { ManifestPlan } from '../../../src/cli/produce/augment/manifest.js';
import { beginRun, finishRun } from '../../../src/cli/produce/augment/outFolder.js';
import { digestOf } from '../../../src/cli/produce/augment/parents.js';
import { allParts } from '../../../src/evaluate/work.js';
import { openStore } from '../../../src/node/parts/openStore.js';
import { onWasm } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { augmentHere, planFor, settingsFor, writeModel, writePhotos } from './photos.js';

onWasm();
const at = ownFolder();

/** A plan of two tasks, in a store, and what tells it from others. */
async function inStore(more: Partial<Parameters<typeof settingsFor>[2]> = {}) {
  await writePhotos(at('photos'), { b: 4, a: 6 });
  const source = await writeModel(at('m.safetensors'));
  const settings = settingsFor(at('photos'), source, { perClass: 140, includeOriginals: true, ...more });
  const plan = await planFor(settings);
  const store = await openStore(at('store'));
  const { about, parts } = await planWork(plan, store);
  return { settings, plan, store, about, parts };
}

type Store = Awaited<ReturnType<typeof openStore>>;

const makeAll = (asked: AugmentationSettings, store: Store) =>
  withAugmentation(asked, { store, workers: 2, signal: new AbortController().signal }, async (work) => ({
    about: work.about,
    values: await work.run(allParts(work)),
  }));

const noMore = () => undefined;

describe('an augmentation as work', () => {
  it('gives the folder that one machine makes, byte for byte, also where some tasks are done', async () => {
    const { settings, plan, store, about, parts } = await inStore();
    const made = await makeAll(about.settings, store);
    expect(made.about).toEqual(about);
    expect(parts).toBe(2);
    const out = at('out');
    await beginRun(out, plan);
    const values = new Map(made.values.entries());
    const done: number[] = [];
    for (const open of [new Set([1]), new Set([0])])
      await writeMade({ plan, out, open }, 'result', { header: {} as never, values }, (task) =>
        done.push(task),
      );
    expect(done).toEqual([1, 0]);
    await finishRun(out, plan, parts);
    const manifest = await readFile(await augmentHere(settings, at('here')), 'utf8');
    expect(await readFile(join(out, 'manifest.jsonl'), 'utf8')).toBe(manifest);
    for (const line of manifest.trimEnd().split('\n').slice(1)) {
      const { path, sha256 } = JSON.parse(line) as { path: string; sha256: string };
      expect(digestOf(await readFile(join(out, path)))).toBe(sha256);
    }
  });

  it('refuses results whose files are damaged, or of no such task', async () => {
    const { plan, store, about } = await inStore();
    const { values } = await makeAll(about.settings, store);
    await beginRun(at('out'), plan);
    const write = (task: number, value: unknown) =>
      writeMade(
        { plan, out: at('out'), open: new Set([0, 1]) },
        'result',
        { header: {} as never, values: new Map([[task, value]]) },
        noMore,
      );
    const [first] = values as [(typeof values)[number]];
    await expect(write(1, first)).rejects.toThrow(/result, task 1: .* is no file of it/);
    const files = [...first.files.slice(0, -1), 'AAAA'];
    await expect(write(0, { ...first, files })).rejects.toThrow(/result, task 0: .* is damaged/);
    await expect(write(0, { entries: first.entries })).rejects.toThrow('result, task 0: files');
    const stray = { ...first.entries[0]!, path: '../../x.png' };
    await expect(write(0, { ...first, entries: [stray, ...first.entries.slice(1)] })).rejects.toThrow(
      '../../x.png is no file of it',
    );
  });

  it('does only what a job names, by a plan with its digest', async () => {
    const { plan, store, about } = await inStore();
    const { settings } = about;
    const put = async (changed: ManifestPlan): Promise<AugmentationSettings> => {
      const text = JSON.stringify(changed);
      const digest = digestOf(Buffer.from(text));
      await store.commit(`plans/${digest}.json`, text);
      return { ...settings, plan: digest };
    };
    await expect(makeAll({ ...settings, plan: 'f'.repeat(64) }, store)).rejects.toThrow('it is not there');
    await expect(makeAll({ ...settings, data: at('harmless') }, store)).rejects.toThrow(
      'it is not what the job names',
    );
    await expect(makeAll({ ...settings, model: 'mnist' }, store)).rejects.toThrow(
      'it is not what the job names',
    );
    const [image, ...images] = plan.images;
    const outside = await put({ ...plan, images: [{ ...image!, name: '../m.safetensors' }, ...images] });
    await expect(makeAll(outside, store)).rejects.toThrow('../m.safetensors lies outside of the data');
    await expect(makeAll(await put({ ...plan, schema: 'other' as never }), store)).rejects.toThrow('schema');
    const name = at('store', 'plans', `${settings.plan}.json`);
    const text = await readFile(name, 'utf8');
    await rm(name);
    await writeFile(name, text.replace('"seed":3', '"seed":4'));
    await expect(makeAll(settings, store)).rejects.toThrow('it has another digest');
  });

  it('tells a model of other weights apart', async () => {
    const { store, about } = await inStore();
    await writeModel(at('m.safetensors'), 2);
    await expect(
      withAugmentation(
        about.settings,
        { store, workers: 1, signal: new AbortController().signal },
        async (work) => work.about.model,
      ),
    ).resolves.not.toBe(about.model);
  });
});
