import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { isFloats, shown } from '../../src/core/shown.js';

describe('shown', () => {
  it('writes anything in short, and never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true }),
        (value) => {
          expect(shown(value).length).toBeLessThan(100);
        },
      ),
    );
    const round: Record<string, unknown> = {};
    round.self = round;
    for (const value of [Symbol('x'), 7n, round, Object.create(null), { toJSON: () => undefined }]) {
      expect(typeof shown(value)).toBe('string');
    }
  });

  it.each([
    [Promise.resolve(1), 'a promise'],
    [from([1]), 'an Observable'],
    [() => 1, 'a function'],
    [new Uint8ClampedArray(3), 'a Uint8ClampedArray'],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [[1, 2], '[1,2]'],
    [Array(500).fill(0), 'a list of 500'],
  ])('names %o', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('names a tensor by its shape', () => {
    const tensor = tf.zeros([2, 3]);
    expect(shown(tensor)).toBe('a tensor [2, 3]');
    tensor.dispose();
  });
});

it('isFloats knows arrays of another realm, and nothing else', () => {
  expect(isFloats(new Float32Array(1))).toBe(true);
  for (const other of [[0.5], new Float64Array(1), new Uint8Array(1), null, 'x', { length: 1 }]) {
    expect(isFloats(other)).toBe(false);
  }
});
