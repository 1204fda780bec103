import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMnist } from '../../../src/node/builtInSets.js';
import { fewshot, type RunOptions } from '../fewshot.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const embed = (args: readonly string[], options: RunOptions = {}) =>
  fewshot(['embed', '--backend', 'wasm', ...args], { cwd: folder, ...options });
const small = ['--count', '203', '--method', 'umap', '--neighbors', '10'];
const read = (name: string) => readFile(join(folder, name), 'utf8');

async function expectRefusal(args: readonly string[], code: number, ...says: readonly RegExp[]) {
  const before = await readdir(folder);
  const outcome = await embed([...args, '--quiet']);
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  for (const pattern of says) expect(outcome.stderr).toMatch(pattern);
  expect(outcome.stdout).toBe('');
  expect(outcome.code).toBe(code);
  expect(await readdir(folder)).toEqual(before);
}

describe('fewshot embed', () => {
  it('writes points of a balanced choice of test images, the same for the same seed', async () => {
    const { code, stdout, stderr } = await embed([...small, '--out', 'maps/one.json']);
    expect(stderr).toBe('Backend wasm: it was asked for.\nEmbedding 203 codes by umap.\n');
    expect(code).toBe(0);
    const text = await read('maps/one.json');
    const result = JSON.parse(text);
    expect(stdout).toBe(
      `trustworthiness: ${result.trustworthiness.toFixed(4)}\nmaps/one.json\nmaps/one.svg\n`,
    );
    expect((await readdir(join(folder, 'maps'))).sort()).toEqual(['one.json', 'one.svg']);
    expect(result).toMatchObject({
      schema: 'fewshot.embed/1',
      command:
        'fewshot embed --model mnist --data mnist --method umap --dimensions 2 --count 203 --neighbors 10 --seed 1 --backend wasm',
      seed: 1,
      model: { name: 'mnist', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ...{ data: 'mnist', method: 'umap', dimensions: 2, parameters: { neighbors: 10 } },
      classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    });
    // Codes of the shipped model are in clusters, so their neighbours can be kept.
    expect(result.trustworthiness).toBeGreaterThan(0.9);
    expect(result.trustworthiness).toBeLessThan(1);
    const { test } = await loadMnist();
    expect(result.labels).toEqual(result.images.map((place: number) => test.labels[place]));
    const sizes = test.classes.map((label) => result.labels.filter((own: number) => own === label).length);
    expect(sizes).toEqual([21, 21, 21, 20, 20, 20, 20, 20, 20, 20]);
    expect(result.points).toHaveLength(203);
    for (const point of result.points) {
      expect(point).toHaveLength(2);
      for (const value of point) expect(value).toBe(Number(value.toFixed(3)));
    }
    const svg = await read('maps/one.svg');
    expect(svg).toContain('<svg');
    expect(svg).toContain('UMAP');

    const again = await embed([...small, '--out', 'again.json', '--quiet']);
    expect(again.stderr).toBe('');
    expect(await read('again.json')).toBe(text);
    await embed([...small, '--seed', '2', '--out', 'other.json', '--quiet']);
    const other = JSON.parse(await read('other.json'));
    expect(other.images).not.toEqual(result.images);
  });

  it('writes a page too in three dimensions', async () => {
    const args = [
      '--count',
      '60',
      '--perplexity',
      '10',
      '--dimensions',
      '3',
      '--out',
      'cube.json',
      '--quiet',
    ];
    const { code, stdout } = await embed(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trustworthiness: 0\.\d{4}\ncube\.json\ncube\.svg\ncube\.html\n$/);
    const { points, parameters } = JSON.parse(await read('cube.json'));
    for (const point of points) expect(point).toHaveLength(3);
    expect(parameters).toEqual({ perplexity: 10 });
    expect(await read('cube.html')).toMatch(/<html/);
  });

  it('refuses files that are there, pictures too, and replaces them with --force', async () => {
    for (const name of ['mine.svg', 'mine.html']) {
      await writeFile(join(folder, name), 'mine');
      const args = [...small, '--dimensions', '3', '--out', 'mine.json'];
      await expectRefusal(args, 2, new RegExp(`${name.replace('.', '\\.')} exists already`), /--force/);
      expect(await read(name)).toBe('mine');
      const forced = await embed([...args, '--force', '--quiet']);
      expect([forced.stderr, forced.code]).toEqual(['', 0]);
      expect(await read(name)).not.toBe('mine');
      for (const ending of ['json', 'svg', 'html']) await rm(join(folder, `mine.${ending}`));
    }
  });

  // The whole embedding would take longer than the test may.
  it('stops at once on Ctrl-C and leaves nothing behind', { timeout: 20_000 }, async () => {
    let interrupted = false;
    const cut = await embed(['--out', 'cut/map.json'], {
      onStderr: (child, text) => {
        if (interrupted || !text.includes('Embedding 2,000 codes by tsne.')) return;
        interrupted = child.kill('SIGINT');
      },
    });
    expect(cut.stderr).toMatch(/Interrupted\. Nothing was written\.\n$/);
    expect(cut.stdout).toBe('');
    expect(cut.code).toBe(130);
    expect(await readdir(folder)).not.toContain('cut');
  });

  it.each([
    ['an unknown model', ['--model', 'mnits'], 1, [/no model named mnits/, /Shipped models/]],
    ['more images than there are', ['--count', '9000'], 2, [/9000 images.*has 892/, /at most 8920/]],
    ['fewer images than neighbours', ['--count', '24'], 2, [/24 images are too few/, /at least 25/]],
    ['too few for the perplexity', ['--count', '80'], 2, [/80 points are too few/, /at most 26/]],
    ['a model for other images', ['--data', 'lines'], 2, [/mnist takes .* 28×28×1, but lines has 32×32×1/]],
    ['other data', ['--data', 'cifar'], 2, [/mnist, faces-stand-in, lines/]],
    ['four dimensions', ['--dimensions', '4'], 2, [/--dimensions.*2 or 3/]],
    ['half a dimension', ['--dimensions', '2.5'], 2, [/--dimensions.*2 or 3/]],
    ["another method's option", ['--neighbors', '9'], 2, [/--neighbors with --method umap/]],
  ])('refuses %s', (_, args, code, says) => expectRefusal(['--out', 'refused.json', ...args], code, ...says));

  it('refuses a place that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expectRefusal([...small, '--out', 'file/map.json'], 2, /cannot write file\/map\.json/);
    await mkdir(join(folder, 'taken.svg'));
    await expectRefusal([...small, '--out', 'taken.json'], 2, /cannot write taken\.svg: it is a folder/);
  });
});
