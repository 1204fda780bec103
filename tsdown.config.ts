import { defineConfig, type UserConfig } from 'tsdown';

/** What users import: the root, its build for browsers, and subpaths. */
const library = {
  index: 'src/index.ts',
  browser: 'src/browser.ts',
  sphere: 'src/sphere/index.ts',
  losses: 'src/training/losses/index.ts',
  models: 'src/training/index.ts',
  features: 'src/features.ts',
  data: 'src/node/index.ts',
  dataInBrowser: 'src/data/index.ts',
  evaluate: 'src/evaluate/index.ts',
  paper: 'paper/index.ts',
};

const shared = {
  platform: 'node',
  target: 'node20',
  dts: true,
  failOnWarn: true,
  inputOptions: { checks: { pluginTimings: false } },
  // No source maps: the code is readable as it is, and they would be a quarter of the files.
  // A workspace of this repository; its code goes into the bundle.
  noExternal: [/^tfjs-wasm-training/],
  tsconfig: 'tsconfig.json',
} satisfies UserConfig;

export default defineConfig([
  {
    ...shared,
    entry: {
      ...library,
      'cli/main': 'src/cli/main.ts',
      'cli/program': 'src/cli/program.ts',
      'cli/config': 'src/cli/config.ts',
      'workers/augment': 'src/cli/produce/augment/worker.ts',
      'workers/evaluate': 'src/evaluate/evaluationWorker.ts',
      'workers/faces': 'paper/faces/worker.ts',
    },
    format: 'esm',
    fixedExtension: false,
  },
  {
    ...shared,
    entry: library,
    format: 'cjs',
    // `import.meta.url` where there is `__filename` instead.
    shims: true,
    clean: false,
  },
]);
