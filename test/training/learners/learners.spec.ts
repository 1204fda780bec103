import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { convolutionalAutoencoder } from '../../../src/models/convolutional.js';
import { architectureFor, assertSuits } from '../../../src/training/learner.js';
import { aae } from '../../../src/training/learners/aae.js';
import { acai } from '../../../src/training/learners/acai.js';
import { atnl } from '../../../src/training/learners/atnl.js';
import {
  createLearner,
  type LearnerName,
  learnerNames,
} from '../../../src/training/learners/createLearner.js';
import { vae } from '../../../src/training/learners/vae.js';
import { vaeTripletLoss } from '../../../src/training/learners/vaeTripletLoss.js';
import { noiseBatch, onWasm, tinyArchitecture } from '../../models/tiny.js';
import { expectNoLeak } from '../../tensors.js';
import { batchOf, lossesAndGradients, tinyLearner, withParts } from './prepared.js';

onWasm();

/** Learners whose codes lie on the sphere. */
const onSphere: readonly LearnerName[] = ['atnl', 'adversarialDecoder'];

const labels = [0, 0, 1, 1, 2, 2];
const batch = () => batchOf(noiseBatch(labels.length, tinyArchitecture.imageShape), labels);

describe.each(learnerNames.map((name) => [name]))('%s', (name) => {
  it('has the gradient that finite differences show', () => {
    withParts(tinyLearner(name), (parts) => {
      const seen = batch();
      for (const part of parts) {
        const { gradients } = lossesAndGradients(part, seen);
        const square = [...gradients.values()].reduce(
          (sum, gradient) => sum + gradient.square().sum().dataSync()[0]!,
          0,
        );
        // Along the gradient, the loss changes by the gradient's length a unit.
        const at = (distance: number) => {
          const start = [...part.weights.values()].map((weight) => weight.clone());
          for (const [key, weight] of part.weights) {
            weight.assign(weight.add(gradients.get(key)!.mul(distance / Math.sqrt(square))));
          }
          const value = part.losses(seen).loss.dataSync()[0]!;
          for (const [i, weight] of [...part.weights.values()].entries()) weight.assign(start[i]!);
          return value;
        };
        const step = 5e-4;
        const slope = (at(step) - at(-step)) / (2 * step);
        expect(slope / Math.sqrt(square), part.name).toBeGreaterThan(0.97);
        expect(slope / Math.sqrt(square), part.name).toBeLessThan(1.03);
      }
    });
  });

  it('is built on the nets that all have: same names, shapes and starting weights', () => {
    const learner = tinyLearner(name);
    const own = convolutionalAutoencoder(architectureFor(learner, tinyArchitecture), 7);
    const common = convolutionalAutoencoder(tinyArchitecture, 7);
    for (const [weight, variable] of common.weights) {
      expect(own.weights.get(weight)!.dataSync()).toEqual(variable.dataSync());
    }
    const further = [...own.weights.keys()].filter((weight) => !common.weights.has(weight));
    expect(further).toEqual(
      learner.variational ? ['encoder/logVariance/kernel', 'encoder/logVariance/bias'] : [],
    );
    expect(own.latentSpace).toBe(onSphere.includes(name) ? 'sphere' : 'euclidean');
    own.dispose();
    common.dispose();
  });

  it('takes a batch of one, or of one class, without a value that is not a number', () => {
    withParts(tinyLearner(name), (parts) => {
      for (const count of [1, 3]) {
        const alone = batchOf(
          noiseBatch(count, tinyArchitecture.imageShape),
          Array.from({ length: count }, () => 4),
        );
        for (const part of parts) {
          const { losses, gradients } = lossesAndGradients(part, alone);
          expect(Object.values(losses).every(Number.isFinite)).toBe(true);
          for (const gradient of gradients.values()) {
            expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
          }
        }
      }
    });
  });

  it('refuses an autoencoder that was built for another', () => {
    const learner = tinyLearner(name);
    const fitting = architectureFor(learner, tinyArchitecture);
    const wrong = [
      onSphere.includes(name)
        ? { ...fitting, latentSpace: 'euclidean' as const }
        : { ...tinyArchitecture, latentSpace: 'sphere' as const },
      ...(learner.variational ? [{ ...tinyArchitecture, latentSpace: 'euclidean' as const }] : []),
    ];
    for (const architecture of wrong) {
      const autoencoder = convolutionalAutoencoder(architecture, 1);
      expect(() => assertSuits(learner, autoencoder)).toThrow(UsageError);
      expect(() => assertSuits(learner, autoencoder)).toThrow(new RegExp(`^${name} needs`));
      autoencoder.dispose();
    }
    const autoencoder = convolutionalAutoencoder(fitting, 1);
    expect(() => assertSuits(learner, autoencoder)).not.toThrow();
    autoencoder.dispose();
  });

  it('leaves nothing alive when it is done', async () => {
    await expectNoLeak(() =>
      withParts(tinyLearner(name), (parts) => {
        const seen = batch();
        for (const part of parts) part.losses(seen);
      }),
    );
  });
});

