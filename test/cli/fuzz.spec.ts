import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pipelineFromJSON } from '../../src/augment/pipeline/pipeline.js';
import { readPipeline } from '../../src/cli/commands/eval.js';
import { UsageError } from '../../src/core/errors.js';
import { damage, damaged, fuzzRuns } from '../damage.js';
import { ownFolder } from '../node/folder.js';

const at = ownFolder();

it.each(['elastic-mixup', 'slerp-affine', 'varied'])(
  'a damaged pipeline file (%s) is refused with its name, or is one that can be saved again',
  async (name) => {
    const whole = readFileSync(new URL(`../../examples/pipelines/${name}.json`, import.meta.url));
    const file = at(`${name}.json`);
    const read = async (bytes: Uint8Array) => {
      await writeFile(file, bytes);
      const found = await readPipeline(file);
      expect(found.name).toBe(name);
      // What was left out has its default by now, so reading it once more changes nothing.
      expect(pipelineFromJSON(found.pipeline).toJSON()).toEqual(found.pipeline);
      return found;
    };
    expect((await read(whole)).pipeline.steps.length).toBeGreaterThan(1);
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const start = performance.now();
        await read(damaged(whole, how)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as UsageError).message).toContain(file);
        });
        expect(performance.now() - start).toBeLessThan(5000);
      }),
      { numRuns: fuzzRuns(300) },
    );
  },
);
