import { readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hallucinations } from '../../../src/augment/hallucinate.js';
import type { ManifestEntry, ManifestPlan } from '../../../src/cli/produce/augment/manifest.js';
import { bankNumbers } from '../../../src/cli/produce/augment/plan.js';
import { openWorkshop, writeInto } from '../../../src/cli/produce/augment/workshop.js';
import { UsageError } from '../../../src/core/errors.js';
import type { LabeledImage } from '../../../src/core/image.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { imageFolder } from '../../../src/node/images/imageFolder.js';
import { loadModel } from '../../../src/node/loadModel.js';
import { onWasm } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { augmentHere, planFor, settingsFor, writeModel, writePhotos } from './photos.js';

onWasm();
const at = ownFolder();

async function linesOf(manifest: string): Promise<[ManifestPlan & { files: number }, ...ManifestEntry[]]> {
  const lines = (await readFile(manifest, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)) as [ManifestPlan & { files: number }, ...ManifestEntry[]];
}

async function readAll(root: string): Promise<LabeledImage[]> {
  const images: LabeledImage[] = [];
  for await (const image of imageFolder(root)) images.push(image);
  return images;
}

describe('an augmented folder', () => {
  it.each([false, true])(
    'holds what hallucinations() gives, file by file (label check %s)',
    async (labelCheck) => {
      await writePhotos(at('photos'), { b: 4, a: 6 });
      const source = await writeModel(at('m.safetensors'));
      const settings = settingsFor(at('photos'), source, { perClass: 140, labelCheck });
      const [header, ...entries] = await linesOf(await augmentHere(settings, at('out')));
      const model = await loadModel(source);
      const expected = [
        ...hallucinations(model, await readAll(at('photos')), { perClass: 140, seed: 3, labelCheck }),
      ];
      model.dispose();
      expect(entries.map((entry) => 'provenance' in entry && entry.provenance)).toEqual(
        expected.map(({ provenance }) => provenance),
      );
      for (const [i, { pixels, shape, label }] of expected.entries()) {
        expect(entries[i]!.label).toBe(label);
        const png = await readFile(at('out', entries[i]!.path));
        expect(png.equals(encodePng(pixels, shape)), entries[i]!.path).toBe(true);
      }
      expect(header.files).toBe(entries.length);
      expect((await readAll(at('out'))).length).toBe(entries.length);
      expect((await readdir(at('out'))).sort()).toEqual(
        [...new Set(entries.map(({ label }) => label)), 'manifest.jsonl'].sort(),
      );
      expect(entries.length < 280, 'the check rejects some').toBe(labelCheck);
    },
  );

  it('chooses parents among the images that a stream would remember', async () => {
    // Small banks, so that the reservoir has to choose.
    await writePhotos(at('photos'), { a: 20, b: 9 });
    const source = await writeModel(at('m.safetensors'));
    const plan = await planFor(settingsFor(at('photos'), source, { perClass: 12 }));
    const small = { ...plan, settings: { ...plan.settings, bankSize: 4 } };
    const made = await (await openWorkshop(small, 5)).make(0, writeInto(at('out')));
    const model = await loadModel(source);
    const options = { perClass: 12, seed: 3, bankSize: 4 };
    const expected = [...hallucinations(model, await readAll(at('photos')), options)];
    model.dispose();
    expect(made.map((entry) => 'provenance' in entry && entry.provenance)).toEqual(
      expected.map(({ provenance }) => provenance),
    );
    for (const [i, { pixels, shape }] of expected.entries())
      expect((await readFile(at('out', made[i]!.path))).equals(encodePng(pixels, shape))).toBe(true);
    expect(bankNumbers('a', 20, 4, 3)).toHaveLength(4);
    expect(bankNumbers('a', 3, 4, 3)).toEqual([0, 1, 2]);
  });

  it('holds the real images byte for byte when asked to', async () => {
    await writePhotos(at('photos'), { a: 3, lone: 1 });
    const source = await writeModel(at('m.safetensors'));
    const settings = settingsFor(at('photos'), source, { includeOriginals: true, perClass: 2 });
    const [, ...entries] = await linesOf(await augmentHere(settings, at('out')));
    expect(entries.map(({ path }) => path)).toEqual([
      'a/original-0.png',
      'a/original-1.png',
      'a/original-2.png',
      'a/000000.png',
      'a/000001.png',
      'lone/original-0.png',
    ]);
    for (const name of ['a/1.png', 'lone/0.png']) {
      const copy = at('out', name.replace('/', '/original-'));
      expect((await readFile(copy)).equals(await readFile(at('photos', name)))).toBe(true);
    }
  });

  it('says that too few images or a wrong shape leave nothing to do, before anything is written', async () => {
    await writePhotos(at('photos'), { a: 1, b: 1 });
    const source = await writeModel(at('m.safetensors'));
    await expect(planFor(settingsFor(at('photos'), source))).rejects.toThrow(
      /no class has 2 images, as slerp needs/,
    );
    await writePhotos(at('photos'), { a: 2 });
    await writeFile(at('photos', 'b', '0.png'), encodePng(new Float32Array(30), [5, 2, 3]));
    await expect(planFor(settingsFor(at('photos'), source))).rejects.toThrow(
      expect.objectContaining({
        constructor: UsageError,
        message: `b/0.png in ${at('photos')} is 5×2×3, but the model ${source} takes 12×12×1`,
        hint: expect.stringMatching(/noise.*12 pixels wide, 12 high and gray.*--fit.*fewshot train/),
      }),
    );
  });

  it('refuses a parent that changes while it works', async () => {
    await writePhotos(at('photos'), { a: 2 });
    const plan = await planFor(settingsFor(at('photos'), await writeModel(at('m.safetensors'))));
    await writePhotos(at('other'), { b: 1 });
    await writeFile(at('photos', 'a', '1.png'), await readFile(at('other', 'b', '0.png')));
    await expect((await openWorkshop(plan, 5)).make(0, writeInto(at('out')))).rejects.toThrow(
      /a\/1\.png was changed/,
    );
  });
});
