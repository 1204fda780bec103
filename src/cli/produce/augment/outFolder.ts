import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { DataError, UsageError } from '../../../core/errors.js';
import type { Label } from '../../../core/image.js';
import { assertWritable, atomicWrite, reasonOf } from '../../../node/files.js';
import {
  isOwnName,
  issueOf,
  MANIFEST,
  type ManifestEntry,
  type ManifestPlan,
  planSchema,
  readHeader,
} from './manifest.js';
import { digestOf } from './parents.js';

/** Hidden folder in `out` during a run: the plan, and the lines of each finished task. */
export const UNFINISHED = '.unfinished';

/** The plan of the run. */
export const planFile = (out: string) => join(out, UNFINISHED, 'plan.json');

/** File of a task's lines until the manifest is written. */
export const partFile = (out: string, task: number) => join(out, UNFINISHED, `${task}.jsonl`);

/** Reads the plan of an unfinished run. */
export async function readPlan(out: string): Promise<ManifestPlan> {
  const path = planFile(out);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new DataError(`cannot read ${path}: ${reasonOf(cause)}`, { hint: 'Delete the folder.', cause });
  }
  const parsed = v.safeParse(planSchema, value);
  if (parsed.success) return parsed.output;
  throw new DataError(`${path}: ${issueOf(parsed.issues)}`, { hint: 'Delete the folder.' });
}

/** Which shard of how many a run is, from 1. */
export type RunShard = readonly [number: number, of: number];

const shardFile = (out: string) => join(out, UNFINISHED, 'shard.json');

/** Writes the plan of a run, which can be resumed from now on. A run of all files is the only shard of one. */
export async function beginRun(out: string, plan: ManifestPlan, shard: RunShard = [1, 1]): Promise<void> {
  await atomicWrite(shardFile(out), JSON.stringify(shard));
  await atomicWrite(planFile(out), JSON.stringify(plan));
}

/** The shard that an unfinished run is. Throws a `DataError` if it cannot be read. */
export async function readShard(out: string): Promise<RunShard> {
  const path = shardFile(out);
  try {
    return v.parse(v.strictTuple([v.number(), v.number()]), JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    // Runs of earlier releases are whole.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [1, 1];
    throw new DataError(`cannot read ${path}: ${reasonOf(cause)}`, { hint: 'Delete the folder.', cause });
  }
}

/** True if a task is one of a shard's: shards take tasks in turn. */
export const isOfShard = (task: number, [number, of]: RunShard): boolean => task % of === number - 1;

/** Files of a finished run. */
export interface RunFiles {
  readonly files: number;
  /** Number of images that were made of each class; a class of which there are none is missing. */
  readonly made: ReadonlyMap<Label, number>;
}

/** Counts files by their lines in a manifest. */
export async function countFiles(
  entries: AsyncIterable<ManifestEntry> | Iterable<ManifestEntry>,
): Promise<RunFiles> {
  const made = new Map<Label, number>();
  let files = 0;
  for await (const entry of entries) {
    files++;
    if (!('original' in entry)) made.set(entry.label, (made.get(entry.label) ?? 0) + 1);
  }
  return { files, made };
}

/** Counts the files of finished tasks. */
export async function countTasks(out: string, tasks: readonly number[]): Promise<RunFiles> {
  async function* entries() {
    for (const task of tasks) yield* await readPart(out, task);
  }
  return countFiles(entries());
}

/** Joins the lines of all tasks to the manifest, and ends the run. */
export async function finishRun(out: string, plan: ManifestPlan, tasks: number): Promise<RunFiles> {
  const found = await countTasks(out, [...Array(tasks).keys()]);
  const { files } = found;
  async function* content() {
    yield `${JSON.stringify({ ...plan, files })}\n`;
    for (let task = 0; task < tasks; task++) yield linesOf(await readPart(out, task));
  }
  await atomicWrite(join(out, MANIFEST), content());
  await endRun(out);
  return found;
}

/** Removes the folder of an unfinished run. */
export const endRun = (out: string) => rm(join(out, UNFINISHED), { recursive: true, force: true });

/** Writes the lines of a finished task, followed by their SHA-256. */
export async function writePart(out: string, task: number, entries: readonly ManifestEntry[]): Promise<void> {
  const text = linesOf(entries);
  await atomicWrite(partFile(out, task), `${text}${digestOf(Buffer.from(text))}\n`);
}

const linesOf = (entries: readonly ManifestEntry[]) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** Reads the lines of a finished task. Throws a `DataError` if they cannot be read or are damaged. */
export async function readPart(out: string, task: number): Promise<ManifestEntry[]> {
  const path = partFile(out, task);
  const lines = (await readFile(path, 'utf8')).split('\n');
  const [digest, end] = lines.splice(-2);
  const text = lines.map((line) => `${line}\n`).join('');
  if (end !== '' || digest !== digestOf(Buffer.from(text))) {
    throw new DataError(`${path} is damaged`, { hint: 'Go on with --resume: these files are made again.' });
  }
  return lines.map((line) => JSON.parse(line) as ManifestEntry);
}

/** Entries of a folder; none if it does not exist. Throws a `UsageError` if it cannot be read. */
export async function entriesIn(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new UsageError(`cannot read ${folder}: ${reasonOf(cause)}`, {
      hint: 'Choose another --out.',
      cause,
    });
  });
}

