import { stdout } from 'node:process';
import { UsageError } from '../../core/errors.js';
import { secondsSince, type Work } from '../../evaluate/work.js';
import { openPartFile, PART_SCHEMA, type PartHeader } from '../../node/parts/partFile.js';
import type { Terminal } from '../terminal.js';

/** A shard of a work: its number from 1, and how many there are. */
export type Shard = readonly [number: number, of: number];

export interface ShardOptions {
  readonly shard: Shard;
  /** File of its parts. */
  readonly out: string | undefined;
  /** The command that makes the whole result. */
  readonly command: string;
  readonly terminal: Terminal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The file that a shard is written to. Throws a `UsageError` if none is named. */
export function outOfShard(out: string | undefined): string {
  if (out !== undefined) return out;
  throw new UsageError('a shard needs a file for its parts', { hint: 'Name one by --out.', option: 'out' });
}

/** Throws a `UsageError` if some shards of a work would have no part. */
export function assertEnoughParts(parts: number, shards: number): void {
  if (shards <= parts) return;
  throw new UsageError(`there are ${parts} parts, too few for ${shards} shards`, {
    hint: `Choose up to ${parts}.`,
    option: 'shard',
  });
}

/** What to do with a finished shard. */
export const joinHint = ([number, of]: Shard): string =>
  `shard ${number} of ${of}; fewshot merge … --out joins all`;

/** Does one shard of a work, or what an earlier run left of it, and says what to do with the file. */
export async function runShard<About extends { readonly kind: string }, Value>(
  work: Work<About, Value>,
  { shard, out, command, terminal, onProgress }: ShardOptions,
): Promise<void> {
  const path = outOfShard(out);
  const [number, of] = shard;
  assertEnoughParts(work.parts, of);
  const header: PartHeader = {
    ...{ schema: PART_SCHEMA, command, about: { ...work.about }, parts: work.parts, shard: [number, of] },
  };
  await openPartFile(path, header, async ({ open, finished, add, end }) => {
    if (finished) return terminal.note(`${path} is there already and stays.`);
    const start = performance.now();
    await work.run(open, { onValue: add, ...(onProgress === undefined ? {} : { onProgress }) });
    await end(secondsSince(start));
  });
  stdout.write(`${path}: ${joinHint(shard)}\n`);
}
