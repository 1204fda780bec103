import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { readEntries, readHeader } from '../../../src/cli/produce/augment/manifest.js';
import { replayFiles } from '../../../src/cli/produce/augment/replayFiles.js';
import { DataError, FewshotError, UsageError } from '../../../src/core/errors.js';
import { onWasm } from '../../models/tiny.js';
import { ownFolder } from '../../node/folder.js';
import { augmentHere, settingsFor, writeModel, writePhotos } from './photos.js';

onWasm();
const at = ownFolder();

// biome-ignore lint/suspicious/noExplicitAny: broken on purpose
type Json = any;
let header: Json;
let entries: Json[];
let model: string;
beforeEach(async () => {
  await writePhotos(at('photos'), { a: 3, b: 3 });
  model = await writeModel(at('m.safetensors'));
  const settings = settingsFor(at('photos'), model, { perClass: 3, includeOriginals: true });
  const lines = (await readFile(await augmentHere(settings, at('out')), 'utf8')).trimEnd().split('\n');
  [header, ...entries] = lines.map((line) => JSON.parse(line));
});

const manifest = () => at('m.jsonl');
const write = (...lines: readonly (Json | string)[]) =>
  writeFile(
    manifest(),
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );

async function readThrough(): Promise<number> {
  let count = 0;
  for await (const _ of readEntries(manifest(), await readHeader(manifest()))) count++;
  return count;
}

