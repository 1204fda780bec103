import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pixels } from '../../../src/data/decode/pixels.js';
import { decodePng } from '../../../src/data/decode/png.js';
import { type Architecture, mnistArchitecture } from '../../../src/models/architecture.js';
import { onWasm, tinyFile } from '../../models/tiny.js';
import { fewshot } from '../fewshot.js';

onWasm();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const interpolate = (...args: string[]) =>
  fewshot(['interpolate', '--backend', 'wasm', '--quiet', ...args], { cwd: folder });

/** Writes an untrained model into the folder. */
async function untrained(name: string, changes: Partial<Architecture>): Promise<string> {
  const architecture = { ...mnistArchitecture, filters: [4, 8], latentSize: 4, ...changes };
  await writeFile(join(folder, name), await tinyFile(1, architecture));
  return name;
}

const pictureAt = async (name: string): Promise<Pixels> =>
  decodePng(await readFile(join(folder, name)), name);

/** Pixels of the image in a row and column of a sheet of 28×28 images: zoom 2, gap 3, 12 more between groups. */
function cellOf({ pixels, shape }: Pixels, row: number, column: number, group: number): number[] {
  const [top, left] = [3 + row * 59, 3 + column * 59 + group * 15];
  return Array.from(
    { length: 28 * 28 },
    (_, i) => pixels[((top + 2 * Math.floor(i / 28)) * shape[1] + left + 2 * (i % 28)) * 3]!,
  );
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
const apart = (a: readonly number[], b: readonly number[]) => mean(a.map((value, i) => (value - b[i]!) ** 2));

describe('fewshot interpolate', () => {
  it('draws the named pairs, a path a row, between their real images', async () => {
    const { code, stdout, stderr } = await interpolate(
      '--model',
      'mnist-plain',
      '--from',
      '12',
      '0',
      '--to',
      '57',
      '17',
      '--steps',
      '5',
      '--out',
      'named.png',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        'row  path   from          to',
        '1    slerp  9 (image 12)  1 (image 57)',
        '2    lerp   9 (image 12)  1 (image 57)',
        '3    slerp  7 (image 0)   7 (image 17)',
        '4    lerp   7 (image 0)   7 (image 17)',
        'Each row: a test image of mnist, what the model mnist-plain draws at ω = 0, 0.25, 0.5, 0.75, 1, the other image.',
        'named.png',
        '',
      ].join('\n'),
    );
    const sheet = await pictureAt('named.png');
    expect(sheet.shape).toEqual([4 * 59 + 3, 7 * 59 + 33, 3]);
    for (const row of [0, 1, 2, 3]) {
      const [from, start, end, to] = [
        cellOf(sheet, row, 0, 0),
        cellOf(sheet, row, 1, 1),
        cellOf(sheet, row, 5, 1),
        cellOf(sheet, row, 6, 2),
      ];
      // The ends that are drawn are reconstructions: near their own image, and far from the other.
      expect(apart(start, from)).toBeLessThan(apart(start, to) / 2);
      expect(apart(end, to)).toBeLessThan(apart(end, from) / 2);
    }
    expect(cellOf(sheet, 0, 0, 0)).toEqual(cellOf(sheet, 1, 0, 0));
  });

  it.each(['wasm', 'auto'])(
    'chooses pairs by the seed, and gives the same bytes for it: %s',
    async (backend) => {
      const args = ['--pairs', '2', '--steps', '3', '--paths', 'lerp', '--backend', backend];
      const sheets = await Promise.all(
        ['1', '1', '2'].map(async (seed, i) => {
          const { code, stdout } = await interpolate(...args, '--seed', seed, '--out', `${backend}${i}.png`);
          expect(code).toBe(0);
          for (const [, from, to] of stdout.matchAll(/lerp +(\d) \(image \d+\) +(\d) /g))
            expect(from).toBe(to);
          return readFile(join(folder, `${backend}${i}.png`));
        }),
      );
      expect(sheets[0]!.equals(sheets[1]!)).toBe(true);
      expect(sheets[0]!.equals(sheets[2]!)).toBe(false);
    },
  );

  it('goes on beyond the ends, and replaces a picture when it is told', async () => {
    await writeFile(join(folder, 'there.png'), 'mine');
    const args = [
      '--pairs',
      '1',
      '--within',
      'any',
      '--steps',
      '3',
      '--extrapolate',
      '0.5',
      '--out',
      'there.png',
    ];
    const { code, stdout } = await interpolate(...args, '--force');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ω = -0\.5, 0, 0\.5, 1, 1\.5, the other/);
    expect((await pictureAt('there.png')).shape).toEqual([2 * 59 + 3, 7 * 59 + 33, 3]);
  });

  it('draws lines with a model of theirs, along the path that its codes allow', async () => {
    const model = await untrained('lines.safetensors', { imageShape: [32, 32, 1], latentSpace: 'euclidean' });
    const { code, stdout } = await interpolate(
      '--data',
      'lines',
      '--model',
      model,
      '--pairs',
      '3',
      '--out',
      'lines.png',
    );
    expect(code).toBe(0);
    expect(stdout.match(/lerp/g)).toHaveLength(3);
    expect(stdout).not.toMatch(/slerp/);
    expect((await pictureAt('lines.png')).shape[0]).toBe(3 * 67 + 3);
  });
});

