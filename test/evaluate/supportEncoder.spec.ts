import { describe, expect, it } from 'vitest';
import { reconstructionError } from '../../src/cli/produce/scores.js';
import { type ImageSet, select } from '../../src/core/image.js';
import { setSource } from '../../src/data/imageSource.js';
import { augmentedSupports, supportEncoder } from '../../src/evaluate/supportEncoder.js';
import { decodeModel } from '../../src/models/model.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import { tinyImages } from '../training/tiny.js';

onWasm();

/** Two shots of three classes, shot by shot. */
const support = tinyImages(6);
const options = { data: 'rows', steps: 2, seed: 5 };
const withPixel = (set: ImageSet, at: number, value: number): ImageSet => ({
  ...set,
  pixels: set.pixels.with(at, value),
});

describe('supportEncoder', () => {
  it('gives a model file whose card says what it has seen, and frees what it made', async () => {
    const file = await expectNoLeak(() => supportEncoder(support, options));
    const model = await decodeModel(file, 'encoder');
    expect(model.card).toMatchObject({
      ...{ learner: 'atnl', protocol: 'shots-only', epochs: 1, batchSize: 64, seed: 5, base: 50 },
      data: { name: 'rows', split: 'train', images: 6, classes: support.classes, labelled: true },
    });
    expect(model.imageShape).toEqual(support.shape);
    expect(model.base!.classes.map(({ length }) => length)).toEqual([50, 50, 50]);
    model.dispose();
  });

  it('depends on supports, steps and seed alone', async () => {
    const file = await supportEncoder(support, options);
    expect(await supportEncoder(select(support, [0, 1, 2, 3, 4, 5]), options)).toEqual(file);
    for (const other of [
      supportEncoder(support, { ...options, seed: 6 }),
      supportEncoder(support, { ...options, steps: 3 }),
      supportEncoder(withPixel(support, 70, 1), options),
      supportEncoder(
        { ...support, labels: support.labels.map((label) => ((label + 1) % 3 === 0 ? 0 : label)) },
        options,
      ),
    ]) {
      expect(await other).not.toEqual(file);
    }
  });

  it('teaches what the supports look like', async () => {
    const errors: number[] = [];
    for (const steps of [1, 60]) {
      const model = await decodeModel(await supportEncoder(support, { ...options, steps }), 'encoder');
      errors.push(reconstructionError(model, setSource(support)));
      model.dispose();
    }
    expect(errors[1]).toBeLessThan(0.8 * errors[0]!);
  });

  it('takes one image of each class', async () => {
    const model = await decodeModel(await supportEncoder(tinyImages(3), options), 'encoder');
    expect(model.base!.classes.map(({ length }) => length)).toEqual([50, 50, 50]);
    model.dispose();
  });
});

describe('augmentedSupports', () => {
  const data = augmentedSupports(support, 100, 7);
  const pixelsOf = (index: number, seed = 7) =>
    augmentedSupports(support, 100, seed).images(Int32Array.of(index), 0).pixels;

  it('takes the supports in turn, with their labels', () => {
    const { labels, classes } = data.images(Int32Array.of(0, 1, 2, 6, 11, 99), 0);
    expect([...labels]).toEqual([0, 1, 2, 0, 2, 0]);
    expect(classes).toEqual(support.classes);
    expect(data.labels).toHaveLength(100);
    expect([...data.labels.subarray(0, 7)]).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('makes no two images alike, and none as it was', () => {
    const made = Array.from({ length: 30 }, (_, index) => pixelsOf(index).join());
    expect(new Set(made).size).toBe(30);
    expect(pixelsOf(0)).not.toEqual(support.pixels.subarray(0, 144));
  });

  it('gives image i by seed and i alone', () => {
    const together = data.images(Int32Array.of(50, 8), 3).pixels;
    expect(together.subarray(144)).toEqual(pixelsOf(8));
    expect(pixelsOf(8, 6)).not.toEqual(pixelsOf(8));
  });
});