/** The message of the `DataError` that reading gives. */
async function refusal(): Promise<string> {
  const error = await readThrough().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

describe('a broken manifest is refused with file and line', () => {
  it('and a whole one is not', async () => {
    await write(header, ...entries);
    expect(await readThrough()).toBe(12);
  });

  it.each<[string, (header: Json) => Json | string, RegExp]>([
    ['no JSON', () => '{"schema":', /line 1: it is not JSON/],
    ['no object', () => '[]', /line 1: /],
    [
      'another schema',
      (h) => ({ ...h, schema: 'fewshot.manifest/2' }),
      /line 1: schema: not fewshot\.manifest\/1/,
    ],
    ['no model', ({ model: _, ...h }) => h, /line 1: model: /],
    [
      'a short digest',
      (h) => ({ ...h, model: { ...h.model, sha256: 'ab' } }),
      /line 1: model\.sha256: not a SHA-256/,
    ],
    ['an unknown path', (h) => ({ ...h, settings: { ...h.settings, path: 'geodesic' } }), /settings\.path: /],
    ['a fractional count', (h) => ({ ...h, files: 1.5 }), /line 1: files: /],
    ['an unknown kind of data', (h) => ({ ...h, data: { kind: 'zip' } }), /line 1: data\.kind: /],
    ['an unknown field', (h) => ({ ...h, extra: 1 }), /line 1: extra: /],
    ['a broken parent', (h) => ({ ...h, images: [...h.images.slice(1), {}] }), /line 1: images\.5\.name: /],
  ])('header: %s', async (_, change, says) => {
    await write(change(header), ...entries);
    expect(await refusal()).toMatch(says);
    expect(await refusal()).toContain(manifest());
  });

  it.each<[string, (entry: Json) => Json | string, RegExp]>([
    ['no JSON', () => '{"path":"a', /line 5: it is not JSON/],
    ['an empty line', () => '', /line 5: it is not JSON/],
    ['no digest', ({ sha256: _, ...e }) => e, /line 5: sha256: /],
    [
      'no place on its path',
      (e) => ({ ...e, provenance: { ...e.provenance, omega: null } }),
      /line 5: provenance\.omega/,
    ],
    [
      'an ω beyond its path',
      (e) => ({ ...e, provenance: { ...e.provenance, omega: 2 } }),
      /line 5 .*: provenance\.omega: 2 is not on slerp, which has ω from 0 to 1/,
    ],
    [
      'base codes that its path does not take',
      (e) => ({ ...e, provenance: { ...e.provenance, base: [0, 1] } }),
      /line 5 .*: provenance\.base: it lists 2 base codes, but slerp takes 0/,
    ],
    [
      'one parent',
      (e) => ({ ...e, parents: e.parents.slice(1) }),
      /line 5 .*it lists 1 parents, but slerp takes 2/,
    ],
    ['neither parents nor original', ({ parents: _, provenance: __, ...e }) => e, /line 5: /],
    [
      'a place above',
      (e) => ({ ...e, path: '../a/1.png' }),
      /line 5 \(\.\.\/a\/1\.png\): its path is not in the folder/,
    ],
    [
      'a place two above',
      (e) => ({ ...e, label: '..', path: '../1.png' }),
      /line 5 .*its path is not in the folder/,
    ],
    ['a path elsewhere', (e) => ({ ...e, path: '/tmp/1.png' }), /line 5 .*its path is not in the folder/],
    [
      'a place in another class',
      (e) => ({ ...e, path: 'b/1.png' }),
      /its path is not in the folder of its class, a/,
    ],
    ['the place of another file', (e) => ({ ...e, path: 'a/original-0.png' }), /line 5 .*listed twice/],
    [
      'an unknown parent',
      (e) => ({ ...e, parents: ['a/9.png', e.parents[1]] }),
      /no image a\/9\.png of its class/,
    ],
    [
      'a parent of another class',
      (e) => ({ ...e, parents: ['b/0.png', e.parents[1]] }),
      /no image b\/0\.png of its/,
    ],
    [
      'exchanged parents',
      (e) => ({ ...e, parents: [...e.parents].reverse() }),
      /of its class under that number/,
    ],
    [
      'a parent above',
      (e) => ({ ...e, parents: ['../secret.png', e.parents[1]] }),
      /no image \.\.\/secret\.png of its class/,
    ],
    [
      'another model',
      (e) => ({ ...e, provenance: { ...e.provenance, model: 'a'.repeat(64) } }),
      /line 5 .*another model than the header’s/,
    ],
  ])('line: %s', async (_, change, says) => {
    // Line 5 is the first hallucination, behind the header and three real images.
    await write(header, ...entries.slice(0, 3), change(entries[3]), ...entries.slice(4));
    expect(await refusal()).toMatch(says);
    expect(await refusal()).toContain(manifest());
  });

  it('a missing line, an empty file, a folder, and no file', async () => {
    await write(header, ...entries.slice(0, -1));
    expect(await refusal()).toMatch(/m\.jsonl, line 13: the header announces 12 files, but 11 are listed/);
    await write();
    expect(await refusal()).toMatch(/m\.jsonl, line 1: the file is empty/);
    await expect(readHeader(at('out'))).rejects.toThrow(/out: it is no file/);
    await expect(readHeader(at('none'))).rejects.toThrow(/none: no such file/);
  });
});

describe('replayFiles', () => {
  const replay = (more: Partial<Parameters<typeof replayFiles>[0]> = {}) =>
    replayFiles({ manifest: manifest(), out: at('again'), ...more });

  it('makes every file again, byte for byte', async () => {
    await write(header, ...entries);
    expect(await replay()).toMatchObject({ same: 12, faults: [] });
    for (const { path } of entries)
      expect((await readFile(at('again', path))).equals(await readFile(at('out', path)))).toBe(true);
  });

  it('makes the files that are asked for, and no others', async () => {
    await write(header, ...entries);
    const progress: number[][] = [];
    const files = ['b/000001.png', 'a/original-1.png'];
    const result = await replay({ files, onProgress: (...numbers) => progress.push(numbers) });
    expect(result.same).toBe(2);
    expect(progress).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect((await readdir(at('again'), { recursive: true })).sort()).toEqual([
      'a',
      'a/original-1.png',
      'b',
      'b/000001.png',
    ]);
  });

  it('names what differs, whose parents are missing or changed, and makes the rest', async () => {
    const other = { ...entries[4], sha256: 'f'.repeat(64) };
    await write(header, ...entries.slice(0, 4), other, ...entries.slice(5));
    await writeFile(at('photos', 'b', '0.png'), await readFile(at('photos', 'b', '1.png')));
    const { same, faults } = await replay();
    const touched = entries.filter(({ parents, original }) => (parents ?? [original]).includes('b/0.png'));
    expect(touched.length).toBeGreaterThan(1);
    expect(same).toBe(12 - 1 - touched.length);
    expect(faults[0]).toEqual({
      path: other.path,
      reason: `made, but its SHA-256 is ${entries[4].sha256.slice(0, 12)}… instead of ffffffffffff…`,
    });
    expect(faults.slice(1).map(({ path }) => path)).toEqual(touched.map(({ path }) => path));
    for (const { reason } of faults.slice(1))
      expect(reason).toMatch(/^not made, as .*photos\/b\/0\.png was changed/);
    const made = await readdir(at('again', 'b'));
    expect(made).not.toContain(touched[0].path.split('/')[1]);
    expect(await readdir(at('again', 'a'))).toHaveLength(6);
  });

  it('finds data and model where they lie now, and takes no others', async () => {
    await write(header, ...entries);
    await writePhotos(at('moved'), { a: 3, b: 3 });
    const files = ['a/000000.png'];
    const there = {
      ...header,
      data: { kind: 'folder', root: at('gone') },
      model: { ...header.model, source: at('no.safetensors') },
    };
    await write(there, ...entries);
    await expect(replay({ files })).rejects.toThrow(/no\.safetensors/);
    expect((await replay({ files, model })).faults[0]!.reason).toMatch(/not made, as .*gone\/a\/.*missing/);
    expect((await replay({ files, model, data: at('moved') })).same).toBe(1);
    const wrong = await writeModel(at('wrong.safetensors'), 2);
    await expect(replay({ files, model: wrong, out: at('third') })).rejects.toThrow(
      /made by the model tiny, .* but this one/,
    );
  });

  it('does not ask the network for a model that a manifest names', async () => {
    await write(
      { ...header, model: { ...header.model, source: 'https://example.org/m.safetensors' } },
      ...entries,
    );
    await expect(replay()).rejects.toThrow(/not loaded by itself/);
    expect((await replay({ model })).same).toBe(12);
  });

  it('refuses an unknown file, a folder in use and a manifest broken at its end, before it writes', async () => {
    await write(header, ...entries);
    await expect(replay({ files: ['a/000000.png', 'a/9.png'] })).rejects.toThrow(
      /m\.jsonl lists no file a\/9\.png/,
    );
    await mkdir(at('again'));
    await writeFile(at('again', 'mine'), '');
    await expect(replay()).rejects.toThrow(UsageError);
    await expect(replay()).rejects.toThrow(/again is not empty: mine/);
    await write(header, ...entries.slice(0, -1), '{}');
    await expect(replay({ out: at('other') })).rejects.toThrow(/line 13/);
    expect(await readdir(at(''))).not.toContain('other');
  });

  it('is stopped by its signal', async () => {
    await write(header, ...entries);
    const signal = AbortSignal.abort(new FewshotError('enough'));
    await expect(replay({ signal })).rejects.toThrow('enough');
  });
});
