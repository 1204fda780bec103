import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    expect(stderr).toMatch(/\nWith 3 photos of each of 3 things, /);
    const page = await read('report.html');
    const { command, model, results } = JSON.parse(await read('evaluation.json'));
    expect(page).toContain(`<code>${command}</code>`);
    expect(page).toContain(model.sha256);
    for (const { mean } of results) expect(page).toContain(`>${(100 * mean).toFixed(2)}`);
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
    expect(page).toContain('codes+geometric+mean');
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

describe('a wrong request about photos', () => {
  it('shows no evaluation of another model', async () => {
    const result = JSON.parse(await read('evaluation.json'));
    const other = { ...result, model: { name: 'photos', sha256: 'f0'.repeat(32) } };
    await writeFile(join(folder, 'other.json'), JSON.stringify(other));
    const { code, stderr } = await run('report', '--evaluation', 'other.json', '--out', 'other.html');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/evaluation of another model than photos/)]);
  });

  it.each([
    ['report', ['--detail', '1'], /draws no image to lay detail over[\s\S]*--detail/],
    ['embed', ['--data', 'mnist', '--out', 'mnist.json'], /mnist has small images[\s\S]*--data/],
  ])('of %s is refused by name', async (name, args, says) => {
    const { code, stderr } = await run(
      name,
      ...few,
      ...args,
      ...(name === 'embed' ? [] : ['--out', 'x.html']),
    );
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});
