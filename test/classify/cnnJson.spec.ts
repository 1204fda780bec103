import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createCnn } from '../../src/classify/cnn.js';
import { type CnnJson, cnnFromJSON, cnnToJSON } from '../../src/classify/cnnJson.js';
import type { CnnPresetName } from '../../src/classify/cnnPresets.js';
import type { ImageShape } from '../../src/core/image.js';
import { toBatch } from '../../src/stream/toBatches.js';
import { noise, onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

const shape: ImageShape = [8, 6, 2];
const classes = ['a', 'b', 'c'];

function* batches() {
  for (let step = 0; ; step++) {
    const images = classes.map((label, i) => ({
      pixels: noise(shape, step, i).fill(1, 0, 9 * i),
      shape,
      label,
    }));
    yield toBatch(images, { classes });
  }
}

async function trained(preset: CnnPresetName) {
  const cnn = createCnn({
    preset,
    shape,
    classes: 3,
    seed: 5,
    labelSmoothing: 0.03,
    dropout: { maps: 0.1, hidden: 0 },
  });
  await cnn.fit(batches(), { steps: 3 });
  return cnn;
}

describe.each<CnnPresetName>(['fast', 'standard'])('the preset %s', (preset) => {
  it('has the same weights, settings and predictions after it was saved and loaded', async () => {
    await expectNoLeak(async () => {
      const original = await trained(preset);
      const copy = cnnFromJSON(JSON.parse(JSON.stringify(await cnnToJSON(original))));
      expect(await copy.weights()).toEqual(await original.weights());
      expect(copy.options).toEqual(original.options);
      expect(copy.options).toMatchObject({ preset, shape, classes: 3, seed: 5, labelSmoothing: 0.03 });
      const pixels = noise([80, 6, 2], 'queries');
      expect(await copy.predict(pixels, 10)).toEqual(await original.predict(pixels, 10));
      original.dispose();
      copy.dispose();
    });
  });

  it('trains on after it was loaded', async () => {
    const original = await trained(preset);
    const copy = cnnFromJSON(await cnnToJSON(original));
    await copy.fit(batches(), { steps: 2 });
    expect((await copy.weights())[0]).not.toEqual((await original.weights())[0]);
    original.dispose();
    copy.dispose();
  });
});

it('has the dropout of its preset where nothing of it was saved', async () => {
  const cnn = createCnn({ shape, classes: 3, seed: 5 });
  const json = await cnnToJSON(cnn);
  const { dropout, ...recipe } = json.recipe;
  const copy = cnnFromJSON({ ...json, recipe });
  expect(copy.options.dropout).toEqual(dropout);
  cnn.dispose();
  copy.dispose();
});

it('begins with the weights that it is given', async () => {
  const options = { shape, classes: 3, seed: 5 };
  const drawn = createCnn(options);
  const weights = (await drawn.weights()).map((values) => values.map((value) => value + 1));
  const given = createCnn({
    ...options,
    weights: Float32Array.from(weights.flatMap((values) => [...values])),
  });
  expect(await given.weights()).toEqual(weights);
  drawn.dispose();
  given.dispose();
});

it.each<[RegExp, (json: CnnJson) => unknown]>([
  [
    /the saved CNN is of version fewshot\.cnn\/9, but this release reads fewshot\.cnn\/1/,
    (json) => ({ ...json, schema: 'fewshot.cnn/9' }),
  ],
  [/its weights are truncated/, (json) => ({ ...json, weights: json.weights.slice(0, -8) })],
  [/its weights hold NaN at index 0/, (json) => ({ ...json, weights: `AADAfw${json.weights.slice(6)}` })],
  [/the net has \d+ weights, but \d+ were given/, (json) => ({ ...json, shape: [9, 9, 2] })],
  [/wrong at preset/, (json) => ({ ...json, preset: 'huge' })],
  [/wrong at classes/, (json) => ({ ...json, classes: 1 })],
  [/wrong at recipe\.labelSmoothing/, (json) => ({ ...json, recipe: { ...json.recipe, labelSmoothing: 2 } })],
  [
    /wrong at recipe\.dropout\.maps/,
    (json) => ({ ...json, recipe: { ...json.recipe, dropout: { maps: 1, hidden: 0 } } }),
  ],
])('refuses damaged JSON and leaves no tensors: %s', async (message, damage) => {
  const cnn = createCnn({ shape, classes: 3, seed: 5 });
  const json = await cnnToJSON(cnn);
  cnn.dispose();
  const before = tf.memory().numTensors;
  expect(() => cnnFromJSON(damage(json))).toThrow(
    expect.objectContaining({ name: 'DataError', message: expect.stringMatching(message) }),
  );
  expect(tf.memory().numTensors).toBe(before);
});