describe('fewshot interpolate refuses', () => {
  async function expectRefusal(
    args: readonly string[],
    code: number,
    ...says: readonly RegExp[]
  ): Promise<void> {
    const before = await readdir(folder);
    const outcome = await interpolate(...args);
    for (const pattern of says) expect(outcome.stderr).toMatch(pattern);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect([outcome.stdout, outcome.code]).toEqual(['', code]);
    expect(await readdir(folder)).toEqual(before);
  }

  it.each([
    ['an unknown model', ['--model', 'mnits'], 1, /no model named mnits/],
    [
      'an image that is not there',
      ['--from', '3', '--to', '10000'],
      2,
      /test set of mnist has no image 10000/,
    ],
    ['one step', ['--steps', '1'], 2, /--steps.*at least 2/],
    [
      'a model of other images',
      ['--data', 'lines'],
      2,
      /mnist takes images of 28×28×1, but lines has 32×32×1/,
    ],
    ['a path between no two images', ['--paths', 'transport'], 2, /There is no transport.*slerp, lerp/],
    [
      'ends that do not match',
      ['--from', '3', '4', '--to', '5'],
      2,
      /--from names 2 images, but --to names 1/,
    ],
    ['one end alone', ['--to', '5'], 2, /--from names 0 images, but --to names 1/],
    [
      'pairs that are named and drawn',
      ['--from', '3', '--to', '5', '--pairs', '2'],
      2,
      /cannot be used with/,
    ],
    ['data that it does not know', ['--data', 'cats'], 2, /mnist, faces-stand-in, lines/],
    ['to go back', ['--extrapolate', '-1'], 2, /--extrapolate.*0 to 2/],
  ])('%s', (_, args, code, says) => expectRefusal([...args, '--out', 'refused.png'], code, says));

  it('to go along a sphere that is not there', async () => {
    const model = await untrained('flat.safetensors', { latentSpace: 'euclidean' });
    await expectRefusal(
      ['--model', model, '--paths', 'slerp', '--out', 'refused.png'],
      2,
      /slerp needs codes on a sphere/,
      /path lerp/,
    );
  });

  it('to replace a picture, which stays as it is', async () => {
    await writeFile(join(folder, 'mine.png'), 'mine');
    await expectRefusal(['--out', 'mine.png'], 2, /mine\.png exists already/, /--force/);
    expect(await readFile(join(folder, 'mine.png'), 'utf8')).toBe('mine');
  });
});
