import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';
import { drawPhotos } from '../photosFolder.js';

let folder: string;
const run = (...args: string[]) =>
  fewshot([...args, '--backend', 'wasm'], { cwd: folder, env: { FEWSHOT_CACHE: join(folder, 'cache') } });
const read = (name: string) => readFile(join(folder, name), 'utf8');

/** Runs a command that must go well. */
async function done(...args: string[]) {
  const outcome = await run(...args);
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
}

const few = ['--include', 'gear,nut,bolt', '--model', 'photos'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'features-'));
  drawPhotos(join(folder, 'photos'), 4, '--broken', '0');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a folder of photographs', () => {
  it('goes from init to a report without training, and embeds each photo once', async () => {
    expect((await fewshot(['init', 'photos', '--include', 'gear,nut,bolt'], { cwd: folder })).code).toBe(0);
    const evaluated = await done(
      ...['eval', '--arms', 'codes,codes+slerp', '--episodes', '6', '--out', 'evaluation.json'],
    );
    expect(evaluated.stderr).toMatch(/12 photos in .*, 0 from the cache/);
    const { stdout, stderr } = await done('report', '--evaluation', 'evaluation.json');
    expect(stdout).toBe('report.html\n');
    expect(stderr).toMatch(/12 photos in .*, 12 from the cache/);
    expect(stderr).toMatch(/\nUse the .* on codes.*: from 3 photos of each of 3 things, /);
    const page = await read('report.html');
    const { command, model, results } = JSON.parse(await read('evaluation.json'));
    expect(page).toContain(`<code>${command}</code>`);
    expect(page).toContain(model.sha256);
    for (const { mean } of results) expect(page).toContain(`>${(100 * mean).toFixed(1)} `);
    expect(page).toContain('photos: 12 images of 3 classes; ');
    expect(page).toContain('Each photo is asked for while it is not learned from');
    expect(page).toContain('<code>fewshot report --data photos --model photos ');
    expect(page.length).toBeLessThan(3_000_000);
    await done('report', '--evaluation', 'evaluation.json', '--out', 'again.html', '--quiet');
    expect(await read('again.html')).toBe(page);
  });

  it('is reported on without an evaluation, by all rows', async () => {
    await done(...['report', '--include', 'gear,nut', '--episodes', '3', '--out', 'own.html', '--quiet']);
    const page = await read('own.html');
    expect(page).toMatch(/2-way 3-shot · \d+ queries · 3 episodes · protocol novel · encoder photos/);
    expect(page).toContain('codes+views+mean');
    expect(page).toMatch(/<code>fewshot eval --data photos .*--episodes 3 --arms codes,/);
  });

  it('is laid out by its codes', async () => {
    const { stdout } = await done(
      ...['embed', '--no-config', '--data', 'photos', '--perplexity', '5', '--out', 'map.json'],
    );
    expect(stdout).toMatch(/^trustworthiness: 0\.\d+\nmap\.json\nmap\.svg\n$/);
    const map = JSON.parse(await read('map.json'));
    expect(map).toMatchObject({ model: { name: 'photos' }, data: 'photos', parameters: { perplexity: 5 } });
    expect(map.images).toHaveLength(32);
    expect(map.classes).toHaveLength(8);
  });
});

