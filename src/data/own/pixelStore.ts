import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../../core/index.js';

/** Images of one size as bytes, which may be more than memory holds. */
export interface PixelStore {
  /** Puts an image at the end. */
  add(bytes: Uint8Array): void;
  /** Image `place`; the bytes may change with the next call. */
  read(place: number): Uint8Array;
  /** Frees what the store holds. */
  close(): void;
}

/** Above this the bytes lie in a file: 512 MiB. */
const MOST_IN_MEMORY = 2 ** 29;

let made = 0;

/**
 * Room for `count` images of `size` bytes: in memory, or where that would be much, in a file among the system's temporary
 * ones. The file has no name while it is open, so it is gone when the process is, however that ends.
 *
 * @throws DataError when that file cannot be written
 */
export function pixelStore(count: number, size: number, mostInMemory = MOST_IN_MEMORY): PixelStore {
  return count * size <= mostInMemory ? memoryStore(count, size) : fileStore(size);
}

function memoryStore(count: number, size: number): PixelStore {
  const all = new Uint8Array(count * size);
  let end = 0;
  return {
    add(bytes) {
      all.set(bytes, end);
      end += size;
    },
    read: (place) => all.subarray(place * size, (place + 1) * size),
    close() {},
  };
}

function fileStore(size: number): PixelStore {
  const path = join(tmpdir(), `fewshot-${process.pid}-${made++}.pixels`);
  const attempt = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (cause) {
      throw new DataError(`cannot keep decoded images in ${path}: ${(cause as Error).message}`, {
        hint: 'Make room there, name another place by TMPDIR, or choose a smaller --size.',
        cause,
      });
    }
  };
  const file = attempt(() => openSync(path, 'wx+', 0o600));
  // Where an open file keeps its name, it stays until the system tidies up.
  try {
    rmSync(path);
  } catch {}
  const one = new Uint8Array(size);
  let end = 0;
  return {
    add(bytes) {
      attempt(() => writeSync(file, bytes, 0, size, end));
      end += size;
    },
    read(place) {
      attempt(() => readSync(file, one, 0, size, place * size));
      return one;
    },
    close: () => closeSync(file),
  };
}
