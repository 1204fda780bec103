import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeSafetensors } from '../../src/models/safetensors.js';
import { givesFeatures } from '../../src/node/givesFeatures.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinds-'));
  await mkdir(join(folder, 'project'));
  await writeFile(join(folder, 'photos.safetensors'), withSchema('fewshot.extractor/1'));
  await writeFile(join(folder, 'drawings.safetensors'), withSchema('fewshot.model/1'));
  await writeFile(join(folder, 'other.safetensors'), encodeSafetensors(new Map(), {}, 'F16'));
  await writeFile(join(folder, 'cut.safetensors'), withSchema('fewshot.extractor/1').subarray(0, 40));
  await writeFile(join(folder, 'empty.onnx'), '');
  await writeFile(join(folder, 'net.onnx'), 'onnx');
  await writeFile(join(folder, 'model.json'), '{"modelTopology":{}}');
});
afterAll(() => rm(folder, { recursive: true }));

const withSchema = (schema: string) => encodeSafetensors(new Map(), { schema, card: '{}' }, 'F16');

it.each([
  ['photos.safetensors', true],
  ['drawings.safetensors', false],
  ['other.safetensors', false],
  ['cut.safetensors', false],
  ['missing.safetensors', false],
  ['empty.onnx', false],
  ['net.onnx', true],
  ['model.json', true],
  ['project', true],
])('the file %s gives features: %s', async (name, gives) => {
  expect(await givesFeatures(join(folder, name))).toBe(gives);
});

it.each([
  ['photos', true],
  ['mnist', false],
  ['nothing', false],
  ['https://example.org/model.json?v=1', true],
  ['https://example.org/mnist.safetensors', false],
])('%s gives features: %s', async (name, gives) => {
  expect(await givesFeatures(name)).toBe(gives);
});
