import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataError, UsageError } from '../../core/errors.js';
import { reasonOf } from '../../node/files.js';
import { differenceOf } from '../../node/parts/difference.js';
import { addShard, missingShards } from '../../node/parts/mergeParts.js';
import { digestOf } from '../produce/augment/parents.js';
import type { Shard } from './shard.js';

/** A shard's folder, by what it must have in common with the others. */
export interface ShardFolder {
  readonly shard: Shard;
  /** The command that makes the whole. */
  readonly command: string;
  readonly about: object;
}

/**
 * Folders by the number of their shard.
 *
 * @param place flag that names a shard's folder
 * @throws DataError naming the folder that is of another run or given twice, or the shard that is missing
 */
export async function byShard(
  folders: readonly string[],
  read: (folder: string) => Promise<ShardFolder>,
  place: string,
): Promise<Map<number, string>> {
  const folderOf = new Map<number, string>();
  let first: ShardFolder | undefined;
  for (const folder of folders) {
    const found = await read(folder);
    first ??= found;
    // The command says the same at length.
    const facts = ({ about, shard: [, shards], command }: ShardFolder) => ({ ...about, shards, command });
    const difference = differenceOf(facts(found), facts(first));
    if (difference !== undefined) {
      throw new DataError(`${folder} is of another run than ${folders[0]}: ${difference}`, {
        hint: 'Merge shards that one command made, with the same versions, models and data.',
      });
    }
    const { shard } = found;
    addShard(folderOf, shard, folder);
  }
  missingShards(folderOf, first!.shard[1], first!.command, place);
  return folderOf;
}

/** Throws a `DataError` if a file of a shard cannot be read or has another digest. */
export async function assertUndamaged(path: string, sha256: string, hint: string): Promise<void> {
  try {
    if (digestOf(await readFile(path)) !== sha256) throw new Error('its bytes have changed');
  } catch (cause) {
    throw new DataError(`${path} is damaged: ${reasonOf(cause)}`, { hint, cause });
  }
}

/** Puts a file of a shard into the whole folder: as a link where the file system can, otherwise as a copy. */
export async function place(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL));
  } catch (cause) {
    throw new UsageError(`cannot write ${to}: ${reasonOf(cause)}`, { hint: 'Choose another --out.', cause });
  }
}
