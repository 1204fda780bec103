import { describe, expect, it } from 'vitest';
import { chanceLines } from '../../src/cli/images.js';

/** Points that a line names. */
const pointsOf = (tested: number) =>
  chanceLines({ tested }).map((line) => Number(/(\d+) points/.exec(line)![1]));

describe('how far chance moves an accuracy', () => {
  it('is the 95 % interval of one half, at most 50 points', () => {
    expect(pointsOf(100)).toEqual([10]);
    expect(pointsOf(25)).toEqual([20]);
    expect(pointsOf(1)).toEqual([50]);
  });

  it('is not told where nothing is tested, or much', () => {
    expect(pointsOf(0)).toEqual([]);
    expect(pointsOf(400)).toEqual([]);
  });
});
