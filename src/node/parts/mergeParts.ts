import { DataError } from '../../core/errors.js';
import { differenceOf } from './difference.js';
import { type PartFile, type PartHeader, partsOf, readPartFile } from './partFile.js';
import { someAtATime } from './someAtATime.js';

/** A whole work, of the files of all its shards. */
export interface MergedParts {
  readonly header: PartHeader;
  /** In the order of the parts. */
  readonly values: readonly unknown[];
  /** Seconds that all shards took together. */
  readonly seconds: number;
}

/**
 * Joins all shards of a work.
 *
 * @param paths names of their files
 * @throws DataError naming the files, if one is of other work, not finished, or given twice, or if one is missing
 */
export async function mergeParts(
  paths: readonly string[],
  read: (path: string) => Promise<PartFile> = readPartFile,
): Promise<MergedParts> {
  let first: { readonly header: PartHeader; readonly path: string; readonly text: string } | undefined;
  const pathOf = new Map<number, string>();
  const values: unknown[] = [];
  let seconds = 0;
  for await (const [path, file] of someAtATime(paths, read)) {
    const { shard, ...shared } = file.header;
    const text = JSON.stringify({ ...shared, of: shard[1] });
    first ??= { header: file.header, path, text };
    if (text !== first.text) assertSameWork(file.header, path, first);
    assertWhole(file, path);
    addShard(pathOf, shard, path);
    for (const [part, value] of file.values) values[part] = value;
    seconds += file.seconds!;
  }
  if (first === undefined)
    throw new DataError('there are no parts to merge', { hint: 'Name files that --shard wrote.' });
  const { header } = first;
  missingShards(pathOf, header.shard[1], header.command);
  return { header, values, seconds: Math.round(10 * seconds) / 10 };
}

/** Adds where a shard is. Throws a `DataError` if it is given twice. */
export function addShard(
  found: Map<number, string>,
  shard: readonly [number: number, of: number],
  path: string,
): void {
  const other = found.get(shard[0]);
  if (other !== undefined) {
    throw new DataError(`${other} and ${path} are both shard ${shard.join(' of ')}`, {
      hint: 'Name each shard once.',
    });
  }
  found.set(shard[0], path);
}

/** Throws a `DataError` that names shards which are missing among those of a command. `place` is the flag that says where one goes. */
export function missingShards(
  found: ReadonlyMap<number, string>,
  of: number,
  command: string,
  place = '--out',
): void {
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((number) => !found.has(number));
  if (missing.length === 0) return;
  const [are, them] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new DataError(`${namesOf(missing)} of ${of} ${are} missing`, {
    hint: `Make ${them} by ${command} --shard ${missing[0]}/${of} ${place} …`,
  });
}

function assertSameWork(header: PartHeader, path: string, first: { header: PartHeader; path: string }): void {
  const about = ({ about, parts, shard: [, of], command }: PartHeader) => ({
    ...about,
    parts,
    shards: of,
    command,
  });
  const difference = differenceOf(about(header), about(first.header));
  if (difference === undefined) return;
  throw new DataError(`${path} is of other work than ${first.path}: ${difference}`, {
    hint: 'Merge shards that one command made, with the same versions, models and data.',
  });
}

function assertWhole({ header, values, seconds }: PartFile, path: string): void {
  const { shard } = header;
  const due = partsOf(header);
  const there = due.filter((part) => values.has(part)).length;
  if (seconds !== undefined && there === due.length && values.size === due.length) return;
  throw new DataError(`${path} is not finished: it has ${there} of its ${due.length} parts`, {
    hint: `Go on by ${header.command} --shard ${shard.join('/')} --out ${path}.`,
  });
}

/** `shard 3`, `shards 3 and 4`, `shards 3, 4, 5 and 17 more`. */
function namesOf(numbers: readonly number[]): string {
  if (numbers.length === 1) return `shard ${numbers[0]}`;
  const shown = numbers.length > 8 ? [...numbers.slice(0, 7), `${numbers.length - 7} more`] : numbers;
  return `shards ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
