import { defineConfig } from 'tsdown';

export default defineConfig([
  {
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    platform: 'node',
    target: 'node20',
    dts: true,
    shims: true,
    clean: true,
    sourcemap: true,
  },
  {
    entry: { 'cli/main': 'src/cli/main.ts', 'evaluate/worker': 'src/evaluate/worker.ts' },
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    dts: false,
    clean: false,
    sourcemap: true,
  },
]);
