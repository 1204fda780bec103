import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError, UsageError } from '../../../core/errors.js';
import { reasonOf } from '../../../node/files.js';
import { whileFolderLocked } from '../../../node/lock.js';
import { differenceOf } from '../../../node/parts/difference.js';
import { missingShards } from '../../../node/parts/mergeParts.js';
import { jobsOf, MANIFEST, type ManifestEntry, type ManifestPlan } from './manifest.js';
import {
  assertEmpty,
  beginRun,
  finishRun,
  isOfShard,
  type RunFiles,
  type RunShard,
  readPart,
  readPlan,
  readShard,
  writePart,
} from './outFolder.js';
import { digestOf } from './parents.js';
import { TASK_SIZE } from './workshop.js';

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
  const folderOf = await byShard(folders, plan);
  return whileFolderLocked(out, () => mergeAlone(plan, folderOf, options));
}

/** Folders by the number of their shard. */
async function byShard(folders: readonly string[], plan: ManifestPlan): Promise<Map<number, string>> {
  const folderOf = new Map<number, string>();
  let first: RunShard | undefined;
  for (const folder of folders) {
    const shard = await readShard(folder);
    first ??= shard;
    // The command says the same at length.
    const facts = ({ command, ...rest }: ManifestPlan, [, of]: RunShard) => ({
      ...rest,
      shards: of,
      command,
    });
    const difference = differenceOf(facts(await readPlan(folder), shard), facts(plan, first));
    if (difference !== undefined) {
      throw new DataError(`${folder} is of another run than ${folders[0]}: ${difference}`, {
        hint: 'Merge shards that one command made, with the same versions, models and data.',
      });
    }
    const other = folderOf.get(shard[0]);
    if (other !== undefined) {
      throw new DataError(`${other} and ${folder} are both shard ${shard.join(' of ')}`, {
        hint: 'Name each shard once.',
      });
    }
    folderOf.set(shard[0], folder);
  }
  missingShards(folderOf, first![1], plan.command);
  return folderOf;
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
    for (const entry of entries) await place(entry, folder, out);
    await writePart(out, task, entries);
    onProgress?.(Math.min((task + 1) * TASK_SIZE, total), total);
  }
  const found = await finishRun(out, plan, tasks);
  return { ...found, manifest: join(out, MANIFEST), dropped: total - found.files };
}

/** Puts one file of a shard into the whole folder. */
async function place({ path, sha256 }: ManifestEntry, folder: string, out: string): Promise<void> {
  const [from, to] = [join(folder, path), join(out, path)];
  try {
    const bytes = await readFile(from);
    if (digestOf(bytes) !== sha256) throw new Error('it is not as its line says');
  } catch (cause) {
    throw new DataError(`${from} is damaged: ${reasonOf(cause)}`, {
      hint: `Remove it, and make the shard whole by its command and --resume.`,
      cause,
    });
  }
  try {
    await mkdir(dirname(to), { recursive: true });
    await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL));
  } catch (cause) {
    throw new UsageError(`cannot write ${to}: ${reasonOf(cause)}`, { hint: 'Choose another --out.', cause });
  }
}
