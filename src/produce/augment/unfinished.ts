import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { DataError, UsageError } from '../../core/index.js';
import { atomicWrite, reasonOf } from '../../files/index.js';
import { issueOf, MANIFEST, type ManifestEntry, type ManifestPlan, planSchema } from './manifest.js';
import { digestOf } from './parents.js';

/** Hidden folder in `out` while a run has not ended: the plan, and the lines of each task that is done. */
export const UNFINISHED = '.unfinished';

/** The plan of the run. */
export const planFile = (out: string) => join(out, UNFINISHED, 'plan.json');

/** Where the lines of a task are kept until the manifest is put together. */
export const partFile = (out: string, task: number) => join(out, UNFINISHED, `${task}.jsonl`);

/** The plan of a run that did not end. */
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

/** Marks `out` as the place of a run. From now on it can be resumed. */
export const beginRun = (out: string, plan: ManifestPlan) => atomicWrite(planFile(out), JSON.stringify(plan));

/** Puts the manifest together from `tasks` parts, and ends the run. Returns the number of files. */
export async function finishRun(out: string, plan: ManifestPlan, tasks: number): Promise<number> {
  let files = 0;
  for (let task = 0; task < tasks; task++) files += (await readPart(out, task)).length;
  async function* content() {
    yield `${JSON.stringify({ ...plan, files })}\n`;
    for (let task = 0; task < tasks; task++) yield linesOf(await readPart(out, task));
  }
  await atomicWrite(join(out, MANIFEST), content());
  await endRun(out);
  return files;
}

/** Takes away what a run needed while it was not ended. */
export const endRun = (out: string) => rm(join(out, UNFINISHED), { recursive: true, force: true });

/** Notes the lines of a task that is done, and below them the SHA-256 of these lines. */
export async function writePart(out: string, task: number, entries: readonly ManifestEntry[]): Promise<void> {
  const text = linesOf(entries);
  await atomicWrite(partFile(out, task), `${text}${digestOf(Buffer.from(text))}\n`);
}

const linesOf = (entries: readonly ManifestEntry[]) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** What a task has left. Throws a `DataError` when that cannot be read, or is not what was written. */
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

/** What a folder holds; nothing, when there is none. Throws a `UsageError` when it cannot be read. */
export async function entriesIn(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new UsageError(`cannot read ${folder}: ${reasonOf(cause)}`, {
      hint: 'Choose another --out.',
      cause,
    });
  });
}
