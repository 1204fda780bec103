import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../src/core/errors.js';
import { assertWritable } from '../../src/node/files.js';
import type { ResultHead } from './exhibit.js';

/** An exhibit to be made. */
export interface Outstanding<Name extends string> {
  readonly name: Name;
  /** File of the existing result to extend. */
  readonly before?: string;
}

export interface OutstandingOptions<Name extends string> {
  readonly names: readonly Name[];
  /** Folder of results. */
  readonly out: string;
  /** Make all of them, and replace existing results. */
  readonly force: boolean;
  /** Extend existing results. */
  readonly extend: boolean;
  /** First fields of a result of this run. */
  headOf(name: Name): ResultHead;
  /** Called for each existing result that is kept. */
  readonly onKept?: (file: string) => void;
}

/**
 * Returns the exhibits that are still to be made. Those that an interrupted run has written are kept.
 *
 * @throws UsageError if all exist, or one that another command, version or backend made
 */
export async function outstanding<Name extends string>(
  options: OutstandingOptions<Name>,
): Promise<Outstanding<Name>[]> {
  const { names, out, force, extend, headOf, onKept } = options;
  const kept: string[] = [];
  const wanted: Outstanding<Name>[] = [];
  for (const name of names) {
    const file = join(out, `${name}.json`);
    await assertWritable(file);
    const there = force ? undefined : await textOf(file);
    if (there === undefined) wanted.push({ name });
    else if (!beginsWith(there, headOf(name))) throw taken(file);
    else if (extend) wanted.push({ name, before: file });
    else kept.push(file);
  }
  if (wanted.length === 0) throw taken(kept[0]!);
  for (const file of kept) onKept?.(file);
  return wanted;
}

/** Text of a file; `undefined` if there is none, and empty if it cannot be read. */
const textOf = (file: string) =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : ''));

const taken = (file: string) =>
  new UsageError(`${file} exists already`, {
    hint: 'Choose another folder with --out, or replace it with --force.',
  });

function beginsWith(text: string, head: ResultHead): boolean {
  try {
    const found = JSON.parse(text);
    return Object.entries(head).every(([key, value]) => JSON.stringify(found[key]) === JSON.stringify(value));
  } catch {
    return false;
  }
}
