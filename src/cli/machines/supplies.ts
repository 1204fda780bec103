import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { DataError } from '../../core/errors.js';
import { reasonOf } from '../../node/files.js';
import { filesBelow } from '../../node/filesBelow.js';
import { isInsidePath } from '../../node/images/insidePath.js';
import { someAtATime } from '../../node/parts/someAtATime.js';
import type { Store } from '../../node/parts/store.js';
import { digestOf as digestOfBytes } from '../produce/augment/parents.js';
import { digestOf } from './job.js';

/** True for a path below the root that is neither hidden nor a package's, whose files other programs would run. */
const isData = (path: string): boolean =>
  isInsidePath(path) && !path.split('/').some((part) => part.startsWith('.') || part === 'node_modules');

/** What is at a path that a work names: the files below it, or one whose own path is empty. */
const listSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({
    schema: v.literal('fewshot.files/1'),
    files: v.array(
      v.strictObject({
        path: v.pipe(
          v.string(),
          v.check((path) => path === '' || isData(path)),
        ),
        sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      }),
    ),
  }),
);

/** Names of a list and of a file in a store. */
const listName = (work: string, path: string) => `files/lists/${digestOf([work, path])}.json`;
const fileName = (sha256: string) => `files/${sha256}`;

/** Of some paths, those that are not there. */
export const missingOf = (paths: readonly string[]): string[] =>
  paths.filter((path) => !/^\w+:\/\//.test(path) && !existsSync(path));

/** Files at a path that may be sent; none if it is not there. */
async function filesAt(path: string): Promise<string[]> {
  const about = await stat(path).catch(() => undefined);
  if (about?.isFile()) return [''];
  if (!about?.isDirectory()) return [];
  return (await filesBelow(path)).filter(isData);
}

/**
 * Puts what is at a path of a work into a store, each file by its SHA-256, once.
 *
 * @returns the number of files; 0 if nothing is there
 */
export async function send(store: Store, work: string, path: string): Promise<number> {
  const files: { path: string; sha256: string }[] = [];
  const put = async (name: string) => {
    const bytes = await readFile(join(path, name));
    const sha256 = digestOfBytes(bytes);
    if (!(await store.has(fileName(sha256)))) await store.commit(fileName(sha256), bytes);
    return sha256;
  };
  for await (const [name, sha256] of someAtATime(await filesAt(path), put))
    files.push({ path: name, sha256 });
  if (files.length > 0)
    await store.commit(listName(work, path), JSON.stringify({ schema: 'fewshot.files/1', files }));
  return files.length;
}

/**
 * Sends paths of a work when workers ask for them, each once. Nothing else is sent, whoever asks.
 *
 * @returns a function that resolves to true for a path that was sent
 */
export function lender(
  store: Store,
  work: string,
  paths: readonly string[],
  note: (line: string) => void,
): (path: string) => Promise<boolean> {
  const lent = new Map<string, Promise<boolean>>();
  const lend = async (path: string) => {
    const files = await send(store, work, path);
    if (files > 0) note(`Sent ${path} to ${store.name} for workers that lack it (files: ${files}).`);
    return files > 0;
  };
  return async (path) => {
    if (!paths.includes(path)) return false;
    const known = lent.get(path) ?? lend(path);
    lent.set(path, known);
    return known;
  };
}

/**
 * Gets what is at a path of a work from a store, if somebody has sent it and it is data. All of it is there, or nothing.
 *
 * @returns false if nobody has
 * @throws DataError naming a file that is missing or damaged, or cannot be written
 */
export async function receive(store: Store, work: string, path: string): Promise<boolean> {
  if (!isData(normalize(path).split(sep).join('/').replace(/\/$/, ''))) return false;
  const name = listName(work, path);
  const text = await store.read(name);
  if (text === undefined) return false;
  const list = v.safeParse(listSchema, text);
  if (!list.success) throw new DataError(`${store.name}/${name} is no list of files`);
  const target = resolve(path);
  try {
    await mkdir(dirname(target), { recursive: true });
    const folder = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    try {
      const take = async ({ path: own, sha256 }: (typeof list.output.files)[number]) => {
        const bytes = await store.readBytes(fileName(sha256));
        if (bytes === undefined || digestOfBytes(bytes) !== sha256)
          throw new DataError(`${store.name}/${fileName(sha256)} is missing or damaged`);
        const to = join(folder, 'whole', own);
        await mkdir(dirname(to), { recursive: true });
        await writeFile(to, bytes);
      };
      for await (const _ of someAtATime(list.output.files, take));
      // Another worker may have put it there.
      await rename(join(folder, 'whole'), target).catch((cause: unknown) => {
        if (!existsSync(target)) throw cause;
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
  return true;
}
