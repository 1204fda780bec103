import type { Work } from '../../evaluate/work.js';
import type { MergedParts } from '../../node/parts/mergeParts.js';
import { openStore } from '../../node/parts/openStore.js';
import { connect } from './broker.js';
import { type SubmitOptions, submit } from './submit.js';

/** Flags of commands whose work a queue can do. */
export interface QueueFlags {
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
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
