import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Gives each test a folder of its own, which goes when the test ends; the function tells paths in it. */
export function ownFolder(): (...parts: string[]) => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fewshot-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return (...parts) => join(folder, ...parts);
}
