import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Background } from '../../core/background.js';
import type { ImageShape } from '../../core/image.js';
import { version } from '../../core/version.js';
import type { ImageDecoder } from '../../data/decode/decoder.js';
import type { Fit } from '../../data/resize.js';
import type { StoredImage } from './catalog.js';

/** Everything but the image itself that what is kept of it depends on. */
export interface Decoding {
  readonly decoder: ImageDecoder['name'];
  readonly shape: ImageShape;
  readonly fit?: Fit | undefined;
  readonly background?: Background | undefined;
}

/** Rises when a decoder gives other pixels for the same file, or other facts are kept beside them. */
const REVISION = 3;
/** Smaller pictures are decoded in less time than a file is opened. */
const LEAST_PIXELS = 2 ** 14;
/** Above 1 GiB the oldest files are deleted. */
const MOST_BYTES = 2 ** 30;
const DIGEST_BYTES = 32;

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * A cache of images that were decoded and brought to a shape: files in a folder, named by a digest of all that they depend
 * on. A damaged file counts as missing, and where the cache cannot be read or written, images are decoded. Any number of
 * threads and processes may use one folder.
 *
 * @param folder without one, nothing is kept
 */
export function decodeCache(folder: string | undefined, decoding: Decoding, mostBytes = MOST_BYTES) {
  const { shape, fit, background } = decoding;
  let wrote = false;

  async function read(path: string, key: string): Promise<Uint8Array | undefined> {
    const file = await readFile(path).catch(() => undefined);
    const bytes = file?.subarray(DIGEST_BYTES);
    return bytes && sha256(key, bytes).equals(file!.subarray(0, DIGEST_BYTES)) ? bytes : undefined;
  }

  async function write(path: string, key: string, bytes: Uint8Array): Promise<void> {
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      if (!wrote) await mkdir(folder!, { recursive: true, mode: 0o700 });
      wrote = true;
      await writeFile(temporary, Buffer.concat([sha256(key, bytes), bytes]), { mode: 0o600 });
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  return {
    /** The cached bytes of an image, else those that `decode` gives, which are then cached. */
    async bytesOf<Other>(
      stored: StoredImage,
      decode: () => Promise<Uint8Array | Other>,
    ): Promise<Uint8Array | Other> {
      if (folder === undefined) return decode();
      const { format, width, height } = await stored.header();
      if (format === 'array' || width * height < LEAST_PIXELS) return decode();
      // Other formats are decoded by sharp, whichever decoder is asked.
      const decoder = format === 'jpeg' || format === 'png' ? decoding.decoder : 'sharp';
      const about = JSON.stringify([version, REVISION, decoder, shape, fit, background ?? 'black']);
      const key = sha256(about, stored.bytes).toString('hex');
      const path = join(folder, key);
      const cached = await read(path, key);
      if (cached !== undefined) return cached;
      const made = await decode();
      if (made instanceof Uint8Array) await write(path, key, made);
      return made;
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
