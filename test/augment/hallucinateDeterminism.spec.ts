import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallucinations } from '../../src/augment/hallucinate.js';
import type { HallucinateOptions } from '../../src/augment/hallucinateOptions.js';
import { latentPath, pathNames } from '../../src/augment/paths.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Model } from '../../src/models/model.js';
import { noise, onWasm, tinyModel, tinyStyled } from '../models/tiny.js';
import {
  arriving,
  expectIdentical,
  hallucinated,
  photo,
  photos,
  planeModel,
  scattered,
  shape,
  streamed,
} from './hallucinated.js';

onWasm();

let model: Model;
/** Its classes lie in each other's way, so that the check by class means has something to reject. */
let circle: Model;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
  circle = planeModel(model, 'sphere');
});
afterAll(() => model.dispose());

const classes: readonly Label[] = ['a', 'b', 7, '7'];
const arrivals = fc.array(fc.constantFrom(...classes), { maxLength: 24 });
const amounts: fc.Arbitrary<HallucinateOptions> = fc.oneof(
  fc.record({ perClass: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ ratio: fc.double({ min: 0.05, max: 2.5, noNaN: true }) }),
);
const others = fc.record({
  seed: fc.nat(99),
  bankSize: fc.integer({ min: 3, max: 5 }),
  path: fc.constantFrom(...pathNames),
});
/** Those that the circle can take: its codes have no style part. */
const unstyled = others.filter(({ path }) => path !== 'restyle');

describe('the determinism contract of hallucinate', () => {
  it('image i of a class is the same for any batch size and any arrival of other classes', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        amounts,
        others,
        fc.integer({ min: 1, max: 9 }),
        async (labels, n, o, size) => {
          const found = await streamed(model, arriving(labels), { ...n, ...o, batchSize: size });
          for (const label of classes) {
            const own = arriving(labels.filter((other) => other === label));
            expectIdentical(hallucinated(found, label), [...hallucinations(model, own, { ...n, ...o })]);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('and so it is with a check that judges each image by itself', async () => {
    const labelCheck = (images: readonly LabeledImage[]) => images.map(({ pixels }) => pixels[0]! < 0.5);
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        amounts,
        others,
        fc.integer({ min: 1, max: 9 }),
        async (labels, n, o, size) => {
          const found = await streamed(model, arriving(labels), { ...n, ...o, labelCheck, batchSize: size });
          for (const label of classes) {
            const own = arriving(labels.filter((other) => other === label));
            const alone = [...hallucinations(model, own, { ...n, ...o, labelCheck })];
            expectIdentical(hallucinated(found, label), alone);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with the check by class means it is the same for any batch size', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        amounts,
        unstyled,
        fc.integer({ min: 1, max: 9 }),
        async (labels, n, o, size) => {
          const options = { ...n, ...o, labelCheck: true };
          const found = await streamed(circle, arriving(labels, scattered), { ...options, batchSize: size });
          const whole = await streamed(circle, arriving(labels, scattered), options);
          for (const label of classes)
            expectIdentical(hallucinated(found, label), hallucinated(whole, label));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('with that check and perClass, the arrival of other classes does not matter either', async () => {
    const labels = [...'aaabbbccc'];
    const mixed = [...'cabacbbca'];
    const options = { perClass: 12, labelCheck: true };
    const [sorted, shuffled] = [
      await streamed(circle, arriving(labels, scattered), options),
      await streamed(circle, arriving(mixed, scattered), options),
    ];
    expect(hallucinated(sorted).some(({ provenance }) => provenance!.attempt !== undefined)).toBe(true);
    for (const label of 'abc') expectIdentical(hallucinated(shuffled, label), hallucinated(sorted, label));
  });

  it.each([...pathNames])(
    'image i by %s is the decoder’s at the place that its own stream gives',
    async (path) => {
      const found = hallucinated(await streamed(model, photos('a', 5), { perClass: 9, seed: 4, path }));
      for (const [index, { pixels, provenance }] of found.entries()) {
        const random = randomStream(4, 'hallucinate', path, 'a', index);
        const { parents, omega, base = [] } = latentPath(path).choose(5, random, model.base);
        expect(provenance).toMatchObject({ parents, omega });
        expect(provenance!.base ?? []).toEqual(base);
        const alone = tf.tidy(() => {
          const samples = parents.map((i) =>
            model.encode(tf.tensor4d(photo('a', i).pixels, [1, ...shape])).dataSync<'float32'>(),
          );
          const carried = base.map((place) => model.base!.codes[place]!);
          const code = latentPath(path).walk([...samples, ...carried], omega, model.styleSize);
          return model.decode(tf.tensor2d(code, [1, model.latentSize])).dataSync();
        });
        expect(pixels).toEqual(alone);
      }
    },
  );

  it('other seeds and classes choose other places', async () => {
    const places = async (label: Label, seed: number) => {
      const images = Array.from({ length: 3 }, (_, i) => ({ pixels: noise(shape, i), shape, label }));
      const made = hallucinated(await streamed(model, images, { ratio: 2, seed }));
      return made.map(({ provenance }) => provenance!.omega);
    };
    expect(await places('a', 1)).not.toEqual(await places('a', 2));
    expect(await places('a', 1)).not.toEqual(await places('b', 1));
  });

  it('the cpu backend makes the same within 1e-4', async () => {
    const images = arriving([...'abbababa']);
    const variants: HallucinateOptions[] = [{ perClass: 6 }, { ratio: 1.5 }, { perClass: 6, path: 'lerp' }];
    const onThis = async (which: Model) =>
      (await Promise.all(variants.map((options) => streamed(which, images, options)))).flatMap((all) =>
        hallucinated(all),
      );
    const wasm = await onThis(model);
    await tf.setBackend('cpu');
    const other = await tinyModel(1, tinyStyled);
    try {
      const cpu = await onThis(other);
      expect(tf.getBackend()).toBe('cpu');
      for (const [i, { pixels, provenance }] of cpu.entries()) {
        const expected = wasm[i]!;
        expect(provenance).toEqual({
          ...expected.provenance,
          angle: expect.closeTo(expected.provenance!.angle!, 4),
        });
        const worst = Math.max(...pixels.map((value, j) => Math.abs(value - expected.pixels[j]!)));
        expect(worst, `image ${i}`).toBeLessThan(1e-4);
      }
    } finally {
      other.dispose();
      await tf.setBackend('wasm');
    }
  });
});
