import * as tf from '@tensorflow/tfjs';
import { register } from 'tfjs-wasm-training';
import { expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import type { Architecture } from '../../../src/models/architecture.js';
import { writeWeights } from '../../../src/models/model.js';
import { createLearner, type LearnerName } from '../../../src/training/learners/createLearner.js';
import reference from '../../reference/learners.json' with { type: 'json' };
import { expectClose, onBackends } from '../../sphere/points.js';
import { expectNoLeak } from '../../tensors.js';
import { batchOf, lossesAndGradients, withParts } from './prepared.js';

register();

interface Expected {
  readonly losses: Record<string, number>;
  readonly gradients: Record<string, number[]>;
}

const architecture: Architecture = {
  kind: 'convolutional',
  imageShape: reference.imageShape as [number, number, number],
  filters: reference.filters,
  kernelSize: reference.kernelSize,
  latentSize: reference.latentSize,
  latentSpace: 'sphere',
};
const { random } = reference;
const stored = new Map(
  Object.entries(reference.weights).map(([name, { shape, values }]) => [
    name,
    { shape, values: Float32Array.from(values) },
  ]),
);

/** The random numbers that PyTorch had, from the start of each purpose. */
function dealt(purpose: string): ReturnType<typeof randomStream> {
  const values: readonly number[] = random[purpose as keyof typeof random];
  let next = 0;
  return {
    ...randomStream(purpose),
    normal: (mean = 0, deviation = 1) => mean + deviation * values[next++]!,
    uniform: (low = 0, high = 1) => low + (high - low) * values[next++]!,
  };
}

onBackends('learners against PyTorch', () => {
  it.each(reference.learners.map((one) => [one.name as LearnerName, one] as const))(
    '%s: every term, and the gradient of every weight of every part',
    async (name, { options, parts: expected }) => {
      const learner = createLearner(name, options);
      expect(learner.options).toEqual(options);
      await expectNoLeak(() =>
        withParts(
          learner,
          (parts, autoencoder) => {
            expect(parts.map((part) => part.name)).toEqual(Object.keys(expected));
            const weights = new Map([autoencoder, ...parts].flatMap((part) => [...part.weights]));
            writeWeights(
              { weights },
              new Map([...weights.keys()].map((key) => [key, stored.get(key)!])),
              'reference',
            );
            const batch = batchOf(
              tf.tensor4d(reference.images, [reference.labels.length, ...architecture.imageShape]),
              reference.labels,
              dealt,
            );
            for (const part of parts) {
              const wanted: Expected = expected[part.name as keyof typeof expected]!;
              const { losses, gradients } = lossesAndGradients(part, batch);
              expect(Object.keys(losses).sort()).toEqual(Object.keys(wanted.losses).sort());
              for (const [term, value] of Object.entries(wanted.losses)) {
                expect(Math.abs(losses[term]! - value), term).toBeLessThan(3e-6 * (1 + Math.abs(value)));
              }
              expect([...gradients.keys()].sort()).toEqual(Object.keys(wanted.gradients).sort());
              for (const [weight, values] of Object.entries(wanted.gradients)) {
                const largest = Math.max(...values.map(Math.abs));
                expectClose(gradients.get(weight)!.flatten(), values, 1e-5 * (0.1 + largest));
              }
            }
          },
          architecture,
        ),
      );
    },
  );
});
