import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOrder, shownInEpoch } from '../../src/training/epochOrder.js';

const labelsOf = (max: number) =>
  fc.array(fc.nat({ max }), { minLength: 1, maxLength: 60 }).map((labels) => Int32Array.from(labels));

describe('the order of an epoch', () => {
  it('shows every image once when there are no groups', () => {
    fc.assert(
      fc.property(labelsOf(5), fc.nat(), fc.nat(9), (labels, seed, epoch) => {
        const order = epochOrder(labels, epoch, { seed, groupSize: 1 });
        expect([...order].sort((a, b) => a - b)).toEqual([...labels.keys()]);
      }),
    );
  });

  it('puts images of one class together, as many as a group holds, and none twice', () => {
    fc.assert(
      fc.property(labelsOf(4), fc.nat(), fc.integer({ min: 2, max: 5 }), (labels, seed, groupSize) => {
        const order = epochOrder(labels, 0, { seed, groupSize });
        expect(order).toHaveLength(shownInEpoch(labels, groupSize));
        expect(new Set(order).size).toBe(order.length);
        for (let start = 0; start < order.length; start += groupSize) {
          const group = order.subarray(start, start + groupSize);
          expect(new Set([...group].map((i) => labels[i])).size).toBe(1);
        }
      }),
    );
  });

  it('leaves out less than a group of each class', () => {
    fc.assert(
      fc.property(labelsOf(3), fc.integer({ min: 2, max: 5 }), (labels, groupSize) => {
        const classes = new Set(labels).size;
        expect(labels.length - shownInEpoch(labels, groupSize)).toBeLessThanOrEqual(
          classes * (groupSize - 1),
        );
      }),
    );
  });

  it('is another one in another epoch, and the same again for the same seed', () => {
    const labels = Int32Array.from({ length: 64 }, (_, i) => i % 4);
    const order = (epoch: number, seed: number) => epochOrder(labels, epoch, { seed, groupSize: 4 }).join();
    expect(order(0, 1)).toBe(order(0, 1));
    expect(order(0, 1)).not.toBe(order(1, 1));
    expect(order(0, 1)).not.toBe(order(0, 2));
  });
});
