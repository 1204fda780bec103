import { defineConfig } from 'vitest/config';

const everywhere = '{test,paper/test,packages/*/test}/**';
/** Specs that run what is built (the command line, worker threads, files in `dist`), and those that take more than 10 s. */
const built = ['test/cli/commands/**/*.spec.ts', `${everywhere}/*.{built,long}.spec.ts`];
/** Specs that take long: a fresh clone, repeated kills, the packed package in Node and in a browser, every arm twice. */
const slow = ['test/slow/**/*.spec.ts'];

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${everywhere}/*.spec.ts`],
          exclude: ['**/node_modules/**', ...built, ...slow],
        },
      },
      {
        extends: true,
        test: {
          name: 'cli',
          include: built,
          exclude: ['**/node_modules/**', ...slow],
          // Node runs what is built as it is.
          server: { deps: { external: [/\/dist\//] } },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: slow,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 15 * 60_000,
          // What a page shows may take longer than a second on a busy machine.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
