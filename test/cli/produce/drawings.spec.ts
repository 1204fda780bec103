import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hallucinations } from '../../../src/augment/hallucinate.js';
import type { ManifestEntry } from '../../../src/cli/produce/augment/manifest.js';
import { replayFiles } from '../../../src/cli/produce/augment/replayFiles.js';
import { decodePng, encodePng } from '../../../src/data/decode/png.js';
import { fromInk, meanFrame, toInk } from '../../../src/data/ink.js';
import { imageFolder } from '../../../src/node/images/imageFolder.js';
import { loadModel } from '../../../src/node/loadModel.js';
import { onWasm, tinyArchitecture } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { augmentHere, settingsFor, writeModel } from './photos.js';

onWasm();
const at = ownFolder();

/** Blue bars on white paper of 40×30 pixels, each elsewhere. */
async function writeDrawings(): Promise<void> {
  await mkdir(at('signs', 'bar'), { recursive: true });
  for (let k = 0; k < 3; k++) {
    const pixels = Float32Array.from({ length: 40 * 30 * 3 }, (_, i) => {
      const [y, x] = [Math.floor(i / 90), Math.floor(i / 3) % 30];
      const isInk = y >= 18 + k && y < 32 + k && x >= 15 && x < 18 + k;
      return isInk ? [0, 0.2, 0.6][i % 3]! : 1;
    });
    await writeFile(at('signs', 'bar', `${k}.png`), encodePng(pixels, [40, 30, 3]));
  }
}

async function filesOf(manifest: string): Promise<ManifestEntry[]> {
  const [, ...lines] = (await readFile(manifest, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ManifestEntry);
}

describe('an augmented folder of drawings', () => {
  it('has them in size, place, polarity and colors of their parents, and replays', async () => {
    await writeDrawings();
    const source = await writeModel(at('m.safetensors'));
    const settings = settingsFor(at('signs'), source, { fit: 'ink', includeOriginals: true });
    const manifest = await augmentHere(settings, at('out'));
    const drawings = [];
    for await (const image of imageFolder(at('signs'))) drawings.push(image);
    const seen = drawings.map((image) => ({
      ...toInk(image, tinyArchitecture.imageShape),
      label: image.label,
    }));
    const model = await loadModel(source);
    const expected = [...hallucinations(model, seen, { perClass: 5, seed: 3 })];
    model.dispose();
    const entries = await filesOf(manifest);
    for (const entry of entries.filter((one) => 'original' in one)) {
      const name = (entry as { original: string }).original;
      expect(await readFile(at('out', entry.path))).toEqual(await readFile(at('signs', name)));
    }
    for (const [i, entry] of entries.filter((one) => !('original' in one)).entries()) {
      const image = expected[i]!;
      const frame = meanFrame(image.provenance!.parents.map((number) => seen[number]!.frame!));
      const like = fromInk(image, frame);
      const png = await readFile(at('out', entry.path));
      expect(png.equals(encodePng(like.pixels, like.shape))).toBe(true);
      const file = decodePng(png, entry.path);
      expect(file.shape).toEqual([40, 30, 3]);
      // Paper stays white where no ink was.
      expect([...file.pixels.subarray(0, 3)]).toEqual([1, 1, 1]);
    }
    const { same, faults } = await replayFiles({ manifest, out: at('again') });
    expect([same, faults]).toEqual([8, []]);
  });

  it('has them as the model sees them when asked to', async () => {
    await writeDrawings();
    const source = await writeModel(at('m.safetensors'));
    const settings = settingsFor(at('signs'), source, { fit: 'ink', asSeen: true, includeOriginals: true });
    const manifest = await augmentHere(settings, at('out'));
    const [header] = (await readFile(manifest, 'utf8')).split('\n');
    expect(JSON.parse(header!).command).toContain('--fit ink');
    expect(JSON.parse(header!).command).toContain('--as-seen');
    for (const { path } of await filesOf(manifest))
      expect(decodePng(await readFile(at('out', path)), path).shape).toEqual(tinyArchitecture.imageShape);
    expect((await replayFiles({ manifest, out: at('again') })).same).toBe(8);
  });
});
