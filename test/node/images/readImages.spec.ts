import { expect, it } from 'vitest';
import { begunAhead } from '../../../src/node/images/readImages.js';

it('begins four items ahead of the one awaited, in order, and leaves failures to whoever awaits them', async () => {
  let begun = 0;
  const work = async (item: number) => {
    begun++;
    if (item % 5 === 4) throw new Error(`no ${item}`);
    return item;
  };
  const seen: unknown[] = [];
  for (const [item, result] of begunAhead(Array(12).keys(), work)) {
    expect(begun).toBe(Math.min(item + 5, 12));
    seen.push(await result.catch((error: Error) => error.message));
    if (item === 10) break;
  }
  expect(seen).toEqual([0, 1, 2, 3, 'no 4', 5, 6, 7, 8, 'no 9', 10]);
});
