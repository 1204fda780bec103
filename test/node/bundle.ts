import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Bundles a module with all of its dependencies, so that Node can run it from any folder, and returns the file. */
export async function bundle(
  entry: URL,
  outDir: string,
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    define,
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(entry),
      outDir,
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return join(outDir, `${basename(entry.pathname, '.ts')}.mjs`);
}
