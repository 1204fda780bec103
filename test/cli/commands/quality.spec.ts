import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Architecture, mnistArchitecture } from '../../../src/models/architecture.js';
import { onWasm, tinyFile } from '../../models/tiny.js';
import { fewshot } from '../fewshot.js';

onWasm();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
  await untrained('ball.safetensors', { imageShape: [32, 32, 1] });
  await untrained('flat.safetensors', { imageShape: [32, 32, 1], latentSpace: 'euclidean' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes an untrained model into the folder. */
async function untrained(name: string, changes: Partial<Architecture>): Promise<void> {
  const architecture = { ...mnistArchitecture, filters: [4, 8], latentSize: 4, ...changes };
  await writeFile(join(folder, name), await tinyFile(1, architecture));
}

const quality = (...args: string[]) => fewshot(['quality', '--backend', 'wasm', ...args], { cwd: folder });

const small = [
  '--data',
  'lines',
  '--model',
  'ball.safetensors',
  '--per-class',
  '3',
  '--episodes',
  '1',
].concat('--cnn-steps', '3', '--judge-images', '300', '--judge-steps', '5');

describe('fewshot quality', () => {
  it('writes the JSON that it prints, and goes on from parts that it kept', async () => {
    const first = await quality(...small, '--json', '--out', 'result.json', '--work', 'kept');
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/Backend wasm.*\n.*Training the judge: \d+ s/);
    expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe(first.stdout);
    expect(await readdir(join(folder, 'kept'))).toHaveLength(1 + 2 + 3);
    const { seconds, ...result } = JSON.parse(first.stdout);
    expect(result).toMatchObject({
      schema: 'fewshot.quality/1',
      command:
        'fewshot quality --model ball.safetensors --data lines --shots 5 --per-class 3 --episodes 1 --cnn-steps 3 --judge-images 300 --judge-steps 5 --seed 1 --backend wasm',
      models: [{ name: 'ball' }],
      ways: 10,
      testImages: 2_000,
    });
    const again = await quality(...small, '--json', '--work', 'kept', '--quiet');
    expect(again.stderr).toBe('');
    const { seconds: less, ...same } = JSON.parse(again.stdout);
    expect(same).toEqual(result);
  });

  it('puts models side by side in a table, and says what it leaves out', async () => {
    const { code, stdout, stderr } = await quality(
      ...small,
      '--model',
      'flat.safetensors',
      '--paths',
      'slerp,lerp',
    );
    expect(code).toBe(0);
    for (const row of [
      /^real +\d/m,
      /^ball slerp +\d/m,
      /^ball lerp +\d/m,
      /^flat lerp +\d/m,
      /^vs ball slerp/m,
    ])
      expect(stdout).toMatch(row);
    expect(stdout).not.toMatch(/^flat slerp/m);
    expect(stderr).toMatch(/No slerp of flat: its codes are on no sphere\./);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('stops on Ctrl-C with 130 and writes nothing', async () => {
    const { code, stdout, stderr } = await fewshot(['quality', '--backend', 'wasm', '--out', 'never.json'], {
      cwd: folder,
      onStderr: (child, text) => text.includes('Backend') && setTimeout(() => child.kill('SIGINT'), 3000),
    });
    expect([stdout, code]).toEqual(['', 130]);
    expect(stderr).toMatch(/Interrupted\. Nothing was written\./);
    expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
  });
});

describe('fewshot quality refuses', () => {
  it.each([
    ['an unknown model', ['--model', 'mnits'], 1, /no model named mnits/],
    [
      'an unknown path',
      ['--paths', 'slurp'],
      2,
      /There is no slurp.*slerp, lerp, extrapolate, mean, transport, tangent, restyle/,
    ],
    ['no images', ['--per-class', '0'], 2, /--per-class.*at least 1/],
    [
      'more images than there are',
      ['--per-class', '1000'],
      2,
      /class 0 has 980 test images, but 1000 are needed/,
    ],
    [
      'a model of other images',
      ['--model', 'flat.safetensors'],
      2,
      /takes images of 32×32×1, but mnist has 28×28×1/,
    ],
    [
      'one shot to interpolate',
      ['--shots', '1', '--paths', 'lerp'],
      2,
      /mnist can make no images \(lerp: it takes 2/,
    ],
    ['a folder as its file', ['--out', '.'], 2, /cannot write \.: it is a folder/],
  ] as const)('%s', async (_, args, code, says) => {
    const before = await readdir(folder);
    const outcome = await quality('--quiet', ...args);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect([outcome.stdout, outcome.code]).toEqual(['', code]);
    expect(await readdir(folder)).toEqual(before);
  });
});
