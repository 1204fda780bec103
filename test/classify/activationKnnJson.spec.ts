import * as tf from '@tensorflow/tfjs';
import { create, type KNNClassifier } from '@tensorflow-models/knn-classifier';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type ActivationKnnJson,
  activationKnnFromJSON,
  activationKnnToJSON,
} from '../../src/classify/activationKnnJson.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

/** Examples as a user adds them. */
type Examples = readonly (readonly [label: string | number, values: readonly number[]])[];

function learned(examples: Examples): KNNClassifier {
  const classifier = create();
  for (const [label, values] of examples) {
    tf.tidy(() => classifier.addExample(tf.tensor1d([...values]), label));
  }
  return classifier;
}

async function ask(classifier: KNNClassifier, values: readonly number[], k: number) {
  const query = tf.tensor1d([...values]);
  const prediction = await classifier.predictClass(query, k);
  query.dispose();
  return prediction;
}

const vector = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 });
const examples = fc.array(fc.tuple(fc.constantFrom('b', 'a', 1, 0), vector), { minLength: 1, maxLength: 12 });

it('gives a classifier that predicts the same and learns on the same, class indices included', async () => {
  await fc.assert(
    fc.asyncProperty(examples, examples, vector, fc.integer({ min: 1, max: 5 }), (first, later, query, k) =>
      expectNoLeak(async () => {
        const original = learned(first);
        const json = JSON.parse(JSON.stringify(await activationKnnToJSON(original)));
        const copy = activationKnnFromJSON(json);
        expect(await ask(copy, query, k)).toEqual(await ask(original, query, k));
        for (const [label, values] of later) {
          tf.tidy(() => original.addExample(tf.tensor1d(values), label));
          tf.tidy(() => copy.addExample(tf.tensor1d(values), label));
        }
        expect(await ask(copy, query, k)).toEqual(await ask(original, query, k));
        original.dispose();
        copy.dispose();
      }),
    ),
    { numRuns: 40 },
  );
});

it('holds what it says', async () => {
  const classifier = learned([
    ['b', [3, 4]],
    [0, [0, 2]],
  ]);
  const json = await activationKnnToJSON(classifier);
  classifier.dispose();
  const values = json.classes.map(
    (saved) => new Float32Array(Uint8Array.from(Buffer.from(saved.values, 'base64')).buffer),
  );
  expect(json.schema).toBe('fewshot.activation-knn/1');
  expect(json.dimension).toBe(2);
  expect(json.classes.map(({ label, index, examples }) => [label, index, examples])).toEqual([
    ['0', 1, 1],
    ['b', 0, 1],
  ]);
  expect([...values[0]!]).toEqual([0, 1]);
  expect(values[1]![0]).toBeCloseTo(0.6, 6);
  expect(values[1]![1]).toBeCloseTo(0.8, 6);
});

it('saves a classifier without class indices, and one without examples', async () => {
  const bare = create();
  bare.setClassifierDataset({ a: tf.tensor2d([[1, 0]]), b: tf.tensor2d([[0, 1]]) });
  const copy = activationKnnFromJSON(await activationKnnToJSON(bare));
  expect(await ask(copy, [2, 1], 1)).toEqual(await ask(bare, [2, 1], 1));
  bare.dispose();
  copy.dispose();
  const empty = activationKnnFromJSON(JSON.parse(JSON.stringify(await activationKnnToJSON(create()))));
  expect(empty.getNumClasses()).toBe(0);
});

it.each<[RegExp, (json: ActivationKnnJson) => unknown]>([
  [
    /is of version fewshot\.knn\/1, but this release reads fewshot\.activation-knn\/1/,
    (json) => ({ ...json, schema: 'fewshot.knn/1' }),
  ],
  [/the values of class "b" are truncated: 8 bytes instead of 12/, (json) => ({ ...json, dimension: 3 })],
  [/wrong at classes\.0\.examples/, (json) => ({ ...json, classes: [{ ...json.classes[0], examples: 0 }] })],
  [/has examples of 0 values/, (json) => ({ ...json, dimension: 0 })],
])('refuses damaged JSON and leaves no tensors: %s', async (message, damage) => {
  const classifier = learned([['b', [3, 4]]]);
  const json = await activationKnnToJSON(classifier);
  classifier.dispose();
  await expectNoLeak(() => {
    expect(() => activationKnnFromJSON(damage(json))).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringMatching(message) }),
    );
  });
});
