import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';
import { photosFolder } from '../photosFolder.js';

const stored = fileURLToPath(new URL('../../../paper/results/eval-10-shots-k10.json', import.meta.url));
/** Nets that compute in no time. */
const tiny = ['--size', '16', '--filters', '4,8', '--latent', '4', '--epochs', '2'];
const few = ['--episodes', '2', '--arms', 'none,affine,atnl', '--per-class', '4', '--classifiers', 'knn'];
const own = ['--data', 'photos', '--skip-bad', '--model', './photos.safetensors'];

let folder: string;
const run = (...args: string[]) => fewshot([...args, '--backend', 'wasm'], { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');

/** Runs a command that must go well. */
async function done(...args: string[]) {
  const outcome = await run(...args);
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
}

beforeAll(async () => {
  folder = await photosFolder(4);
  await rename(join(folder, 'photos/nut'), join(folder, 'photos/<img src=x onerror=alert(1)>'));
  expect((await fewshot(['init', 'photos', '--train'], { cwd: folder })).code).toBe(0);
  await done('train', ...tiny);
  await done('eval', ...few, '--out', 'evaluation.json', '--quiet');
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fewshot report', () => {
  it('shows an evaluation that is given, by what the config says, and writes the same page twice', async () => {
    const { stdout, stderr } = await done('report', '--evaluation', 'evaluation.json');
    expect(stdout).toBe('report.html\n');
    expect(stderr).toMatch(/^Read fewshot\.config\.json: data, fit, background, skipBad, model, seed\.\n/);
    expect(stderr).toMatch(/Passed over 3 images/);
    expect(stderr).not.toMatch(/Evaluating/);
    const page = await read('report.html');
    expect(page).toContain('32 images of 8 classes; 150 to 400 pixels a side; in color.');
    expect(page).toContain('Episodes ask for 8 of them that are held out');
    expect(page).toContain('washer-broken.jpg is damaged');
    const { command, results, classes } = JSON.parse(await read('evaluation.json'));
    expect(page).toContain(`<code>${command}</code>`);
    for (const { mean } of results) expect(page).toContain(`${(100 * mean).toFixed(1)} % right`);
    expect(classes).toContain('<img src=x onerror=alert(1)>');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;');
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('鍵');
    // Two rows of each class.
    expect(page.match(/5 hallucinations on the way/g)).toHaveLength(16);
    expect(page).toContain('Codes of 32 images by t-SNE');

    await done('report', '--evaluation', 'evaluation.json', '--out', 'again.html', '--quiet');
    expect(await read('again.html')).toBe(page);
  });

  it('makes a small evaluation where none is given, and says how', async () => {
    const { stderr } = await done('report', '--episodes', '2', '--out', 'deep/small.html');
    expect(stderr).toMatch(/model, seed, eval\.shots, eval\.detail\.\n/);
    expect(stderr).toMatch(/Evaluating by a KNN alone.*\nNo restyle, .*: codes have no style part\.\n/);
    const page = await read('deep/small.html');
    expect(page).toContain('8-way 3-shot · 8 queries · 2 episodes · protocol paper');
    expect(page).toMatch(
      /<code>fewshot eval --data photos .*--shots 3 .*--arms [a-z,]+,codes --classifiers knn /,
    );
    expect(page).toMatch(/<code>fewshot report --data photos .*--shots 3 --episodes 2 /);
  });

  it('shows a stored evaluation of a data set by name', async () => {
    const plain = ['--no-config', '--model', 'mnist-plain'];
    await done('report', ...plain, '--evaluation', stored, '--out', 'mnist.html', '--quiet');
    const page = await read('mnist.html');
    expect(page).toContain('MNIST: 70,000 images of 10 classes; 28 pixels a side; gray.');
    expect(page).toMatch(
      /Use affine with the CNN: 92\.3\s% of new images .* does not help \(atnl\+affine −0\.3\s±\s0\.3\)/,
    );
    expect(page).toContain('KNN: atnl +14.9 ± 0.7 points over none, +5.9 ± 0.9 over affine.');
    expect(page).toContain('This evaluation holds no confusion matrices');
    expect(page).not.toContain('there more than once');
    expect(page.length).toBeLessThan(1_000_000);
  });

  it('says what is missing where images are too few to be laid out', async () => {
    await mkdir(join(folder, 'few'));
    for (const label of ['gear', 'nail']) {
      await mkdir(join(folder, 'few', label));
      for (const name of ['001.jpg', '002.JPEG', '003.jpg']) {
        const photo = await readFile(join(folder, 'photos', label, `${label}-${name}`));
        await writeFile(join(folder, 'few', label, name), photo);
      }
    }
    await done('report', '--data', 'few', '--shots', '2', '--episodes', '2', '--out', 'few.html', '--quiet');
    expect(await read('few.html')).toMatch(/There is no map: 6 images are too few/);
  });
});

describe('a wrong request', () => {
  it('does not replace a page without --force', async () => {
    await writeFile(join(folder, 'mine.html'), 'mine');
    const { code, stderr } = await run('report', '--evaluation', 'evaluation.json', '--out', 'mine.html');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/mine\.html exists already[\s\S]*--force/)]);
    expect(await read('mine.html')).toBe('mine');
    await done('report', '--evaluation', 'evaluation.json', '--out', 'mine.html', '--force');
    expect(await read('mine.html')).toContain('</html>');
  });

  it('shows no evaluation of another model, other data or other classes', async () => {
    const result = JSON.parse(await read('evaluation.json'));
    const changes = {
      model: [
        { model: { name: 'photos', sha256: 'f0'.repeat(32) } },
        /another model than photos[\s\S]*fewshot eval/,
      ],
      data: [{ data: './screws' }, /is an evaluation on \.\/screws, not on photos/],
      classes: [
        { classes: ['cog', ...result.classes.slice(1)] },
        /knows the class cog, which is not in photos/,
      ],
    } as const;
    for (const [name, [change, says]] of Object.entries(changes)) {
      await writeFile(join(folder, `other-${name}.json`), JSON.stringify({ ...result, ...change }));
      const { code, stdout, stderr } = await run(
        'report',
        '--evaluation',
        `other-${name}.json`,
        '--out',
        'no.html',
      );
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says)]);
    }
    expect(await readdir(folder)).not.toContain('no.html');
  });

  it.each<[string, string[], number, RegExp]>([
    [
      'no such evaluation',
      ['--evaluation', 'none.json'],
      1,
      /cannot read none\.json[\s\S]*fewshot eval --out/,
    ],
    ['a file that is none', ['--evaluation', 'photos.md'], 1, /photos\.md is not JSON/],
    ['another result', ['--evaluation', 'fewshot.config.json'], 1, /has the schema "fewshot\.config\/1"/],
    [
      'shots of a stored evaluation',
      ['--evaluation', 'evaluation.json', '--shots', '2'],
      2,
      /cannot be used with/,
    ],
    ['data without episodes', ['--data', 'lines'], 2, /nothing can be evaluated on lines[\s\S]*mnist/],
    ['no such data', ['--data', 'fotos'], 2, /no data called fotos/],
    [
      'a model of another kind',
      ['--no-config', '--data', 'photos', '--skip-bad', '--model', 'mnist'],
      2,
      /mnist.*gray.*photos.*color/,
    ],
    [
      'a model of other images',
      ['--no-config', '--model', './photos.safetensors'],
      2,
      /16×16×3, but mnist has 28×28×1/,
    ],
    [
      'a broken image',
      ['--no-config', ...own.filter((word) => word !== '--skip-bad')],
      1,
      /gear-page\.png[\s\S]*--skip-bad/,
    ],
    ['a place that is a folder', ['--out', 'photos', '--force'], 2, /cannot write photos: it is a folder/],
  ])('%s', async (_, args, code, says) => {
    const before = await readdir(folder);
    const outcome = await run('report', '--out', 'no.html', ...args);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(await readdir(folder)).toEqual(before);
  });
});
