import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { reservoirSlot } from '../../src/core/reservoir.js';

describe('reservoirSlot', () => {
  it('fills the reservoir in order of arrival', () => {
    expect([0, 1, 2].map((arrival) => reservoirSlot(arrival, 3, 7, 'bank'))).toEqual([0, 1, 2]);
  });

  it('draws for later arrivals from a stream named by the keys and their number', () => {
    for (let arrival = 3; arrival < 50; arrival++) {
      const drawn = randomStream(7, 'bank', 'cat', arrival).integer(arrival + 1);
      expect(reservoirSlot(arrival, 3, 7, 'bank', 'cat')).toBe(drawn < 3 ? drawn : undefined);
    }
  });

  it('keeps every arrival equally often', () => {
    const [size, arrivals, runs] = [3, 12, 4000];
    const kept = new Array<number>(arrivals).fill(0);
    for (let run = 0; run < runs; run++) {
      const held: number[] = [];
      for (let arrival = 0; arrival < arrivals; arrival++) {
        const slot = reservoirSlot(arrival, size, run);
        if (slot !== undefined) held[slot] = arrival;
      }
      for (const arrival of held) kept[arrival]!++;
    }
    const expected = (runs * size) / arrivals;
    for (const count of kept) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });
});
