import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FewshotError, UsageError } from '../../core/errors.js';
import { assertWritable, linkOnce, reasonOf } from '../files.js';

import type { Store } from './store.js';

/**
 * Opens a store: a folder that all machines share, or a prefix of a bucket, `s3://bucket/prefix`.
 *
 * @throws UsageError if it cannot be written
 */
export async function openStore(place: string): Promise<Store> {
  if (place.startsWith('s3://')) return (await import('./s3Store.js')).s3Store(place);
  if (/^\w+:\/\//.test(place)) {
    throw new UsageError(`${place} is no store`, {
      hint: 'Name a folder that all machines share, or s3://bucket/prefix.',
      option: 'store',
    });
  }
  await assertWritable(join(place, 'part'), place);
  const store = folderStore(place);
  // Some file systems tell only when something is written.
  const probe = join('.probe', randomUUID());
  await store.commit(probe, '');
  await rm(join(place, probe), { force: true });
  return store;
}

/** A folder. Of many that write one name, the first link counts, on network file systems too. */
function folderStore(folder: string): Store {
  /** What reading gives, or nothing if there is no such file. */
  const ifThere = async <Result>(name: string, reading: (path: string) => Promise<Result>) => {
    try {
      return await reading(join(folder, name));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new FewshotError(`cannot read ${join(folder, name)}: ${reasonOf(cause)}`, { cause });
    }
  };
  return {
    name: folder,
    has: async (name) => (await ifThere(name, (path) => access(path).then(() => true))) ?? false,
    read: (name) => ifThere(name, (path) => readFile(path, 'utf8')),
    readBytes: (name) => ifThere(name, (path) => readFile(path)),
    async commit(name, content) {
      const target = resolve(folder, name);
      const temporary = `${target}.${randomUUID()}.tmp`;
      try {
        await mkdir(dirname(target), { recursive: true });
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        return linkOnce(temporary, target);
      } catch (cause) {
        throw new FewshotError(`cannot write ${join(folder, name)}: ${reasonOf(cause)}`, {
          hint: 'Make room, or repair the folder; then start the same command again.',
          cause,
        });
      } finally {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
    close: () => undefined,
  };
}
