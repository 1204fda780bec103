import { defineConfig } from 'vitest/config';

/** Suites that take minutes: a fresh clone, repeated kills, the packed package in Node and in a browser. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.spec.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 15 * 60_000,
    hookTimeout: 60_000,
  },
});
