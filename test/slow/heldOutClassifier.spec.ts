import { beforeAll, describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import { type ImageShape, imagesOf } from '../../src/core/image.js';
import { type ImageSource, slice } from '../../src/data/imageSource.js';
import {
  heldOutClassifier,
  restoreHeldOutClassifier,
} from '../../src/evaluate/interpolation/heldOutClassifier.js';
import { loadMnist } from '../../src/node/builtInSets.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { classes, thirds as noisyThirds } from '../evaluate/quality/thirds.js';
import { expectNoLeak } from '../tensors.js';

// Native where it is installed: the other specs of interpolation run on wasm.
beforeAll(() => selectBackend('auto'));

/** Thirds of 12 pixels a side. */
const thirds = (count: number, seed: number, shape: ImageShape = [12, 12, 1]) =>
  noisyThirds(count, seed, shape);

describe('heldOutClassifier', () => {
  it('learns from pixels, judges images that it has not seen, and leaves no tensor behind', async () => {
    await expectNoLeak(async () => {
      const reports: [number, number][] = [];
      const judge = await heldOutClassifier(thirds(90, 1), {
        seed: 1,
        steps: 40,
        onProgress: (done, total) => void reports.push([done, total]),
      });
      expect(reports).toHaveLength(40);
      expect(reports.at(-1)).toEqual([40, 40]);
      const test = thirds(60, 2);
      expect(await judge.accuracy(test)).toBeGreaterThan(0.95);
      const images = [...imagesOf(test.images())];
      const found = await judge.classify(images);
      expect(found.filter((label, i) => label === images[i]!.label).length / 60).toBe(
        await judge.accuracy(test),
      );
      expect(judge.classes).toEqual(classes);
      const renamed: ImageSource = {
        ...test,
        images: (at) => ({ ...test.images(at), classes: ['x', 'y', 'z'] }),
        classes: ['x', 'y', 'z'],
      };
      expect(await judge.accuracy(renamed)).toBe(0);
      await expect(judge.classify([images[0]!, { ...images[1]!, shape: [6, 24, 1] }])).rejects.toThrow(
        DataError,
      );
      judge.dispose();
    });
  });

  it('gives the same for the same seed, and learns from no more images than it is told', async () => {
    const train = thirds(300, 3);
    const test = thirds(90, 4);
    const asked = new Set<number>();
    const watched: ImageSource = {
      ...train,
      images(indices = []) {
        for (const index of Array.from(indices)) asked.add(index);
        return train.images(indices);
      },
    };
    const answers = async (source: ImageSource) => {
      const judge = await heldOutClassifier(source, { seed: 5, images: 20, steps: 8 });
      try {
        return await judge.classify([...imagesOf(test.images())]);
      } finally {
        judge.dispose();
      }
    };
    expect(await answers(watched)).toEqual(await answers(train));
    expect(asked.size).toBe(20);
    // A random choice, not the first of them.
    expect(Math.max(...asked)).toBeGreaterThan(100);
  });

  it('tells features of images, and is the same after it was saved', async () => {
    await expectNoLeak(async () => {
      const judge = await heldOutClassifier(thirds(30, 1), { seed: 1, steps: 10 });
      const images = [...imagesOf(thirds(12, 2).images())];
      const { values, dimension } = await judge.features(images);
      expect([values.length, dimension]).toEqual([12 * 128, 128]);
      expect((await judge.features(images.slice(7, 8))).values).toEqual(values.subarray(7 * 128, 8 * 128));
      const saved = JSON.parse(JSON.stringify(await judge.save()));
      const restored = restoreHeldOutClassifier(saved, classes);
      expect((await restored.features(images)).values).toEqual(values);
      expect(await restored.classify(images)).toEqual(await judge.classify(images));
      await expect(judge.features([{ ...images[0]!, shape: [6, 24, 1] }])).rejects.toThrow(DataError);
      expect(() => restoreHeldOutClassifier(saved, ['a', 'b'])).toThrow(/knows 3 classes, but 2/);
      restored.dispose();
      judge.dispose();
    });
  });

  it('hears of what happens beside it while it learns', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('from outside')), 20);
    const learning = heldOutClassifier(thirds(30, 1), { seed: 1, steps: 5_000, signal: controller.signal });
    await expect(learning).rejects.toThrow('from outside');
  });

  it('takes images of 48×48×1 as well', async () => {
    const judge = await heldOutClassifier(thirds(9, 1, [48, 48, 1]), { seed: 1, steps: 2 });
    expect(judge.shape).toEqual([48, 48, 1]);
    expect(await judge.classify([...imagesOf(thirds(3, 2, [48, 48, 1]).images())])).toHaveLength(3);
    judge.dispose();
  });

  it('knows most digits after a few of them', async () => {
    const { train, test } = await loadMnist();
    const judge = await heldOutClassifier(train, { seed: 1, images: 1_000, steps: 80 });
    expect(await judge.accuracy(slice(test, 0, 1_000))).toBeGreaterThan(0.85);
    judge.dispose();
  });

  it('stops when it is told, and leaves no tensor behind', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    await expectNoLeak(() =>
      expect(
        heldOutClassifier(thirds(30, 1), {
          seed: 1,
          signal: controller.signal,
          onProgress: (done) => done === 3 && controller.abort(reason),
        }),
      ).rejects.toBe(reason),
    );
    await expect(heldOutClassifier(thirds(30, 1), { seed: 1, signal: controller.signal })).rejects.toBe(
      reason,
    );
  });

  it('refuses more images than there are, none, and a single class', async () => {
    const train = thirds(30, 1);
    for (const images of [0, 31, 1.5])
      await expect(heldOutClassifier(train, { seed: 1, images })).rejects.toThrow(/from 1 to 30/);
    await expect(heldOutClassifier(train, { seed: 1, steps: 0 })).rejects.toThrow(UsageError);
    const alone = { ...train, classes: ['top'], labels: train.labels.map(() => 0) };
    await expect(heldOutClassifier(alone, { seed: 1 })).rejects.toThrow(/at least 2 classes/);
  });
});
