import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classBank } from '../../src/augment/codeBank.js';

/** The arrival numbers that a bank remembers of so many images. */
function remembered(size: number, arrivals: number, seed: number, label = 'cat'): number[] {
  const bank = classBank(label, size, seed);
  for (let i = 0; i < arrivals; i++) bank.add(Float32Array.of(i));
  expect(bank.arrivals).toBe(arrivals);
  for (const { number, values } of bank.samples) expect(values).toEqual(Float32Array.of(number));
  return bank.samples.map(({ number }) => number);
}

describe('the bank of a class', () => {
  it('remembers everything in order up to its size, and never more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(40), fc.nat(), (size, arrivals, seed) => {
        const numbers = remembered(size, arrivals, seed);
        expect(numbers.length).toBe(Math.min(size, arrivals));
        expect(new Set(numbers).size).toBe(numbers.length);
        if (arrivals <= size) expect(numbers).toEqual([...numbers.keys()]);
      }),
    );
  });

  it('gives each of many images the same chance to be remembered', () => {
    const [size, arrivals, seeds] = [5, 20, 4000];
    const counts = new Array<number>(arrivals).fill(0);
    for (let seed = 0; seed < seeds; seed++)
      for (const number of remembered(size, arrivals, seed)) counts[number]!++;
    // Binomial with p = 1/4: the standard deviation is 27.4.
    for (const [number, count] of counts.entries()) {
      expect(Math.abs(count - seeds / 4), `image ${number}: ${count}`).toBeLessThan(4 * 27.4);
    }
  });

  it('chooses by seed, class and number, and the same again', () => {
    expect(remembered(4, 30, 1)).toEqual(remembered(4, 30, 1));
    expect(remembered(4, 30, 1)).not.toEqual(remembered(4, 30, 2));
    expect(remembered(4, 30, 1)).not.toEqual(remembered(4, 30, 1, 'dog'));
  });

  it('leaves what was read as it was, and does not share pixels with the giver', () => {
    const bank = classBank('cat', 2, 0);
    const pixels = Float32Array.of(7);
    bank.add(pixels);
    const before = bank.samples;
    pixels[0] = 8;
    for (let i = 0; i < 20; i++) bank.add(Float32Array.of(i));
    expect(before.map((sample) => [sample.number, sample.values![0]])).toEqual([[0, 7]]);
    expect(bank.samples.length).toBe(2);
  });
});
