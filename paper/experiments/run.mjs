/**
 * Runs an experiment by its name, from the sources: no build is needed but for worker threads, which run from `dist`.
 *
 *   npm run build
 *   node paper/experiments/run.mjs                     # lists the experiments
 *   node paper/experiments/run.mjs knn fashion-mnist
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'resultFile.ts')
  .map((file) => file.slice(0, -'.ts'.length));

const [name, ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`usage: node paper/experiments/run.mjs <${names.join('|')}> [options]`);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
const server = await createServer({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, ws: false },
  resolve: { tsconfigPaths: true },
  optimizeDeps: { noDiscovery: true },
});
try {
  const { default: run } = await server.ssrLoadModule(`${here}${name}.ts`);
  await run(options);
} finally {
  await server.close();
}
