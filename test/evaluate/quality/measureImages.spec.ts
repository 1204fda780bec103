import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../../src/core/errors.js';
import { imagesOf, type LabeledImage } from '../../../src/core/image.js';
import {
  choosePairs,
  evenOmegas,
  imagePairs,
  interpolate,
} from '../../../src/evaluate/interpolation/latentInterpolation.js';
import { largestStepRatio } from '../../../src/evaluate/metrics/manifold.js';
import { interpolationSteps } from '../../../src/evaluate/quality/interpolationSteps.js';
import {
  classificationAccuracyScore,
  labelPreservation,
  naiveAugmentationScore,
} from '../../../src/evaluate/quality/measureImages.js';
import { proportion } from '../../../src/evaluate/statistics.js';
import { onWasm, tinyArchitecture, tinyModel } from '../../models/tiny.js';
import { expectNoLeak } from '../../tensors.js';
import { thirds } from './thirds.js';

onWasm();

const images = [...imagesOf(thirds(60, 1).images())];
const test = thirds(90, 2).images();

describe('labelPreservation', () => {
  it('counts the images that the judge puts into their class', async () => {
    const classify = async (shown: readonly LabeledImage[]) => shown.map(() => 'top');
    expect(await labelPreservation(images, classify)).toEqual(proportion(20, 60));
    await expect(labelPreservation([], classify)).rejects.toThrow(DataError);
  });
});

describe('the accuracy scores', () => {
  it('are high for images that teach the classes, and low for those that teach others', async () => {
    const names = ['top', 'middle', 'bottom'];
    const turned = images.map((image) => ({
      ...image,
      label: names[(names.indexOf(String(image.label)) + 1) % 3]!,
    }));
    await expectNoLeak(async () => {
      const options = { cnnSteps: 60, seed: 1 };
      const good = await classificationAccuracyScore(images, test, options);
      expect(good).toBeGreaterThan(0.9);
      expect(await classificationAccuracyScore(images, test, options)).toBe(good);
      expect(await classificationAccuracyScore(turned, test, options)).toBeLessThan(0.1);
      // Three of four images are right.
      const mended = await naiveAugmentationScore(images, turned.slice(0, 20), test, options);
      expect(mended).toBeGreaterThan(0.9);
    });
  });

  it('of real and made images is that of all together', async () => {
    const options = { cnnSteps: 5, seed: 3 };
    const [real, made] = [images.slice(0, 15), images.slice(15)];
    expect(await naiveAugmentationScore(real, made, test, options)).toBe(
      await classificationAccuracyScore(images, test, options),
    );
  });

  it('stop when a step says so, and refuse no images', async () => {
    let steps = 0;
    const onStep = async () => {
      if (++steps === 3) throw new Error('enough');
    };
    await expectNoLeak(() =>
      expect(classificationAccuracyScore(images, test, { seed: 1, onStep })).rejects.toThrow('enough'),
    );
    await expect(classificationAccuracyScore([], test, { seed: 1 })).rejects.toThrow(UsageError);
  });
});

describe('interpolationSteps', () => {
  const features = async (shown: readonly LabeledImage[]) => ({
    dimension: 144,
    values: Float32Array.from(shown.flatMap(({ pixels }) => [...pixels])),
  });

  it('is the mean over pairs of a class of the largest step over the mean step', async () => {
    const model = await tinyModel();
    const source = thirds(12, 3);
    const options = { path: 'slerp', pairs: 4, steps: 6, seed: 2, features } as const;
    const found = await expectNoLeak(() => interpolationSteps(model, source, options));
    const ends = imagePairs(source, choosePairs(source, { count: 4, within: 'class', seed: 2 }));
    const ratios = await Promise.all(
      interpolate(model, ends, { path: 'slerp', omegas: evenOmegas(6) }).map(async (path) =>
        largestStepRatio(await features(path)),
      ),
    );
    expect(found).toBeCloseTo(ratios.reduce((a, b) => a + b) / 4, 12);
    expect(new Set(ratios).size).toBe(4);
    model.dispose();
  });

  it('refuses slerp without a sphere', async () => {
    const flat = await tinyModel(1, { ...tinyArchitecture, latentSpace: 'euclidean' });
    await expect(
      interpolationSteps(flat, thirds(12, 3), { path: 'slerp', seed: 1, features }),
    ).rejects.toThrow(/sphere/);
    flat.dispose();
  });
});