/** State of `out`: empty, or an unfinished or finished run with its plan. */
export type OutState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unfinished' | 'finished'; readonly plan: ManifestPlan };

/**
 * Checks an output folder before any work. Throws a `UsageError` if it cannot be written, holds a run that is neither resumed nor
 * replaced (`resume`, `force`), or holds files that no run wrote.
 */
export async function inspectOut(
  out: string,
  { resume, force }: { readonly resume: boolean; readonly force: boolean },
): Promise<OutState> {
  await assertWritable(join(out, MANIFEST));
  const visible = (await entriesIn(out)).filter(({ name }) => !name.startsWith('.'));
  const plan = await presentPlan(out);
  if (plan === undefined && visible.length === 0) return { kind: 'empty' };
  if (plan === undefined) {
    throw new UsageError(`${out} is not empty, and ${visible[0]!.name} in it is of no run of this command`, {
      hint: 'Choose another --out.',
    });
  }
  const { stray } = await filesOf(out, plan.plan);
  if (stray !== undefined) {
    throw new UsageError(`${stray} is no file that this command wrote`, {
      hint: 'Move it away, or choose another --out.',
    });
  }
  if (resume || force) return plan;
  throw plan.kind === 'unfinished'
    ? new UsageError(`${out} is from a run that did not end`, {
        hint: 'Go on with --resume, or start afresh with --force.',
      })
    : new UsageError(`${out} is not empty: a run filled it already`, {
        hint: 'Choose another --out, or replace it with --force.',
      });
}

/** Throws a `UsageError` if a folder holds anything but hidden files. */
export async function assertEmpty(out: string): Promise<void> {
  const entry = (await entriesIn(out)).find(({ name }) => !name.startsWith('.') || name === UNFINISHED);
  if (entry === undefined) return;
  throw new UsageError(`${out} is not empty: ${entry.name} is there`, { hint: 'Choose another --out.' });
}

/**
 * Removes the files of a run, in an order that leaves a run to resume or replace at every moment. There are no files of the user,
 * since `inspectOut` refuses those.
 */
export async function clearRun(out: string, plan: ManifestPlan): Promise<void> {
  await beginRun(out, plan);
  await rm(join(out, MANIFEST), { force: true });
  for (const part of await entriesIn(join(out, UNFINISHED))) {
    if (!['plan.json', 'shard.json'].includes(part.name))
      await rm(join(out, UNFINISHED, part.name), { force: true });
  }
  const { own, folders } = await filesOf(out, plan);
  for (const file of own) await rm(file);
  // Folders with hidden files of the user stay.
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
  await rm(join(out, UNFINISHED), { recursive: true });
}

/** Returns the tasks of a run whose files all exist, and removes the files of other tasks. */
export async function tasksDone(out: string, plan: ManifestPlan): Promise<ReadonlySet<number>> {
  const { own } = await filesOf(out, plan);
  const present = new Set(own);
  const done = new Set<number>();
  for (const { name } of await entriesIn(join(out, UNFINISHED))) {
    const task = /^(\d+)\.jsonl$/.exec(name)?.[1];
    if (task === undefined) continue;
    // Lines that cannot be read count as missing.
    const lines = await readPart(out, Number(task)).catch(() => undefined);
    const files = lines?.map(({ path }) => join(out, path));
    if (!files?.every((file) => present.has(file))) continue;
    for (const file of files) present.delete(file);
    done.add(Number(task));
  }
  for (const file of present) await rm(file);
  return done;
}

/** Removes temporary files of an interrupted run. */
export async function sweep(out: string, plan: ManifestPlan): Promise<void> {
  const { own } = await filesOf(out, plan);
  for (const file of own) if (file.endsWith('.tmp')) await rm(file, { force: true });
}

/** Plan in `out`. With a manifest the run is finished, even if it was killed before its folder was removed. */
async function presentPlan(out: string): Promise<Exclude<OutState, { kind: 'empty' }> | undefined> {
  const exists = (path: string) => lstat(path).then(Boolean, () => false);
  if (await exists(join(out, MANIFEST))) {
    const { files: _, ...plan } = await readHeader(join(out, MANIFEST));
    return { kind: 'finished', plan };
  }
  return (await exists(planFile(out))) ? { kind: 'unfinished', plan: await readPlan(out) } : undefined;
}

/** Files of a run, the folders of its classes, and the first entry that no run writes. */
async function filesOf(out: string, plan: ManifestPlan) {
  const classes = new Set(plan.classes.map(({ label }) => String(label)));
  const own: string[] = [];
  const folders: string[] = [];
  let stray: string | undefined;
  for (const entry of await entriesIn(out)) {
    const folder = join(out, entry.name);
    if (classes.has(entry.name) && entry.isDirectory()) {
      folders.push(folder);
      for (const file of await entriesIn(folder)) {
        if (file.isFile() && isOwnName(file.name)) own.push(join(folder, file.name));
        else if (!file.name.startsWith('.')) stray ??= join(folder, file.name);
      }
    } else if (/^manifest\.jsonl\.\d+\.tmp$/.test(entry.name)) own.push(folder);
    else if (entry.name !== MANIFEST && !entry.name.startsWith('.')) stray ??= folder;
  }
  return { own, folders, stray };
}
