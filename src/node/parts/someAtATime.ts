/** Items that are at hand at a time: enough that a store far away does not keep one waiting. */
const AT_HAND = 32;

/** Items with what becomes of them, in their order, some at a time. */
export async function* someAtATime<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [item: Item, result: Result], void, undefined> {
  for (let start = 0; start < items.length; start += AT_HAND) {
    const some = items.slice(start, start + AT_HAND);
    const results = await Promise.all(some.map(act));
    for (const [i, result] of results.entries()) yield [some[i]!, result];
  }
}