describe('what lies between photos', () => {
  /** Colors of the frames of a row's photos, and how many it has. */
  const framesOf = async (name: string, y: number) => {
    const { data, width } = decode(await readFile(join(folder, name)));
    const corners = Array.from({ length: Math.floor(width / 6) }, (_, i) => (y * width + i * 6 + 2) * 3);
    return corners.map((at) => [...data.subarray(at, at + 3)].join());
  };

  it('is shown by the nearest photos, between the two real ones', async () => {
    const from = ['--from', '0', '4', '--to', '1', '5', '--steps', '3'];
    const { stdout } = await done('interpolate', ...few, '--data', 'photos', ...from, '--out', 'between.png');
    expect(stdout).toMatch(
      /^row {2}path {3}from +to\n1 {4}slerp {2}bolt\/bolt-001\.\w+ \(image 0\) +bolt\/bolt-002\.\w+ \(image 1\)\n2 /,
    );
    expect(stdout).toMatch(
      /at ω = 0, 0\.5, 1 on the way[\s\S]*neighbors, not drawings: the model photos [\s\S]*\nbetween\.png\n$/,
    );
    const { width, height } = decode(await readFile(join(folder, 'between.png')));
    expect([width, height]).toEqual([6 + 5 * 78 + 2 * 18, 6 + 2 * 94]);
    const frames = await framesOf('between.png', 7);
    expect(frames[1]).toBe('27,27,27');
    await done('interpolate', ...few, '--data', 'photos', ...from, '--out', 'again.png');
    expect(await readFile(join(folder, 'again.png'))).toEqual(await readFile(join(folder, 'between.png')));
  });

  it('is previewed class by class', async () => {
    const { stdout } = await done(
      ...['preview', ...few, '--data', 'photos', '--shots', '3', '--per-class', '4', '--out', 'preview.png'],
    );
    expect(stdout).toMatch(
      /^1 {2}bolt\n2 {2}gear\n3 {2}nut\nEach row: 3 real photos .* along slerp\.\nThese are/,
    );
    const { width, height } = decode(await readFile(join(folder, 'preview.png')));
    expect([width, height]).toEqual([6 + 7 * 78 + 18, 6 + 3 * 94]);
  });
});

describe('drawings', () => {
  beforeAll(async () => {
    for (const [n, label] of ['cup', 'key'].entries()) {
      await mkdir(join(folder, 'drawings', label), { recursive: true });
      for (let i = 0; i < 4; i++) {
        // A ring on paper, of another width in each.
        const data = Uint8Array.from({ length: 60 * 60 }, (_, at) => {
          const away = Math.hypot((at % 60) - 30, Math.floor(at / 60) - 30 - 3 * n);
          return Math.abs(away - 20) < 3 + i ? 20 : 240;
        });
        const png = encode({ data, width: 60, height: 60, channels: 1, depth: 8 });
        await writeFile(join(folder, 'drawings', label, `${i}.png`), png);
      }
    }
  });

  it.each([
    ['preview', '--out', 'none.png'],
    ['interpolate', '--out', 'none.png'],
    ['embed', '--out', 'none.json'],
    ['report', '--out', 'none.html'],
  ])('still need a model that knows such, for fewshot %s', async (...args) => {
    const { code, stderr } = await run(...args, '--no-config', '--data', 'drawings');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/no model is named.*drawings[\s\S]*fewshot train --data drawings/),
    ]);
  });
});

describe('a wrong request about photos', () => {
  it('shows no evaluation of another model', async () => {
    const result = JSON.parse(await read('evaluation.json'));
    const other = { ...result, model: { name: 'photos', sha256: 'f0'.repeat(32) } };
    await writeFile(join(folder, 'other.json'), JSON.stringify(other));
    const { code, stderr } = await run('report', '--evaluation', 'other.json', '--out', 'other.html');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/evaluation of another model than photos/)]);
  });

  it.each([
    ['report', ['--data', 'mnist', '--out', 'x.html'], /mnist has small images[\s\S]*--data/],
    [
      'report',
      ['--data', 'photos', '--detail', '1', '--out', 'x.html'],
      /no image to lay detail over[\s\S]*--detail/,
    ],
    [
      'interpolate',
      ['--data', 'photos', '--detail', '1', '--out', 'x.png'],
      /no image to lay detail over[\s\S]*--detail/,
    ],
    ['interpolate', ['--data', 'mnist', '--out', 'x.png'], /mnist has small images[\s\S]*--data/],
    ['preview', ['--detail', '1', '--data', 'photos'], /no image to lay detail over[\s\S]*--detail/],
    ['preview', ['--path', 'transport', '--data', 'photos'], /the path transport needs base codes/],
    ['embed', ['--data', 'mnist', '--out', 'mnist.json'], /mnist has small images[\s\S]*--data/],
    [
      'augment',
      ['--data', 'photos', '--out', 'more'],
      /gives features of photos: it draws no images[\s\S]*fewshot preview/,
    ],
    ['quality', ['--model', 'photos'], /gives features of photos: it draws no images[\s\S]*fewshot eval/],
  ])('of %s %s is refused by name', async (name, args, says) => {
    const { code, stderr } = await run(name, ...(name === 'quality' ? [] : few), ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});
