import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { DataError, UsageError } from '../../core/errors.js';
import { atomicWrite, reasonOf } from '../../node/files.js';
import { filesBelow } from '../../node/filesBelow.js';
import { isInsidePath } from '../../node/images/insidePath.js';
import { whileFolderLocked } from '../../node/lock.js';
import { differenceOf } from '../../node/parts/difference.js';
import { assertEmpty } from '../produce/augment/outFolder.js';
import { digestOf } from '../produce/augment/parents.js';
import { assertUndamaged, byShard, place } from './joinFolders.js';

/** File of a work folder that says which shard the other files are of. */
const RECORD = 'shard.json';

const recordSchema = v.strictObject({
  schema: v.literal('fewshot.shard/1'),
  /** The command that makes the whole work. */
  command: v.string(),
  /** What all files depend on. */
  about: v.record(v.string(), v.unknown()),
  /** Which of how many it is, from 1; joined folders are the only one. */
  shard: v.tuple([v.number(), v.number()]),
  /** SHA-256 of the files, by path; absent until all are there. */
  files: v.exactOptional(v.record(v.pipe(v.string(), v.check(isInsidePath)), v.string())),
});
type WorkRecord = v.InferOutput<typeof recordSchema>;

/** What a work folder is of. */
export type WorkShard = Pick<WorkRecord, 'command' | 'about' | 'shard'>;

async function readRecord(folder: string): Promise<WorkRecord | undefined> {
  const path = join(folder, RECORD);
  try {
    return v.parse(recordSchema, JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new DataError(`cannot read ${path}: ${reasonOf(cause)}`, { hint: 'Delete the folder.', cause });
  }
}

const writeRecord = (folder: string, record: Omit<WorkRecord, 'schema'>) =>
  atomicWrite(join(folder, RECORD), JSON.stringify({ schema: 'fewshot.shard/1', ...record }));

/** True if a folder is a shard of work, finished or not. */
export const isWorkShard = async (folder: string): Promise<boolean> =>
  (await readRecord(folder)) !== undefined;

/**
 * Fills a new folder with a shard of work, or goes on with it.
 *
 * @throws UsageError if the folder holds something else
 */
export async function fillWorkShard(
  folder: string,
  work: WorkShard,
  fill: () => Promise<void>,
): Promise<void> {
  await whileFolderLocked(folder, async () => {
    const found = await readRecord(folder);
    if (found === undefined) {
      const [first] = (await readdir(folder)).filter((name) => !name.startsWith('.'));
      if (first !== undefined) {
        throw new UsageError(`${folder} is not empty: ${first} is there`, {
          hint: 'Name a folder for this shard alone.',
          option: 'work',
        });
      }
      await writeRecord(folder, work);
    } else {
      const { command, about, shard } = found;
      assertSame(
        folder,
        { ...about, shard, command },
        { ...work.about, shard: work.shard, command: work.command },
      );
    }
    await fill();
    await writeRecord(folder, { ...work, files: await filesIn(folder) });
  });
}

/**
 * Checks that work may be made whole in a folder: that it has no shard, or all of them, joined.
 *
 * @throws UsageError naming what differs
 */
export async function assertWhole(folder: string, about: WorkShard['about']): Promise<void> {
  const found = await readRecord(folder);
  if (found === undefined) return;
  assertSame(folder, { ...found.about, shard: found.shard }, { ...about, shard: [1, 1] });
}

function assertSame(folder: string, found: object, wanted: object): void {
  const difference = differenceOf(found, wanted);
  if (difference === undefined) return;
  throw new UsageError(`${folder} is of other work: ${difference}`, {
    hint: 'Name another folder, or join shards with fewshot merge.',
    option: 'work',
  });
}

/** SHA-256 of a folder's files, by path, without those of runs that go on. */
async function filesIn(folder: string): Promise<{ [path: string]: string }> {
  const paths = (await filesBelow(folder)).filter((path) => {
    const name = basename(path);
    return name !== RECORD && !/^\.|\.(lock|tmp|checkpoint)$/.test(name);
  });
  const files: { [path: string]: string } = {};
  for (const path of paths) files[path] = digestOf(await readFile(join(folder, path)));
  return files;
}

export interface MergeWorkOptions {
  /** Folder to fill: empty or new. */
  readonly out: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Joins the work folders of all shards to one, in which the whole command finds everything made.
 *
 * @returns the number of files, and the command
 * @throws DataError naming the folder that is of another run, not finished, given twice, or damaged; UsageError if `out` is not empty
 */
export async function mergeWork(
  folders: readonly string[],
  { out, onProgress, signal }: MergeWorkOptions,
): Promise<{ readonly files: number; readonly command: string }> {
  await assertEmpty(out);
  const records = new Map<string, WorkRecord>();
  const folderOf = await byShard(
    folders,
    async (folder) => {
      const record = await readRecord(folder);
      if (record === undefined) {
        throw new DataError(`${folder} is no shard of work`, { hint: 'Name folders that --shard filled.' });
      }
      records.set(folder, record);
      return record;
    },
    '--work',
  );
  const { command, about } = records.get(folders[0]!)!;
  const fromOf = new Map<string, { readonly from: string; readonly sha256: string }>();
  for (const folder of folderOf.values()) {
    const { shard, files } = records.get(folder)!;
    const again = `${command} --shard ${shard.join('/')} --work ${folder}`;
    if (files === undefined) throw new DataError(`${folder} is not finished`, { hint: `Go on by ${again}.` });
    for (const [path, sha256] of Object.entries(files)) {
      signal?.throwIfAborted();
      const from = join(folder, path);
      await assertUndamaged(from, sha256, `Remove it, and make it again by ${again}.`);
      const other = fromOf.get(path);
      if (other !== undefined && other.sha256 !== sha256) {
        throw new DataError(`${other.from} and ${from} differ`, { hint: 'Make both shards again.' });
      }
      fromOf.set(path, { from, sha256 });
    }
  }
  await whileFolderLocked(out, async () => {
    await writeRecord(out, { command, about, shard: [1, 1] });
    let done = 0;
    for (const [path, { from }] of fromOf) {
      signal?.throwIfAborted();
      await place(from, join(out, path));
      onProgress?.(++done, fromOf.size);
    }
  });
  return { files: fromOf.size, command };
}
