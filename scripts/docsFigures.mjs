/**
 * Writes the figures of paper/results into the marked blocks of README.md and docs/*.md, and the chart of the README.
 *
 *     npm run docs:figures
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = { root, resolve: { tsconfigPaths: true }, logLevel: 'error' };
const { module } = await runnerImport('./scripts/figures/blocks.ts', options);
const { module: chart } = await runnerImport('./scripts/figures/gainChart.ts', options);
writeFileSync(`${root}docs/images/gain.svg`, chart.gainChart());
const docs = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'));

for (const page of ['README.md', ...docs.map((name) => `docs/${name}`)]) {
  const before = readFileSync(root + page, 'utf8');
  const after = module.withFigures(before);
  if (after === before) continue;
  writeFileSync(root + page, after);
  console.log(page);
}
