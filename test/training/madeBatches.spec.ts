import { describe, expect, it } from 'vitest';
import { characterBatch } from '../../src/data/characters/characterBatch.js';
import type { Architecture } from '../../src/models/architecture.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import type { BatchSource } from '../../src/training/batches.js';
import type { TrainingState } from '../../src/training/checkpoint.js';
import { fitAutoencoder } from '../../src/training/fitAutoencoder.js';
import { atnl } from '../../src/training/learners/atnl.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { weightsOf } from './tiny.js';

onWasm();

const styled: Architecture = {
  ...{ kind: 'convolutional', imageShape: [16, 16, 1], latentSize: 46, latentSpace: 'sphere', styleSize: 2 },
  ...{ filters: [2, 3, 4, 3], kernelSize: 3, grids: [2, 3] },
};
const { styleSize: _, ...rest } = styled;
const plain: Architecture = { ...rest, latentSize: 44 };

const source: BatchSource = {
  batches: 3,
  batch: (index, epoch) =>
    characterBatch({
      ...{ alphabets: 1, characters: 3, drawers: 2, side: 16, twins: 2, seed: 1 },
      batch: 3 * epoch + index,
    }),
};
const learner = atnl({ margin: 0.3, temperature: 0.1, lambda: 100, batchNorm: true });

async function trained(architecture: Architecture, state?: TrainingState) {
  const kept: TrainingState[] = [];
  const losses: number[] = [];
  const autoencoder = convolutionalAutoencoder(architecture, 1);
  await expectNoLeak(() =>
    fitAutoencoder(autoencoder, learner, source, {
      ...{ epochs: 2, seed: 1, learningRate: 0.01, checkpointEvery: 2 },
      ...(state === undefined ? {} : { state }),
      onProgress: ({ losses: { loss } }) => losses.push(loss!),
      onCheckpoint: async (reached) => {
        kept.push(reached);
      },
    }),
  );
  const weights = weightsOf(autoencoder);
  autoencoder.dispose();
  return { kept, losses, weights };
}

describe('training on batches that are made on the fly', () => {
  it('goes on from a checkpoint as if unbroken, and folds the normalization at the end', async () => {
    const whole = await trained(styled);
    expect(whole.losses).toHaveLength(6);
    const [first] = whole.kept;
    expect(first!.step).toBe(2);
    const resumed = await trained(styled, first);
    expect(resumed.losses).toEqual(whole.losses.slice(2));
    expect(resumed.weights).toEqual(whole.weights);
    // The last checkpoint has the weights before they were folded.
    const before = whole.kept.at(-1)!.tensors.get('encoder/conv1/kernel')!.values;
    expect(whole.weights['encoder/conv1/kernel']).not.toEqual(before);
    expect(Object.keys(whole.weights).some((name) => name.startsWith('norm/'))).toBe(false);
  });

  it('decodes all images where codes have no style that a twin could have', async () => {
    const { losses } = await trained(plain);
    expect(losses.every(Number.isFinite)).toBe(true);
  });
});
