import { openStore } from '../../node/parts/openStore.js';
import { type PartFile, parseParts } from '../../node/parts/partFile.js';
import type { Store } from '../../node/parts/store.js';
import { connect } from './broker.js';
import type { SubmitOptions } from './submit.js';
import type { AnyWork } from './works.js';

/** Flags of commands whose work a queue can do. */
export interface QueueFlags {
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
}

/** Joins results of a work, of their names. */
export type Join<Result> = (
  names: readonly string[],
  read: (name: string) => Promise<PartFile>,
) => Promise<Result>;

/** Reads results in a store by their names. */
export const resultsIn = (store: Store) => async (name: string) =>
  parseParts((await store.read(name)) ?? '', `${store.name}/${name}`);

/**
 * Has the workers at a queue do a work.
 *
 * @param plan names the work, and may put into the store what workers need for it
 */
export async function onQueue<Result>(
  plan: (store: Store) => Promise<Pick<AnyWork, 'about' | 'parts' | 'most'>>,
  { queue, store: place }: QueueFlags,
  options: Omit<SubmitOptions, 'store'>,
  join: Join<Result>,
): Promise<Result> {
  // With it come all kinds of work, which other runs of a command have no use for.
  const { submit } = await import('./submit.js');
  const store = await openStore(place!);
  const broker = await connect(queue!);
  try {
    const names = await submit(await plan(store), broker, { ...options, store });
    return await join(names, resultsIn(store));
  } finally {
    await broker.close();
    store.close();
  }
}
