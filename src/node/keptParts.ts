import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { refuse } from '../core/checks.js';
import { checkFunction, checkText } from '../core/kindChecks.js';
import { atomicWrite, removeTemporaryFiles } from './files.js';

/**
 * Returns the value of `make`, from the file `name` if it was kept under the same key, so that a run that was cut off goes
 * on where it stopped. The key holds everything that the value depends on. Key and value are JSON.
 */
export type Keep = <Value>(name: string, key: unknown, make: () => Promise<Value>) => Promise<Value>;

/** Keeps the finished parts of a long work in a folder. A file that is damaged or has another key is made again. */
export function keptParts(folder: string): Keep {
  checkText('folder', folder, 'keptParts');
  return async (name, key, make) => {
    checkText('name', name, 'keep');
    checkFunction('make', make, 'keep');
    const file = join(folder, `${name}.json`);
    const text = written(key);
    const kept = await readFile(file, 'utf8')
      .then((found) => {
        const { key, value } = JSON.parse(found);
        return { key: JSON.parse(key), value };
      })
      .catch(() => undefined);
    // The order of a key's properties does not matter.
    if (kept !== undefined && isDeepStrictEqual(kept.key, JSON.parse(text))) return kept.value;
    await removeTemporaryFiles(join(folder, name));
    const value = await make();
    await atomicWrite(file, JSON.stringify({ key: text, value }));
    return value;
  };
}

/** A key as JSON. Throws a `UsageError` for what has none. */
function written(key: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(key);
    if (text !== undefined) return text;
  } catch {}
  return refuse('key', key, 'a value that JSON can hold', 'keep');
}
