import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { FewshotError, UsageError } from '../core/errors.js';
import { assertWritable, reasonOf, removeLeftovers, runs, startOf } from './files.js';

/** What a lock file says of the run that holds it. */
const holderSchema = v.strictObject({
  /** Another one each time that a lock is taken. */
  token: v.pipe(v.string(), v.uuid()),
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  host: v.string(),
  /** As `startOf` has it; absent where the system does not say. */
  started: v.exactOptional(v.string()),
  since: v.pipe(v.string(), v.isoTimestamp()),
});
type Holder = v.InferOutput<typeof holderSchema>;

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/**
 * Does work while no other run may write the same output: `output.lock` is there meanwhile, and says who writes. A lock whose
 * process was killed gives way at once; one of another computer, which cannot be asked from here, does not.
 *
 * @param place beside which the lock lies. Default: the output
 * @throws UsageError when another run, in this process or another, writes the output
 */
export async function whileLocked<Value>(
  output: string,
  work: () => Promise<Value>,
  place = output,
): Promise<Value> {
  const lock = `${resolve(place)}.lock`;
  await assertWritable(lock, output);
  const release = take(lock, output);
  try {
    for (const grave of gravesOf(lock)) rmSync(grave, { force: true });
    await removeLeftovers(place);
    return await work();
  } finally {
    release();
  }
}

/** The same for a folder that a run fills. It is made if need be, and goes again if it stays empty. */
export function whileFolderLocked<Value>(folder: string, work: () => Promise<Value>): Promise<Value> {
  return whileLocked(folder, work, join(folder, '.fewshot'));
}

/** Throws a `UsageError` when another run writes the output now. It may begin later all the same: `whileLocked` is what excludes that. */
export function assertUnlocked(output: string, place = output): void {
  const lock = `${resolve(place)}.lock`;
  const holder = read(lock, output);
  if (holder !== undefined && mayLive(holder)) throw inUse(output, lock, holder);
}

/** Makes the lock file, or throws. Returns what takes it away. */
function take(lock: string, output: string): () => void {
  const started = startOf(process.pid);
  const mine: Holder = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    ...(started === undefined ? {} : { started }),
    since: new Date().toISOString(),
  };
  const beside = `${lock}.${mine.token}.${process.pid}.tmp`;
  const made = attempt(lock, () => mkdirSync(dirname(lock), { recursive: true }));
  const release = () => {
    process.off('exit', release);
    if (readText(lock)?.includes(mine.token)) rmSync(lock, { force: true });
    if (made !== undefined) removeEmpty(dirname(lock), made);
  };
  try {
    attempt(lock, () => writeFileSync(beside, JSON.stringify(mine), { flush: true }));
    while (!attempt(lock, () => putInPlace(beside, lock))) removeDead(lock, output);
    // A second Ctrl-C ends the process without `finally`.
    process.on('exit', release);
    return release;
  } catch (error) {
    release();
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

function attempt<Value>(lock: string, work: () => Value): Value {
  try {
    return work();
  } catch (cause) {
    throw new FewshotError(`cannot write ${lock}: ${reasonOf(cause)}`, { cause });
  }
}

/** Gives a finished file the name of the lock, unless there is one: of many that try at once, one does it. */
function putInPlace(beside: string, lock: string): boolean {
  const tries = [
    () => linkSync(beside, lock),
    // For file systems without hard links.
    () => copyFileSync(beside, lock, constants.COPYFILE_EXCL),
  ];
  for (const [i, place] of tries.entries()) {
    try {
      place();
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      if (i === tries.length - 1) throw error;
    }
  }
  return false;
}

/**
 * Takes away a lock whose holder is dead, or throws. Two runs may find the same dead lock: only the one that holds a lock on
 * *that* lock, by its token, removes it, so that it never removes the lock that another has put in its place meanwhile.
 */
function removeDead(lock: string, output: string): void {
  const holder = read(lock, output);
  if (holder === undefined) return;
  if (mayLive(holder)) throw inUse(output, lock, holder);
  const release = take(`${lock}.${holder.token}.dead`, output);
  try {
    if (read(lock, output)?.token === holder.token) rmSync(lock, { force: true });
  } finally {
    release();
  }
}

/** What `removeDead` leaves when it is killed. Whoever holds the lock needs none of them: their locks are gone for good. */
function gravesOf(lock: string): string[] {
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

/** Who holds a lock; undefined when there is none. */
function read(lock: string, output: string): Holder | undefined {
  const text = readText(lock);
  if (text === undefined) return undefined;
  try {
    return v.parse(holderSchema, JSON.parse(text));
  } catch (cause) {
    throw new UsageError(`${output} seems to be in use: ${lock} is there, but does not say by whom`, {
      hint: `If no other run writes it, remove ${lock}.`,
      cause,
    });
  }
}

/** Whether a holder may be alive: of one on another computer nobody knows here. */
function mayLive({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return true;
  const now = startOf(pid);
  return runs(pid) && (now === undefined || started === undefined || now === started);
}

function inUse(output: string, lock: string, { pid, host, since }: Holder): UsageError {
  const where = host === hostname() ? '' : ` on ${host}`;
  // The Swedish way to write a date is that of ISO 8601, here in local time.
  const time = new Date(since).toLocaleString('sv');
  return new UsageError(`${output} is in use: process ${pid}${where} has been writing it since ${time}`, {
    hint: `Wait for that run, stop it, or choose another place. Where it is gone, remove ${lock}.`,
  });
}

/** Takes away a folder, and those above it up to one of them, as far as they are empty. */
function removeEmpty(folder: string, last: string): void {
  try {
    for (let each = folder; each.length >= last.length; each = dirname(each)) rmdirSync(each);
  } catch {
    // Something lies there.
  }
}
