import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';
import { drawPhotos } from '../photosFolder.js';

const tiny = ['--size', '16', '--filters', '4,8', '--latent', '4', '--epochs', '1', '--backend', 'wasm'];
const few = ['--episodes', '1', '--arms', 'none', '--classifiers', 'knn', '--shots', '1', '--k', '1'];
const model = ['--model', './own.safetensors', '--backend', 'wasm'];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'fewshot-'));
  drawPhotos(join(cwd, 'photos'), 4, '--broken', '0');
  await writeFile(join(cwd, 'photos/nut/notes.txt'), 'ten of them');
  await mkdir(join(cwd, 'photos/nut/2024-05'));
  await cp(join(cwd, 'photos/nut/nut-001.jpg'), join(cwd, 'photos/nut/2024-05/nut-009.jpg'));
  const args = ['train', '--data', 'photos', ...tiny, '--out', 'own.safetensors'];
  const { code, stderr } = await fewshot(args, { cwd });
  expect(code, stderr).toBe(0);
}, 120_000);
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('files that are not used', () => {
  it.each([
    ['inspect', 'photos', '--no-nested'],
    ['train', '--data', 'photos', ...tiny, '--out', 'again.safetensors'],
    ['augment', '--data', 'photos', ...model, '--per-class', '1', '--out', 'more'],
    ['preview', '--data', 'photos', ...model, '--per-class', '1', '--out', 'sheet.png'],
    ['embed', '--data', 'photos', ...model, '--perplexity', '2', '--out', 'codes.json'],
    ['interpolate', '--data', 'photos', ...model, '--pairs', '1', '--out', 'rows.png'],
    ['eval', '--data', 'photos', ...model, ...few, '--out', 'evaluation.json'],
    ['report', '--data', 'photos', ...model, '--episodes', '1', '--shots', '1', '--out', 'page.html'],
  ])('are listed by fewshot %s', async (...args) => {
    const { code, stdout, stderr } = await fewshot(args, { cwd });
    expect(code, stderr).toBe(0);
    const told = args[0] === 'inspect' ? stdout : stderr;
    expect(told).toMatch(/Not used: 2 files/);
    for (const name of ['nut/notes.txt', 'nut/2024-05/nut-009.jpg']) expect(told).toContain(name);
  });

  it('are in the JSON of fewshot inspect', async () => {
    const { stdout } = await fewshot(['inspect', 'photos', '--json'], { cwd });
    const names = JSON.parse(stdout).passedOver.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(['nut/2024-05/nut-009.jpg', 'nut/notes.txt']);
  });

  it('are passed over in an unknown format, without --skip-bad', async () => {
    await cp(join(cwd, 'photos'), join(cwd, 'phone'), { recursive: true });
    const heic = Buffer.concat([
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      Buffer.alloc(200),
    ]);
    await writeFile(join(cwd, 'phone/bolt/IMG_1.HEIC'), heic);
    const args = ['augment', '--data', 'phone', ...model, '--per-class', '1', '--out', 'of-phone'];
    const { code, stdout, stderr } = await fewshot(args, { cwd });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Not used: 3 files[\s\S]*HEIC.*bolt\/IMG_1\.HEIC/);
    expect(stdout).toMatch(/\n {2}bolt: 4 real, 1 made\n/);
  });
});

describe('classes that are named by --include', () => {
  it('are the only ones that are augmented, and made again', async () => {
    const args = ['augment', '--data', 'photos', '--include', 'bolt,gear', ...model, '--per-class', '1'];
    const { code, stdout, stderr } = await fewshot([...args, '--out', 'two'], { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^2 images of 2 classes.*\n {2}bolt: 4 real, 1 made\n {2}gear: 4 real, 1 made\n/);
    const again = await fewshot(['augment', '--replay', 'two/manifest.jsonl', '--out', 'two-again'], { cwd });
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^2 of 2 files/)]);
  });
});
