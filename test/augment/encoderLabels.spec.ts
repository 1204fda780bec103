import fc from 'fast-check';
import { firstValueFrom, from, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encoderLabels, labelByEncoder } from '../../src/augment/index.js';
import { labelSharesOf, UsageError } from '../../src/core/index.js';
import type { Model } from '../../src/models/index.js';
import { onWasm, tinyModel } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { planeModel, point } from './hallucinated.js';

onWasm();

let tiny: Model;
/** Codes are the images themselves, brought to the circle. */
let circle: Model;
beforeAll(async () => {
  tiny = await tinyModel();
  circle = planeModel(tiny, 'sphere');
});
afterAll(() => tiny.dispose());

const support = [point('right', 1, 0), point('up', 0, 1)];
const weightOf = (label: string, image: Parameters<typeof labelSharesOf>[0]) =>
  labelSharesOf(image).find((share) => share.label === label)!.weight;

describe('labels by the encoder', () => {
  it('are a softmax over cosines, at their share beside the image’s own', () => {
    const turn = Math.PI / 6;
    const image = point('up', Math.cos(turn), Math.sin(turn));
    for (const share of [0.25, 1]) {
      const [labelled] = encoderLabels(circle, support, { share, temperature: 0.5 })([image]);
      const [right, up] = [Math.exp(Math.cos(turn) / 0.5), Math.exp(Math.sin(turn) / 0.5)];
      expect(weightOf('right', labelled!)).toBeCloseTo((share * right) / (right + up), 5);
      expect(weightOf('up', labelled!)).toBeCloseTo(1 - share + (share * up) / (right + up), 5);
    }
  });

  it('compare with the mean direction of a class, whatever the length of its images', () => {
    const several = [point('a', 1, 0), point('a', 0, 5), point('b', -1, 0)];
    const [labelled] = encoderLabels(circle, several, { share: 1 })([point('a', 2, 2)]);
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
          const image = point('up', Math.cos(turn), Math.sin(turn));
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

  it('refuse what cannot be done, by name', () => {
    for (const share of [-0.1, 1.5, Number.NaN])
      expect(() => encoderLabels(circle, support, { share })).toThrow(/share must be in/);
    for (const temperature of [0, -1, Number.POSITIVE_INFINITY])
      expect(() => encoderLabels(circle, support, { temperature })).toThrow(/temperature/);
    expect(() => encoderLabels(circle, [])).toThrow(UsageError);
    expect(() => encoderLabels(planeModel(tiny, 'euclidean'), support)).toThrow(/on a sphere/);
    expect(() => labelByEncoder(circle, support, { batchSize: 0 })).toThrow(/batchSize/);
  });
});

describe('labelByEncoder', () => {
  it('labels a stream as the function does, in order, whatever the size of its groups', async () => {
    const images = Array.from({ length: 7 }, (_, i) =>
      point(i % 2 ? 'up' : 'right', Math.cos(i), Math.sin(i)),
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
