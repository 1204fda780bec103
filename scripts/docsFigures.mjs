/**
 * Writes the figures of paper/results into the marked blocks of README.md, docs/*.md and the README of the kernels, and the
 * charts.
 *
 *     npm run docs:figures
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = { root, resolve: { tsconfigPaths: true }, logLevel: 'error' };
const { module } = await runnerImport('./scripts/figures/blocks.ts', options);
const { module: gain } = await runnerImport('./scripts/figures/gainChart.ts', options);
const { module: scale } = await runnerImport('./scripts/figures/scaleChart.ts', options);
writeFileSync(`${root}docs/images/gain.svg`, gain.gainChart());
writeFileSync(`${root}docs/images/scale.svg`, scale.scaleChart());
const docs = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'));

const pages = ['README.md', ...docs.map((name) => `docs/${name}`), 'packages/tfjs-wasm-training/README.md'];

for (const page of pages) {
  const before = readFileSync(root + page, 'utf8');
  const after = module.withFigures(before);
  if (after === before) continue;
  writeFileSync(root + page, after);
  console.log(page);
}
