import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { balancedChoice } from '../../../src/evaluate/embed/embedding.js';

const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : i < 80 ? 1 : 2));
const counts = (places: Int32Array) =>
  [0, 1, 2].map((label) => places.filter((place) => labels[place] === label).length);

describe('balancedChoice', () => {
  it('takes as many of each class, different ones, in rising order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (count, seed) => {
        const places = balancedChoice(labels, { classes: 3, count, seed });
        expect(places).toHaveLength(count);
        expect(new Set(places).size).toBe(count);
        expect([...places]).toEqual([...places].sort((a, b) => a - b));
        const each = counts(places);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
        expect(balancedChoice(labels, { classes: 3, count, seed })).toEqual(places);
      }),
    );
  });

  it('is another one for another seed', () => {
    const [one, other] = [1, 2].map((seed) => balancedChoice(labels, { classes: 3, count: 30, seed }));
    expect(one).not.toEqual(other);
  });

  it('takes all that the rarest class allows, or the most that there may be', () => {
    expect(counts(balancedChoice(labels, { classes: 3, seed: 1 }))).toEqual([20, 20, 20]);
    expect(counts(balancedChoice(labels, { classes: 3, most: 31, seed: 1 }))).toEqual([11, 10, 10]);
  });

  it('refuses more than there are', () => {
    const choose = () => balancedChoice(labels, { classes: 3, count: 63, seed: 1 });
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow('63 images are asked for, as many of each of 3 classes, but one class has 20');
  });
});
