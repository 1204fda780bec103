import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { readEntries, readHeader } from '../../../src/cli/produce/augment/manifest.js';
import {
  beginRun,
  inspectOut,
  partFile,
  planFile,
  tasksDone,
  writePart,
} from '../../../src/cli/produce/augment/outFolder.js';
import { FewshotError } from '../../../src/core/errors.js';
import { damage, damaged, fuzzRuns } from '../../damage.js';
import { onWasm } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { augmentHere, planFor, settingsFor, writeModel, writePhotos } from './photos.js';

onWasm();
const at = ownFolder();

let manifest: string;
beforeEach(async () => {
  await writePhotos(at('photos'), { a: 3, b: 3 });
  const settings = settingsFor(at('photos'), await writeModel(at('m.safetensors')), { perClass: 3 });
  manifest = await augmentHere({ ...settings, includeOriginals: true }, at('out'));
});

/** Tries what damage does to a file. What is not refused must be well-formed, by `read`'s own lights. */
async function fuzz(file: string, read: () => Promise<void>): Promise<void> {
  const whole = await readFile(file);
  await read();
  await fc.assert(
    fc.asyncProperty(damage, async (how) => {
      await writeFile(file, damaged(whole, how));
      const start = performance.now();
      await read().catch((error: unknown) => {
        expect(error).toBeInstanceOf(FewshotError);
        expect((error as FewshotError).message).toContain(file);
      });
      expect(performance.now() - start).toBeLessThan(5000);
    }),
    { numRuns: fuzzRuns(150) },
  );
}

it('a damaged manifest is refused with its name and line, or lists files of its classes', async () => {
  await fuzz(manifest, async () => {
    const header = await readHeader(manifest).catch(lineOf);
    let files = 0;
    const entries = readEntries(manifest, header);
    for (;;) {
      const { value, done } = await entries.next().catch(lineOf);
      if (done) break;
      files++;
      expect(value.path).toMatch(/^[^./][^/]*\/[^/]+$/);
      expect(header.classes.map(({ label }) => label)).toContain(value.label);
      if ('provenance' in value) expect(value.provenance.angle).toSatisfy(Number.isFinite);
    }
    expect(files).toBe(header.files);
  });
});

/** Throws on, if the error names a line. */
function lineOf(error: unknown): never {
  expect((error as Error).message).toContain(`${manifest}, line `);
  throw error;
}

it('a damaged plan of a run that did not end is refused with its name, or is a plan', async () => {
  await rm(manifest);
  const plan = await planFor(settingsFor(at('photos'), at('m.safetensors'), { perClass: 3 }));
  await mkdir(at('out', '.unfinished'), { recursive: true });
  await beginRun(at('out'), plan);
  const names = Object.keys(plan);
  await fuzz(planFile(at('out')), async () => {
    const state = await inspectOut(at('out'), { resume: true, force: false }).catch((error: unknown) => {
      // With other classes in the plan, the files of these are nobody's.
      if (/is no file that this command wrote$/.test((error as Error).message)) return undefined;
      throw error;
    });
    if (state === undefined) return;
    expect(state.kind).toBe('unfinished');
    if (state.kind !== 'empty') expect(Object.keys(state.plan)).toEqual(names);
  });
});

it('a task with damaged lines is made again, or its files are all there', async () => {
  const plan = await planFor(settingsFor(at('photos'), at('m.safetensors'), { perClass: 3 }));
  const [, ...lines] = (await readFile(manifest, 'utf8')).split('\n');
  const entries = lines.filter(Boolean).map((line) => JSON.parse(line));
  const made = entries.filter(({ provenance }) => provenance !== undefined);
  const files = new Map<string, Uint8Array>();
  for (const { path } of made) files.set(path, await readFile(at('out', path)));
  await rm(at('out'), { recursive: true });
  await beginRun(at('out'), plan);
  await writePart(at('out'), 0, made);
  await fuzz(partFile(at('out'), 0), async () => {
    for (const [path, bytes] of files) {
      await mkdir(join(at('out'), path, '..'), { recursive: true });
      await writeFile(at('out', path), bytes);
    }
    const done = await tasksDone(at('out'), plan);
    const left = (await readdir(at('out'), { recursive: true })).filter((name) => name.endsWith('.png'));
    expect(left).toHaveLength(done.has(0) ? made.length : 0);
  });
});
