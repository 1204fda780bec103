import { describe, expect, it } from 'vitest';
import { exportedNames, limits, measureShape } from '../scripts/house.mjs';

describe('the code base', () => {
  const { rooms, shards, shardShare, repeatedBasenames } = measureShape();

  it(`has at most ${limits.rooms} rooms in src`, () => {
    expect(rooms).toBeLessThanOrEqual(limits.rooms);
  });

  it(`has at most ${100 * limits.shardShare} % of files with a neighbor as their only importer`, () => {
    expect(shardShare, shards.map(({ file }) => file).join('\n')).toBeLessThanOrEqual(limits.shardShare);
  });

  it('gives every file in src a name of its own, but for index.ts', () => {
    expect(repeatedBasenames).toEqual([]);
  });

  it(`exports at most ${limits.rootNames} names at its root`, () => {
    const { index, browser } = exportedNames();
    expect(index).toBeLessThanOrEqual(limits.rootNames);
    expect(browser).toBeLessThanOrEqual(limits.rootNames);
  });
});
