import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { FewshotError, UsageError } from '../core/errors.js';
import { assertWritable, linkOnce, reasonOf, removeTemporaryFiles } from './files.js';
import { isRunning, startTimeOf } from './processes.js';

/** Content of a lock file: the run that holds it. */
const holderSchema = v.strictObject({
  /** New each time that a lock is taken. */
  token: v.pipe(v.string(), v.uuid()),
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  host: v.string(),
  /** `startTimeOf` the process; absent where the system does not tell. */
  started: v.exactOptional(v.string()),
  since: v.pipe(v.string(), v.isoTimestamp()),
});
type Holder = v.InferOutput<typeof holderSchema>;

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/**
 * Does work while no other run may write the same output. The file `output.lock` exists meanwhile and names the writer. The
 * lock of a process that was killed is replaced at once; that of another computer, which cannot be asked from here, is not.
 *
 * @param path gives the lock its name, `path.lock`. Default: the output
 * @throws UsageError when another run, in this process or another, writes the output
 */
export async function whileLocked<Value>(
  output: string,
  work: () => Promise<Value>,
  path = output,
): Promise<Value> {
  const lock = `${resolve(path)}.lock`;
  await assertWritable(lock, output);
  const release = take(lock, output);
  try {
    for (const old of removalLocksOf(lock)) rmSync(old, { force: true });
    await removeTemporaryFiles(path);
    return await work();
  } finally {
    release();
  }
}

/** Locks a folder that a run fills. The folder is made if it does not exist, and removed if it stays empty. */
export function whileFolderLocked<Value>(folder: string, work: () => Promise<Value>): Promise<Value> {
  return whileLocked(folder, work, join(folder, '.fewshot'));
}

/** Throws a `UsageError` if another run writes the output now. Only `whileLocked` keeps others from beginning later. */
export function assertUnlocked(output: string, path = output): void {
  const lock = `${resolve(path)}.lock`;
  const holder = holderOf(lock, output);
  if (holder !== undefined && mayBeAlive(holder)) throw inUse(output, lock, holder);
}

/** Makes the lock file, or throws. Returns a function that removes it. */
function take(lock: string, output: string): () => void {
  const started = startTimeOf(process.pid);
  const mine: Holder = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    ...(started === undefined ? {} : { started }),
    since: new Date().toISOString(),
  };
  const temporary = `${lock}.${mine.token}.${process.pid}.tmp`;
  const made = attempt(lock, () => mkdirSync(dirname(lock), { recursive: true }));
  const release = () => {
    process.off('exit', release);
    if (readText(lock)?.includes(mine.token)) rmSync(lock, { force: true });
    if (made !== undefined) removeEmpty(dirname(lock), made);
  };
  try {
    attempt(lock, () => writeFileSync(temporary, JSON.stringify(mine), { flush: true }));
    while (!attempt(lock, () => linkOnce(temporary, lock))) removeDead(lock, output);
    // A second Ctrl-C ends the process without `finally`.
    process.on('exit', release);
    return release;
  } catch (error) {
    release();
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function attempt<Value>(lock: string, work: () => Value): Value {
  try {
    return work();
  } catch (cause) {
    throw new FewshotError(`cannot write ${lock}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Removes a lock whose holder is dead, or throws. Two runs may find the same dead lock: only the one that holds a lock on
 * *that* lock, by its token, removes it, so that it never removes a new lock that another run has made meanwhile.
 */
function removeDead(lock: string, output: string): void {
  const holder = holderOf(lock, output);
  if (holder === undefined) return;
  if (mayBeAlive(holder)) throw inUse(output, lock, holder);
  const release = take(`${lock}.${holder.token}.dead`, output);
  try {
    if (holderOf(lock, output)?.token === holder.token) rmSync(lock, { force: true });
  } finally {
    release();
  }
}

/** Locks that `removeDead` left when it was killed. They belong to locks that no longer exist. */
function removalLocksOf(lock: string): string[] {
  const names = readdirSync(dirname(lock));
  const own = names.filter((name) => name.startsWith(`${basename(lock)}.`) && name.endsWith('.dead'));
  return own.map((name) => join(dirname(lock), name));
}

function readText(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new FewshotError(`cannot read ${lock}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Holder of a lock; undefined when there is no lock. */
function holderOf(lock: string, output: string): Holder | undefined {
  const text = readText(lock);
  if (text === undefined) return undefined;
  try {
    return v.parse(holderSchema, JSON.parse(text));
  } catch (cause) {
    throw new UsageError(`${output} seems to be in use: ${lock} exists, but does not name the writer`, {
      hint: `If no other run writes it, remove ${lock}.`,
      cause,
    });
  }
}

/** True if a holder may be alive; always for one on another computer. */
function mayBeAlive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
  const now = startTimeOf(pid);
  return isRunning(pid) && (now === undefined || started === undefined || now === started);
}

function inUse(output: string, lock: string, { pid, host, since }: Holder): UsageError {
  const where = host === hostname() ? '' : ` on ${host}`;
  // Swedish dates are in ISO 8601, here in local time.
  const time = new Date(since).toLocaleString('sv');
  return new UsageError(`${output} is in use: process ${pid}${where} has been writing it since ${time}`, {
    hint: `Wait for that run, stop it, or choose another path. If it no longer runs, remove ${lock}.`,
  });
}

/** Removes a folder, and those above it up to `last`, as far as they are empty. */
function removeEmpty(folder: string, last: string): void {
  try {
    for (let each = folder; each.length >= last.length; each = dirname(each)) rmdirSync(each);
  } catch {
    // It is not empty.
  }
}
