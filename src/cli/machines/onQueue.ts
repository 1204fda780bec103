import { UsageError } from '../../core/errors.js';
import type { Work } from '../../evaluate/work.js';
import type { MergedParts } from '../../node/parts/mergeParts.js';
import { openStore } from '../../node/parts/store.js';
import { connect } from './broker.js';
import { type SubmitOptions, submit } from './submit.js';

/** Flags of commands whose work a queue can do. */
export interface QueueFlags {
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
}

/** Throws a `UsageError` for a queue without a store, or the other way round. */
export function assertQueueFlags({ queue, store }: QueueFlags): void {
  if ((queue === undefined) === (store === undefined)) return;
  throw queue === undefined
    ? new UsageError('a store goes with a queue', {
        hint: 'Name one by --queue, or leave out --store.',
        option: 'store',
      })
    : new UsageError('a queue needs a store for its results', {
        hint: 'Name a folder that all machines share, or s3://bucket/prefix, by --store.',
        option: 'store',
      });
}

/** Has the workers at a queue do a work. */
export async function onQueue<About extends { readonly kind: string }, Value>(
  work: Work<About, Value>,
  { queue, store: place }: QueueFlags,
  options: Omit<SubmitOptions, 'store'>,
): Promise<MergedParts> {
  const store = await openStore(place!);
  const broker = await connect(queue!);
  try {
    return await submit(work, broker, { ...options, store });
  } finally {
    await broker.close();
    store.close();
  }
}
