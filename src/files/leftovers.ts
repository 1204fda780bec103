import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runs } from './processes.js';

/**
 * Removes what writers that were killed left beside a place: temporary files of `atomicWrite` whose process is gone and
 * whose name begins with that of the place, as `digits.md.4711.tmp` does for `digits`.
 */
export async function removeLeftovers(place: string): Promise<void> {
  const folder = dirname(place);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const writer = /^[.-].*\.(\d+)\.tmp$/.exec(name.slice(basename(place).length))?.[1];
    if (writer === undefined || !name.startsWith(basename(place)) || runs(Number(writer))) continue;
    await rm(join(folder, name), { force: true });
  }
}
