import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/data/decode/png.js';
import { onWasm } from '../../models/tiny.js';
import { type Camera, sceneOf } from '../../node/images/scenes.js';
import { fewshot } from '../fewshot.js';

onWasm();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => fewshot(args, { cwd: folder });

async function put(path: string, png: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), png);
}

const photo = (key: string, camera: Camera = {}) => {
  const { pixels, shape } = sceneOf(key)(camera, 32);
  return encodePng(pixels, shape);
};

const quick = ['--size', '16', '--filters', '4,8', '--latent', '4', '--epochs', '1', '--backend', 'wasm'];
const train = (data: string, ...more: string[]) =>
  run('train', '--data', data, ...quick, '--out', `${data}.safetensors`, ...more);
const evaluate = (data: string, ...more: string[]) =>
  run(
    ...['eval', '--data', data, '--model', `./${data}.safetensors`, '--backend', 'wasm', '--episodes', '2'],
    ...['--classifiers', 'knn', '--arms', 'none', '--shots', '2', ...more],
  );

describe('a class of one image', () => {
  beforeAll(async () => {
    for (const label of ['cup', 'key']) {
      for (let i = 0; i < 5; i++) await put(`uneven/${label}/${i}.png`, photo(`${label} ${i}`));
    }
    await put('uneven/lonely/0.png', photo('lonely'));
    const { code, stderr } = await train('uneven');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Left out.*\n.*lonely/);
  });

  it('is left out by name, whatever the command', async () => {
    const found = await evaluate('uneven', '--json');
    expect(found.code, found.stderr).toBe(0);
    expect(found.stderr).toMatch(/Left out.*\n.*lonely/);
    expect(JSON.parse(found.stdout)).toMatchObject({ ways: 2, classes: ['cup', 'key'] });
    const model = ['--data', 'uneven', '--model', './uneven.safetensors', '--backend', 'wasm'];
    for (const args of [
      ['preview', ...model, '--per-class', '2', '--out', 'preview.png'],
      ['report', ...model, '--episodes', '2', '--out', 'uneven.html'],
      ['init', 'uneven', '--yes'],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      expect(code, stderr).toBe(0);
      expect(`${stdout}${stderr}`, args[0]).toMatch(/lonely/);
    }
    expect(await readFile(join(folder, 'uneven.html'), 'utf8')).toMatch(/left out[\s\S]*lonely/);
    await rm(join(folder, 'fewshot.config.json'));
  });
});

describe('splits that leak', () => {
  it('are named by train, on the card, by eval, in its result, and by report', async () => {
    for (const label of ['cup', 'key']) {
      for (let i = 0; i < 3; i++) {
        await put(`leaky/train/${label}/${i}.png`, photo(`${label} ${i}`));
        await put(`leaky/test/${label}/${i}.png`, photo(`${label} other ${i}`));
      }
    }
    await put('leaky/test/key/frame.png', photo('key 1', { right: 0.03, zoom: 1.02 }));
    const trained = await train('leaky');
    expect(trained.code, trained.stderr).toBe(0);
    const leak = /train\/key\/1\.png ≈ test\/key\/frame\.png/;
    expect(trained.stderr).toMatch(leak);
    expect(await readFile(join(folder, 'leaky.md'), 'utf8')).toMatch(/nearly in the train set.*\| 1 \|/);
    const judged = await evaluate('leaky', '--out', 'leaky.json');
    expect(judged.stderr).toMatch(leak);
    expect(judged.stdout).toMatch(/1 test image is nearly in the train set/);
    expect(JSON.parse(await readFile(join(folder, 'leaky.json'), 'utf8'))).toMatchObject({ leaks: 1 });
    const model = ['--data', 'leaky', '--model', './leaky.safetensors', '--backend', 'wasm'];
    const told = await run('report', ...model, '--evaluation', 'leaky.json', '--out', 'leaky.html');
    expect(told.code, told.stderr).toBe(0);
    const page = await readFile(join(folder, 'leaky.html'), 'utf8');
    expect(page).toMatch(leak);
    expect(page).toMatch(/1 test image is nearly in the train set/);
    const shown = await run('preview', ...model, '--per-class', '2', '--out', 'leaky.png');
    expect(shown.stderr).not.toMatch(leak);
  });
});

describe('frames of a burst', () => {
  it('are cut together, and inspect says so', async () => {
    for (const label of ['cup', 'key']) {
      for (let i = 0; i < 3; i++) {
        for (const right of [0, 0.02, 0.04]) {
          await put(`burst/${label}/${i}-${right}.png`, photo(`${label} ${i}`, { right }));
        }
      }
    }
    const { stdout } = await run('inspect', 'burst');
    expect(stdout).toMatch(/6 sets/);
    expect(stdout).not.toMatch(/another split/);
    expect(JSON.parse((await run('inspect', 'burst', '--json')).stdout).alike).toHaveLength(6);
  });

  it('of which a class is made are too few to be cut', async () => {
    for (const label of ['cup', 'key']) {
      for (const right of [0, 0.02, 0.04]) await put(`single/${label}/${right}.png`, photo(label, { right }));
    }
    const { code, stderr } = await train('single');
    expect(code).toBe(1);
    expect(stderr).toMatch(/cup \(3 images of one set\).*key/);
  });
});

describe('icons of black ink on transparency', () => {
  it('are told to need another background', async () => {
    for (const label of ['arrow', 'star']) {
      for (let i = 0; i < 4; i++) {
        const pixels = new Float32Array(32 * 32 * 4);
        const { pixels: scene } = sceneOf(`${label} ${i}`)({}, 32);
        for (let at = 0; at < 32 * 32; at++) pixels[4 * at + 3] = scene[3 * at]! > 0.5 ? 1 : 0;
        await put(`icons/${label}/${i}.png`, encodePng(pixels, [32, 32, 4]));
      }
    }
    const seen = await run('inspect', 'icons');
    expect(seen.stdout).toMatch(/background[\s\S]*arrow\/0\.png/);
    expect((await train('icons')).stderr).toMatch(/background/);
    const { code, stderr } = await train('icons', '--background', 'white');
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/black but for little/i);
    expect((await run('inspect', 'icons', '--background', 'white')).stdout).not.toMatch(/arrow\/0\.png/);
  });
});

describe('two classes of two images', () => {
  it('go from init to a report', async () => {
    const place = join(folder, 'small');
    for (const label of ['cup', 'key']) {
      for (let i = 0; i < 2; i++) await put(`small/tiny/${label}/${i}.png`, photo(`${label} ${i}`));
    }
    const steps = [
      ['init', 'tiny', '--yes'],
      ['train', '--filters', '4,8', '--latent', '4', '--epochs', '1', '--backend', 'wasm'],
      ['augment', '--out', 'more', '--per-class', '2', '--backend', 'wasm'],
      [
        ...['eval', '--episodes', '2', '--classifiers', 'knn', '--arms', 'none', '--backend', 'wasm'],
        ...['--out', 'evaluation.json'],
      ],
      ['report', '--evaluation', 'evaluation.json', '--backend', 'wasm'],
    ];
    for (const step of steps) {
      const { code, stderr } = await fewshot(step, { cwd: place });
      expect(code, `${step[0]}: ${stderr}`).toBe(0);
    }
  });
});
