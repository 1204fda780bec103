import { afterEach, expect, it, vi } from 'vitest';
import { evalTable } from '../../src/cli/options/evalOptions.js';
import { report } from '../../src/cli/run.js';
import { DataError, UsageError } from '../../src/core/errors.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Text on stderr, and the exit code. */
async function reported(error: unknown): Promise<readonly [number, string]> {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  return [await report(error, evalTable.options), text];
}

it('names flags for the options of an error', async () => {
  const error = new UsageError('the protocol shots-only takes no teachers', {
    option: 'teachers',
    hint: 'No.',
  });
  expect(await reported(error)).toEqual([
    2,
    'fewshot: the protocol shots-only takes no teachers (--teacher)\n  No.\n',
  ]);
  const several = new UsageError('too many steps', { option: ['cnnSteps', 'encoderSteps'] });
  expect(await reported(several)).toEqual([2, 'fewshot: too many steps (--cnn-steps, --encoder-steps)\n']);
});

it('names no flag that the message has, or that the command lacks', async () => {
  const named = new UsageError('--k is too large', { option: ['k', 'bufferLimit', 'toString'] });
  expect(await reported(named)).toEqual([2, 'fewshot: --k is too large\n']);
});

it('gives 1 for other failures', async () => {
  expect(await reported(new DataError('broken'))).toEqual([1, 'fewshot: broken\n']);
  expect(await reported(new Error('broken'))).toEqual([1, 'fewshot: broken\n']);
  expect(await reported('broken')).toEqual([1, 'fewshot: broken\n']);
});
