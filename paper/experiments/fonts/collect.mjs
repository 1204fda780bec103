/**
 * Copies one weight of each installed font into `files/`, from which `fewshot train --fonts paper/experiments/fonts/files` draws.
 *
 *   npm ci --prefix paper/experiments/fonts
 *   npm run collect --prefix paper/experiments/fonts
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
rmSync(here('files'), { recursive: true, force: true });
mkdirSync(here('files'));
for (const family of readdirSync(here('node_modules/@fontsource'))) {
  const folder = here(`node_modules/@fontsource/${family}/files`);
  for (const file of readdirSync(folder)) {
    // The regular weight, without the pieces that hold accented letters.
    if (!/-400-normal\.woff$/.test(file) || /-(latin|cyrillic|greek)-ext-|-vietnamese-/.test(file)) continue;
    copyFileSync(`${folder}/${file}`, here(`files/${file}`));
  }
}
console.log(`${readdirSync(here('files')).length} files in paper/experiments/fonts/files`);
