import { describe, expect, it } from 'vitest';
import { accuracyOf, confusionOf, sumOf } from '../../src/evaluate/judge.js';

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
