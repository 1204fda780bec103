import { UsageError } from '../../core/errors.js';
import { allParts, secondsSince, type Work } from '../../evaluate/work.js';
import { mergeParts } from '../../node/parts/mergeParts.js';
import { onQueue, type QueueFlags } from './onQueue.js';
import { outOfShard, runShard, type Shard } from './shard.js';
import type { SubmitOptions } from './submit.js';
import type { AnyWork } from './works.js';

/** Flags that say which machines do a work. */
export interface MachineFlags extends QueueFlags {
  readonly shard?: Shard | undefined;
  readonly out?: string | undefined;
}

/** Throws a `UsageError` for a shard without a file, and for a queue without a store or the other way round. */
export function assertMachineFlags({ shard, out, ...flags }: MachineFlags): void {
  if (shard !== undefined) outOfShard(out);
  assertStore(flags);
}

/** Throws a `UsageError` for a queue without a store or the other way round. */
export function assertStore({ queue, store }: QueueFlags): void {
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

/** What a stopped command leaves: the parts of a shard. */
export const keptOf = ({ shard, out }: MachineFlags): string =>
  shard === undefined
    ? 'Nothing was written.'
    : `Finished parts are in ${out}; the same command goes on from them.`;

/** Makes the result of a work, of the values of all its parts in order. */
export type Conclude<About, Value, Result> = (
  about: About,
  values: readonly Value[],
  made: { readonly command: string; readonly seconds: number },
) => Result;

/**
 * Does a work where flags say: here, or by workers at a queue, or here one shard of it alone.
 *
 * @param open opens the work; with `digests`, so that other machines can be told to have the same data
 * @returns the result; nothing of a shard, whose parts are in a file
 */
export async function perform<About extends { readonly kind: string }, Value, Result>(
  open: (
    digests: boolean,
    use: (work: Work<About, Value>) => Promise<Result | undefined>,
  ) => Promise<Result | undefined>,
  conclude: Conclude<About, Value, Result>,
  { shard, out, queue, store }: MachineFlags,
  options: Omit<SubmitOptions, 'store'>,
): Promise<Result | undefined> {
  const start = performance.now();
  const { command, terminal, onProgress } = options;
  const progress = onProgress === undefined ? {} : { onProgress };
  return open((shard ?? queue) !== undefined, async (work) => {
    if (queue !== undefined) {
      const { values, seconds } = await onQueue(
        async () => work as AnyWork,
        { queue, store },
        options,
        mergeParts,
      );
      return conclude(work.about, values as Value[], { command, seconds });
    }
    if (shard !== undefined) {
      await runShard(work, { shard, out, command, terminal, ...progress });
      return undefined;
    }
    const values = await work.run(allParts(work), progress);
    return conclude(work.about, values, { command, seconds: secondsSince(start) });
  });
}
