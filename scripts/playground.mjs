/**
 * Builds the page of examples/browser with the package of this repository, which must have been built.
 *
 *     npm run playground                       # builds both, to examples/browser/dist
 *     npm run playground -- --out-dir FOLDER
 */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'examples/browser');
const { values } = parseArgs({ options: { 'out-dir': { type: 'string', default: join(page, 'dist') } } });

// Where npm would put the package.
const link = join(page, 'node_modules/fewshot-atnl');
if (!existsSync(link)) {
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(root, link, 'junction');
}
await build({
  root: page,
  configFile: join(page, 'vite.config.js'),
  build: { outDir: resolve(values['out-dir']), emptyOutDir: true },
});