describe('createLearner', () => {
  it('knows each learner by the name that it bears', () => {
    expect([...learnerNames].sort()).toEqual([
      'aae',
      'acai',
      'adversarialDecoder',
      'ae',
      'atnl',
      'vae',
      'vaeTripletLoss',
    ]);
    for (const name of learnerNames) expect(createLearner(name).name).toBe(name);
  });

  it('names the learners there are when asked for another', () => {
    for (const name of ['gan', 'toString', '']) {
      const ask = () => createLearner(name as LearnerName);
      expect(ask).toThrow(
        expect.objectContaining({
          constructor: UsageError,
          message: `there is no learner named ${name}`,
          hint: 'Learners: ae, vae, vaeTripletLoss, aae, acai, atnl, adversarialDecoder.',
        }),
      );
    }
  });

  it('fills in the defaults of the papers', () => {
    expect(learnerNames.map((name) => [name, createLearner(name).options])).toEqual([
      ['ae', {}],
      ['vae', { beta: 1 }],
      ['vaeTripletLoss', { beta: 1, margin: 1, lambda: 80 }],
      ['aae', { units: 100, priorDeviation: 1 }],
      ['acai', { lambda: 0.5, gamma: 0.2 }],
      ['atnl', { semantics: 'nominal', margin: 1, lambda: 80, negative: 'anchor' }],
      ['adversarialDecoder', { critic: 20, cycle: 40 }],
    ]);
  });

  it.each([
    ['vae: beta is -1', () => vae({ beta: -1 })],
    ['vaeTripletLoss: margin is NaN', () => vaeTripletLoss({ margin: Number.NaN })],
    ['aae: units is 0', () => aae({ units: 0 })],
    ['aae: units is 1.5', () => aae({ units: 1.5 })],
    ['aae: priorDeviation is 0', () => aae({ priorDeviation: 0 })],
    ['acai: gamma is 1.1', () => acai({ gamma: 1.1 })],
    ['acai: lambda is Infinity', () => acai({ lambda: Number.POSITIVE_INFINITY })],
    ['atnl: margin is 4', () => atnl({ margin: 4 })],
    ['atnl: noise is -1', () => atnl({ noise: -1 })],
  ])('refuses an option out of range: %s', (message, make) => {
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });
});

describe('what learners draw', () => {
  it('the noise of a VAE is that of its purpose, row by row', () => {
    withParts(vae(), ([part], autoencoder) => {
      const seen = batch();
      const drawn: string[] = [];
      const counted = part!.losses({
        ...seen,
        random(purpose) {
          drawn.push(purpose);
          return seen.random(purpose);
        },
      });
      expect(drawn).toEqual(['noise']);
      const random = seen.random('noise');
      const { mean, logVariance } = autoencoder.posterior!(seen.images);
      const noise = tf.tensor2d(
        Float32Array.from({ length: mean.size }, () => random.normal()),
        mean.shape,
      );
      const codes = mean.add<tf.Tensor2D>(logVariance.mul(0.5).exp().mul(noise));
      const shown = autoencoder.decode(codes).clipByValue(1e-7, 1 - 1e-7);
      const likelihood = seen.images.mul(shown.log()).add(tf.sub(1, seen.images).mul(tf.sub(1, shown).log()));
      expect(-likelihood.sum().dataSync()[0]! / labels.length).toBeCloseTo(
        counted.reconstruction!.dataSync()[0]!,
        2,
      );
    });
  });

  it('ACAI mixes the same shares for its critic as for its autoencoder, at most half', () => {
    withParts(acai(), (parts) => {
      const seen = batch();
      const asked: [string, number][] = [];
      const spying = {
        ...seen,
        random: (purpose: string) => ({
          ...seen.random(purpose),
          uniform: (low = 0, high = 1) => {
            asked.push([purpose, high]);
            return low;
          },
        }),
      };
      for (const part of parts) part.losses(spying);
      expect(new Set(asked.map((one) => one.join()))).toEqual(new Set(['mix,0.5']));
      expect(asked.length).toBe(2 * labels.length);
    });
  });
});
