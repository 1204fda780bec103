import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { reasonOf } from '../../node/files.js';
import { whileFolderLocked } from '../../node/lock.js';
import { jobsOf, MANIFEST, type ManifestPlan } from '../produce/augment/manifest.js';
import {
  assertEmpty,
  beginRun,
  finishRun,
  isOfShard,
  type RunFiles,
  readPart,
  readPlan,
  readShard,
  writePart,
} from '../produce/augment/outFolder.js';
import { TASK_SIZE } from '../produce/augment/workshop.js';
import { assertUndamaged, byShard, place } from './joinFolders.js';

export interface MergeFoldersOptions {
  /** Folder to write: empty or new. */
  readonly out: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface MergedFolder extends RunFiles {
  readonly manifest: string;
  /** Number of images that failed the label check in every attempt. */
  readonly dropped: number;
}

/**
 * Joins the folders of all shards to the folder that one machine would have written, byte for byte. Files are linked where the
 * file system can, otherwise copied; each is compared with its digest.
 *
 * @throws DataError naming the folder that is of another run, not finished, given twice, or damaged; UsageError if `out` is not empty
 */
export async function mergeFolders(
  folders: readonly string[],
  options: MergeFoldersOptions,
): Promise<MergedFolder> {
  const { out } = options;
  await assertEmpty(out);
  const plan = await readPlan(folders[0]!);
  const read = async (folder: string) => {
    const { command, ...about } = await readPlan(folder);
    return { command, about, shard: await readShard(folder) };
  };
  const folderOf = await byShard(folders, read, '--out');
  return whileFolderLocked(out, () => mergeAlone(plan, folderOf, options));
}

async function mergeAlone(
  plan: ManifestPlan,
  folderOf: ReadonlyMap<number, string>,
  { out, onProgress, signal }: MergeFoldersOptions,
): Promise<MergedFolder> {
  const total = jobsOf(plan).count;
  const tasks = Math.ceil(total / TASK_SIZE);
  // All shards are looked at before anything is written.
  for (const [number, folder] of folderOf) {
    for (let task = 0; task < tasks; task++) {
      if (!isOfShard(task, [number, folderOf.size])) continue;
      await readPart(folder, task).catch((cause: unknown) => {
        throw new DataError(`${folder} is not finished, or damaged: ${reasonOf(cause)}`, {
          hint: 'Go on with it by the same command and --resume.',
          cause,
        });
      });
    }
  }
  await beginRun(out, plan);
  for (let task = 0; task < tasks; task++) {
    signal?.throwIfAborted();
    const folder = folderOf.get((task % folderOf.size) + 1)!;
    const entries = await readPart(folder, task);
    for (const { path, sha256 } of entries) {
      const from = join(folder, path);
      await assertUndamaged(from, sha256, 'Remove it, and make the shard whole by its command and --resume.');
      await place(from, join(out, path));
    }
    await writePart(out, task, entries);
    onProgress?.(Math.min((task + 1) * TASK_SIZE, total), total);
  }
  const found = await finishRun(out, plan, tasks);
  return { ...found, manifest: join(out, MANIFEST), dropped: total - found.files };
}
