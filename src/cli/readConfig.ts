import { open, stat } from 'node:fs/promises';
import { UsageError } from '../core/index.js';
import { reasonOf } from '../files/index.js';
import type { Config } from './configSchema.js';
import { parseConfig } from './parseConfig.js';

const MOST_BYTES = 1 << 16;

/**
 * The config in a file, or nothing where there is no such file.
 *
 * @throws UsageError that names the file when it cannot be read or is no config
 */
export async function readConfig(file: string): Promise<Config | undefined> {
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`cannot read the config ${file}: ${reason}`, {
      hint: 'Put it right, name another with --config, or leave it aside with --no-config.',
      cause,
    });
  let bytes: Uint8Array;
  try {
    const about = await stat(file);
    // Opening a pipe would wait for somebody to write to it.
    if (!about.isFile()) throw refuse('it is no file');
    bytes = await readUpTo(MOST_BYTES + 1, file);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw refuse(reasonOf(cause), cause);
  }
  if (bytes.length > MOST_BYTES) throw refuse(`it is larger than ${MOST_BYTES / 1024} KiB`);
  return parseConfig(bytes, file);
}

async function readUpTo(count: number, path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(count);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, count - length);
      length += bytesRead;
      if (bytesRead === 0 || length === count) return bytes.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
