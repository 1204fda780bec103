import { describe, expect, it } from 'vitest';
import { limits, measureShape } from '../scripts/house.mjs';

describe('src', () => {
  const { rooms, shards, shardShare } = measureShape();

  it(`has at most ${limits.rooms} rooms`, () => {
    expect(rooms).toBeLessThanOrEqual(limits.rooms);
  });

  it(`has at most ${100 * limits.shardShare} % of files with a neighbor as their only importer`, () => {
    expect(shardShare, shards.map(({ file }) => file).join('\n')).toBeLessThanOrEqual(limits.shardShare);
  });
});
