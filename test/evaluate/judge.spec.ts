import { describe, expect, it } from 'vitest';
import { imagesOf, packImages } from '../../src/core/image.js';
import type { EnlargedSupport } from '../../src/evaluate/arms/arm.js';
import { accuracyOf, confusionOf, judges, sumOf } from '../../src/evaluate/judge.js';
import { noise, onWasm } from '../models/tiny.js';

onWasm();

const shape = [8, 8, 1] as const;
const images = ['a', 'b', 'a', 'b'].map((label, i) => ({
  pixels: noise([...shape], label, i),
  shape,
  label,
}));
const set = packImages(images, shape, ['a', 'b']);

/** A support set as it is, over and over. */
const support = (recipe?: EnlargedSupport['recipe']): EnlargedSupport => ({
  ...(recipe === undefined ? {} : { recipe }),
  references: () => [...imagesOf(set)],
  *training() {
    for (;;) yield* imagesOf(set);
  },
});

describe('the judge by a CNN', () => {
  const judge = (recipe?: EnlargedSupport['recipe']) =>
    judges.cnn({ images: support(recipe), query: set, seed: 1 }, { cnn: 'fast', cnnSteps: 2 });

  it('gives each query a class', async () => {
    const found = await judge();
    expect(found).toHaveLength(4);
    for (const label of found) expect([0, 1]).toContain(label);
  });

  it('trains it as the images ask for', async () => {
    await expect(judge({ dropout: { maps: 1, hidden: 0 } })).rejects.toThrow(/dropout\.maps/);
    expect(await judge({ dropout: { maps: 0, hidden: 0 } })).toHaveLength(4);
  });
});

/** Seven queries: three cats, of which one is taken for a dog; two dogs, both for cows; two cows, one for a cat. */
const truth = Int32Array.of(0, 0, 0, 1, 1, 2, 2);
const predicted = Int32Array.of(0, 1, 0, 2, 2, 2, 0);
const pets = confusionOf(predicted, truth, ['cat', 'dog', 'cow']);

describe('a confusion', () => {
  it('counts queries by their class, row by row, and by what they were taken for', () => {
    expect(pets).toEqual({
      classes: ['cat', 'dog', 'cow'],
      counts: [
        [2, 1, 0],
        [0, 0, 2],
        [1, 0, 1],
      ],
    });
  });

  it('gives the share that is right', () => {
    expect(accuracyOf(pets)).toBe(3 / 7);
    expect(accuracyOf(confusionOf(truth, truth, pets.classes))).toBe(1);
  });

  it('is summed class by class, though each episode has classes of its own', () => {
    const others = confusionOf(Int32Array.of(0, 1, 1), Int32Array.of(0, 0, 1), ['cow', 4]);
    expect(sumOf([pets, others], [4, 'cat', 'cow', 'dog']).counts).toEqual([
      [1, 0, 0, 0],
      [0, 2, 0, 1],
      [1, 1, 2, 0],
      [0, 0, 2, 0],
    ]);
  });
});
