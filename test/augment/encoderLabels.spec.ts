import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { firstValueFrom, from, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encoderLabels, labelByEncoder } from '../../src/augment/encoderLabels.js';
import { UsageError } from '../../src/core/errors.js';
import { labelSharesOf } from '../../src/core/image.js';
import type { Model } from '../../src/models/model.js';
import { onWasm, tinyModel } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { centered, centeredModel } from './hallucinated.js';

onWasm();

let tiny: Model;
/** Codes are the images themselves, brought to the circle. */
let circle: Model;
beforeAll(async () => {
  tiny = await tinyModel();
  circle = centeredModel(tiny, 'sphere');
});
afterAll(() => tiny.dispose());

const support = [centered('right', 1, 0), centered('up', 0, 1)];
const weightOf = (label: string, image: Parameters<typeof labelSharesOf>[0]) =>
  labelSharesOf(image).find((share) => share.label === label)!.weight;

describe('labels by the encoder', () => {
  it('are a softmax over cosines, at their share beside the image’s own', () => {
    const turn = Math.PI / 6;
    const image = centered('up', Math.cos(turn), Math.sin(turn));
    for (const share of [0.25, 1]) {
      const [labelled] = encoderLabels(circle, support, { share, temperature: 0.5 })([image]);
      const [right, up] = [Math.exp(Math.cos(turn) / 0.5), Math.exp(Math.sin(turn) / 0.5)];
      expect(weightOf('right', labelled!)).toBeCloseTo((share * right) / (right + up), 5);
      expect(weightOf('up', labelled!)).toBeCloseTo(1 - share + (share * up) / (right + up), 5);
    }
  });

  it('compare with the mean direction of a class, whatever the length of its images', () => {
    const several = [centered('a', 1, 0), centered('a', 0, 5), centered('b', -1, 0)];
    const [labelled] = encoderLabels(circle, several, { share: 1 })([centered('a', 2, 2)]);
    const [own, other] = [Math.exp(10), Math.exp(-Math.SQRT1_2 / 0.1)];
    expect(weightOf('a', labelled!)).toBeCloseTo(own / (own + other), 5);
  });

  it('add up to 1, and the heaviest is the label', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.02, max: 2, noNaN: true }),
        (turn, share, temperature) => {
          const image = centered('up', Math.cos(turn), Math.sin(turn));
          const [labelled] = encoderLabels(circle, support, { share, temperature })([image]);
          const shares = labelSharesOf(labelled!);
          expect(shares.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
          expect(weightOf(labelled!.label as string, labelled!)).toBe(
            Math.max(...shares.map(({ weight }) => weight)),
          );
          expect(labelled!.pixels).toBe(image.pixels);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with share 0 leave images as they are', () => {
    expect(encoderLabels(circle, support, { share: 0 })([support[0]!])).toEqual([support[0]]);
  });

  it('are the opinion alone for an image of no class of the support set, whatever the share', () => {
    const stranger = { ...centered('up', Math.SQRT1_2, -Math.SQRT1_2), label: 'symbol 3' };
    const [whole] = encoderLabels(circle, support, { share: 1 })([{ ...stranger, label: 'right' }]);
    expect(whole!.label).toBe('right');
    for (const share of [0, 0.25, 1]) {
      const [labelled] = encoderLabels(circle, support, { share })([stranger, support[0]!]);
      expect(labelled).toEqual(whole);
    }
  });

  it('of several encoders are those of their mean cosines', () => {
    // Turned by a right angle: what is right to the one is up to the other.
    const turned: Model = {
      ...circle,
      encode: (images) =>
        tf.tidy(() => {
          const [first, second] = tf.split(circle.encode(images), 2, 1);
          return tf.concat([tf.neg(second!), first!], 1) as tf.Tensor2D;
        }),
    };
    const turn = Math.PI / 6;
    const image = centered('up', Math.cos(turn), Math.sin(turn));
    const label = (models: Model | Model[]) =>
      encoderLabels(models, support, { share: 1, temperature: 0.5 })([image])[0]!;
    // A turn of all codes changes no cosine.
    for (const { label: name, weight } of label([circle, turned]).labels!)
      expect(weight).toBeCloseTo(weightOf(name as string, label(circle)), 5);
    const blind: Model = {
      ...circle,
      encode: (images) => tf.tile<tf.Tensor2D>([[0.6, 0.8]], [images.shape[0], 1]),
    };
    const [right, up] = [1 + Math.cos(turn), 1 + Math.sin(turn)].map((sum) => Math.exp(sum / 2 / 0.5));
    expect(weightOf('right', label([circle, blind]))).toBeCloseTo(right! / (right! + up!), 5);
    expect(label([circle])).toEqual(label(circle));
  });

  it('heed less what differs among images of one class, if given such', () => {
    // Both classes of these differ up and down alone, so that right and left count for more.
    const alike = [
      centered('x', 1, 0.6),
      centered('x', 1, -0.6),
      centered('y', -1, 0.6),
      centered('y', -1, -0.6),
    ];
    const image = centered('up', Math.SQRT1_2, Math.SQRT1_2);
    const label = (options: object) => encoderLabels(circle, support, { share: 1, ...options })([image])[0]!;
    expect(weightOf('right', label({}))).toBeCloseTo(0.5, 5);
    expect(weightOf('right', label({ whitenBy: alike }))).toBeGreaterThan(0.6);
    // What those images are called is no matter, nor how many are encoded at a time.
    const many = Array.from({ length: 1001 }, (_, i) => alike[i % 4]!);
    const renamed = many.map((one) => ({ ...one, label: `${one.label}!` }));
    expect(weightOf('right', label({ whitenBy: renamed }))).toBeCloseTo(
      weightOf('right', label({ whitenBy: many })),
      9,
    );
  });

  it('refuse what cannot be done, by name', () => {
    for (const whitenBy of [[], support])
      expect(() => encoderLabels(circle, support, { whitenBy })).toThrow(/no two images of one class/);

    expect(() => encoderLabels([], support)).toThrow(/no encoder to label with/);
    expect(() => encoderLabels([circle, centeredModel(tiny, 'euclidean')], support)).toThrow(/on a sphere/);
    for (const share of [-0.1, 1.5, Number.NaN])
      expect(() => encoderLabels(circle, support, { share })).toThrow(/share is .*, but must be a number in/);
    for (const temperature of [0, -1, Number.POSITIVE_INFINITY])
      expect(() => encoderLabels(circle, support, { temperature })).toThrow(/temperature/);
    expect(() => encoderLabels(circle, [])).toThrow(UsageError);
    expect(() => encoderLabels(centeredModel(tiny, 'euclidean'), support)).toThrow(/on a sphere/);
    expect(() => labelByEncoder(circle, support, { batchSize: 0 })).toThrow(/batchSize/);
  });
});

describe('labelByEncoder', () => {
  it('labels a stream as the function does, in order, whatever the size of its groups', async () => {
    const images = Array.from({ length: 7 }, (_, i) =>
      centered(i % 2 ? 'up' : 'right', Math.cos(i), Math.sin(i)),
    );
    const expected = encoderLabels(circle, support)(images);
    for (const batchSize of [1, 3, 100]) {
      const found = await firstValueFrom(
        from(images).pipe(labelByEncoder(circle, support, { batchSize }), toArray()),
      );
      expect(found).toEqual(expected);
    }
  });

  it('keeps no tensors', async () => {
    await expectNoLeak(() =>
      firstValueFrom(from(support).pipe(labelByEncoder(circle, support, { batchSize: 1 }), toArray())),
    );
  });
});
