import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const kernels = (file: string) =>
  fileURLToPath(new URL(`./packages/tfjs-wasm-training/src/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^tfjs-wasm-training$/, replacement: kernels('index.ts') },
      { find: /^tfjs-wasm-training\/assembler$/, replacement: kernels('assembler.ts') },
    ],
  },
  test: {
    include: ['{test,paper/test,packages/*/test}/**/*.spec.ts'],
    exclude: ['test/slow/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
