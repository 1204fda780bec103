import { from, lastValueFrom, of, Subject, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { addTo } from '../../src/classify/addTo.js';
import { KnnClassifier } from '../../src/classify/knnClassifier.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';

const image = (value: number, label = 'a'): LabeledImage => ({
  pixels: Float32Array.of(value / 8),
  shape: [1, 1, 1],
  label,
});

it('lets the classifier learn each image before passing it on', () => {
  const source = new Subject<LabeledImage>();
  const classifier = new KnnClassifier();
  const seen: [LabeledImage, number][] = [];
  source.pipe(addTo(classifier)).subscribe((passed) => seen.push([passed, classifier.count]));
  const [first, second] = [image(1), image(2, 'b')];
  source.next(first);
  expect(seen).toEqual([[first, 1]]);
  source.next(second);
  expect(seen[1]![0]).toBe(second);
  expect(seen[1]![1]).toBe(2);
  expect(classifier.classes).toEqual(['a', 'b']);
});

it.each([1, 2, 3, 5, 8])('learns and passes on all of 5 images in batches of %i', async (batchSize) => {
  const images = [1, 2, 3, 4, 5].map((value) => image(value));
  const sizes: number[] = [];
  const classifier = new KnnClassifier();
  const counting = {
    addAll: (batch: Iterable<LabeledImage>) => {
      sizes.push([...batch].length);
      classifier.addAll(batch);
    },
  };
  const passed = await lastValueFrom(from(images).pipe(addTo(counting, { batchSize }), toArray()));
  expect(passed).toEqual(images);
  expect(classifier.count).toBe(5);
  expect(Math.max(...sizes)).toBe(Math.min(5, batchSize));
});

it('ends with an error at an image that cannot be learned, with those before it learned', async () => {
  const classifier = new KnnClassifier();
  const stream = of(image(1), image(Number.NaN), image(3)).pipe(addTo(classifier));
  await expect(lastValueFrom(stream)).rejects.toThrow(DataError);
  expect(classifier.count).toBe(1);
});

it.each([0, 1.5, Number.NaN])('refuses a batch size of %d', (batchSize) => {
  expect(() => addTo(new KnnClassifier(), { batchSize })).toThrow(UsageError);
});
