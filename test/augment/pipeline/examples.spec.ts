import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pipelineFromJSON } from '../../../src/augment/pipeline/pipeline.js';
import { stepKinds } from '../../../src/augment/pipeline/steps.js';
import type { Model } from '../../../src/models/model.js';
import { loadModel } from '../../../src/node/loadModel.js';
import { onWasm } from '../../models/tiny.js';
import { arriving } from '../hallucinated.js';
import { randomImage, through } from '../images.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await loadModel('mnist');
});
afterAll(() => model.dispose());

const folder = new URL('../../../examples/pipelines/', import.meta.url);
const page = readFileSync(new URL('../../../docs/pipelines.md', import.meta.url), 'utf8');
const written = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text], i) => [
  `block ${i + 1} of the docs`,
  text!,
]);
const files = readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]);
const images = arriving([0, 1, 0, 1, 1], (label, i) => randomImage(i, [28, 28, 1], label));

it.each([...files, ...written] as [string, string][])('%s is valid and runs', async (_name, text) => {
  const { operator } = pipelineFromJSON(JSON.parse(text), { model });
  const made = await through(images, operator);
  expect(made.length).toBeGreaterThan(2 * images.length);
  for (const { pixels, label } of made) {
    expect(pixels.length).toBe(784);
    expect([0, 1]).toContain(label);
  }
});

it('there are some', () => {
  expect(files.map(([name]) => name)).toContain('slerp-affine.json');
  expect(written.length).toBeGreaterThan(0);
});

it('the docs name every step, every option but its seed, and the default', () => {
  const rows = [...page.matchAll(/^- `(\w+)\.(\w+)` \((.+?)\)/gm)].map(([, ...row]) => row.join(' '));
  const expected = Object.entries(stepKinds).flatMap(([name, { schema }]) =>
    Object.entries(schema.entries).flatMap(([option, entry]) => {
      const fallback = (entry as { default?: unknown }).default;
      if (option === 'seed') return [];
      if (fallback !== undefined) return `${name} ${option} ${fallback}`;
      return `${name} ${option} ${entry.type === 'exact_optional' ? '–' : 'required'}`;
    }),
  );
  expect(rows.sort()).toEqual(expected.sort());
});
