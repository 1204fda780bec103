import { defineConfig } from 'tsdown';

// Unbundled: dist mirrors src, so that workers and shipped models are found by the same relative paths in both.
export default defineConfig([
  {
    entry: [
      'src/index.ts',
      'src/browser.ts',
      'src/cli/main.ts',
      'src/evaluate/worker.ts',
      'src/faces/worker.ts',
      'src/produce/augment/worker.ts',
    ],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    unbundle: true,
    dts: true,
    sourcemap: true,
    fixedExtension: false,
  },
  {
    entry: ['src/index.ts', 'src/browser.ts'],
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    unbundle: true,
    dts: true,
    sourcemap: true,
    shims: true,
    clean: false,
  },
]);
