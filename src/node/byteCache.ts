import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Above 1 GiB the oldest files are deleted. */
const MOST_BYTES = 2 ** 30;
const DIGEST_BYTES = 32;

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The key of what is made of some bytes. `about` holds everything else that it depends on, as JSON can hold it. */
export const keyOf = (about: unknown, bytes: Uint8Array): string =>
  sha256(JSON.stringify(about), bytes).toString('hex');

/** A place where bytes are kept under keys. */
export type ByteCache = ReturnType<typeof byteCache>;

/**
 * A cache of bytes: files in a folder, named by keys, which are digests of all that the bytes depend on. A damaged file counts
 * as missing, and where the cache cannot be read or written, nothing is kept. Any number of threads and processes may use one
 * folder.
 *
 * @param folder without one, nothing is kept
 */
export function byteCache(folder: string | undefined, mostBytes = MOST_BYTES) {
  let wrote = false;
  return {
    /** True if bytes are kept. */
    keeps: folder !== undefined,
    async read(key: string): Promise<Uint8Array | undefined> {
      if (folder === undefined) return undefined;
      const file = await readFile(join(folder, key)).catch(() => undefined);
      const bytes = file?.subarray(DIGEST_BYTES);
      return bytes && sha256(key, bytes).equals(file!.subarray(0, DIGEST_BYTES)) ? bytes : undefined;
    },
    async write(key: string, bytes: Uint8Array): Promise<void> {
      if (folder === undefined) return;
      const path = join(folder, key);
      const temporary = `${path}.${randomUUID()}.tmp`;
      try {
        if (!wrote) await mkdir(folder, { recursive: true, mode: 0o700 });
        wrote = true;
        await writeFile(temporary, Buffer.concat([sha256(key, bytes), bytes]), { mode: 0o600 });
        await rename(temporary, path);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
    /** If something was added, deletes the oldest files until the rest is within bounds. */
    async tidy(): Promise<void> {
      if (wrote) await dropOldest(folder!, mostBytes).catch(() => undefined);
    },
  };
}

async function dropOldest(folder: string, mostBytes: number): Promise<void> {
  const files: { readonly path: string; readonly size: number; readonly time: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}(\.[0-9a-f-]{36}\.tmp)?$/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) files.push({ path, size: found.size, time: found.mtimeMs });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.time - b.time)) {
    if (total <= mostBytes) return;
    await rm(path, { force: true });
    total -= size;
  }
}
