/** Files that are being read while one before them is unpacked: as many as Node reads at a time. */
const AHEAD = 4;

/** Items in order with what their work comes to, which begins some items before it is waited for. */
export function* begunAhead<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Generator<readonly [Item, Promise<Result>], void, undefined> {
  const begun: [Item, Promise<Result>][] = [];
  for (const item of items) {
    const result = work(item);
    // A failure is for whoever waits for it, perhaps nobody: then it is no crash.
    result.catch(() => undefined);
    begun.push([item, result]);
    if (begun.length > AHEAD) yield begun.shift()!;
  }
  yield* begun;
}
