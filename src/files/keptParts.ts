import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { atomicWrite } from './atomicWrite.js';
import { removeLeftovers } from './leftovers.js';

/**
 * What `make` gives, kept in a file of the folder under the name and the key, so that a run that was cut off goes on after
 * it. The key says all that the value depends on; both are made of what JSON can hold.
 */
export type Keep = <Value>(name: string, key: unknown, make: () => Promise<Value>) => Promise<Value>;

/** Finished parts of a long work, in a folder. A file that is damaged or of another key is made anew. */
export function keptParts(folder: string): Keep {
  return async (name, key, make) => {
    const file = join(folder, `${name}.json`);
    const text = JSON.stringify(key);
    const kept = await readFile(file, 'utf8')
      .then((found) => {
        const { key, value } = JSON.parse(found);
        return { key: JSON.parse(key), value };
      })
      .catch(() => undefined);
    // In whatever order the properties of the key came to stand.
    if (kept !== undefined && isDeepStrictEqual(kept.key, JSON.parse(text))) return kept.value;
    await removeLeftovers(join(folder, name));
    const value = await make();
    await atomicWrite(file, JSON.stringify({ key: text, value }));
    return value;
  };
}
