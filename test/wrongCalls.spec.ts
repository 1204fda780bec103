import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FewshotError } from '../src/core/errors.js';
import { onWasm } from './models/tiny.js';
import { type Call, entriesWith, type Fixtures, makeFixtures, read } from './wrongCalls/calls.js';
import { disposeAll, findNaN, placesIn, spoiled } from './wrongCalls/wrongValues.js';

/** Number of wrong calls. `FEWSHOT_WRONG_CALLS=100000` takes a quarter of an hour. */
const RUNS = Number(process.env.FEWSHOT_WRONG_CALLS ?? 3000);
const SEED = Number(process.env.FEWSHOT_WRONG_SEED ?? 1);

/** File that is told of each call before it is made, to find one that does not end. */
const TRACE = process.env.FEWSHOT_WRONG_TRACE;

onWasm();

const folder = mkdtempSync(join(tmpdir(), 'fewshot-wrong-'));
const before = process.cwd();
let fixtures: Fixtures;
beforeAll(async () => {
  fixtures = await makeFixtures(folder);
  // Some calls write files to a folder that a wrong argument names.
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  fixtures.model.dispose();
  rmSync(folder, { recursive: true });
});

interface Row extends Call {
  readonly name: string;
  readonly fn: (...args: unknown[]) => unknown;
}

/** All calls, each with the function of its name. */
const rows = (): Row[] =>
  Object.entries(entriesWith(fixtures)).flatMap(([entry, { exports, calls }]) =>
    Object.entries(calls).map(([name, call]) => ({
      ...call,
      name: `${entry} › ${name}`,
      fn: exports[name.split(' ')[0]!] as Row['fn'],
    })),
  );

const perform = async ({ fn, use }: Row, args: unknown[]): Promise<unknown> =>
  read(await (use === undefined ? fn(...args) : use(fn, args)));

describe('the table of calls', () => {
  it('has a call of every export of every entry', () => {
    for (const [entry, { exports, calls }] of Object.entries(entriesWith(fixtures))) {
      const missing = Object.keys(exports).filter((name) => !Object.hasOwn(calls, name));
      expect(missing, `exports of ${entry} without a call`).toEqual([]);
    }
  });

  it('has valid calls', async () => {
    const failed: string[] = [];
    for (const row of rows()) {
      const args = row.args();
      try {
        const result = await perform(row, args);
        const where = findNaN(result);
        if (where !== undefined) failed.push(`${row.name}: NaN at ${where}`);
        disposeAll(result);
      } catch (error) {
        failed.push(`${row.name}: ${(error as Error).stack?.slice(0, 300)}`);
      }
      disposeAll(args);
    }
    expect(failed).toEqual([]);
  });
});

describe('wrong calls', () => {
  it(`end with an error of the library, or a result without NaN (${RUNS} calls)`, async () => {
    const all = rows().filter((row) => placesIn(row.args()).length > 0);
    const weights = all.map(({ weight = 1 }) => weight);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const pick = (share: number) => {
      let left = share * total;
      for (const [i, weight] of weights.entries()) {
        left -= weight;
        if (left < 0) return all[i]!;
      }
      return all.at(-1)!;
    };
    const faults = new Map<string, string>();
    const outcomes = { refused: 0, answered: 0 };
    const number = fc.noBias(fc.nat(1e9));
    const choice = fc.tuple(number, number, number);
    for (const [share, place, value] of fc.sample(choice, { numRuns: RUNS, seed: SEED })) {
      const row = pick(share / 1e9);
      const wrong = spoiled(row.args(), place, value);
      const what = `${row.name} with ${describeValue(wrong.value)} at ${wrong.place.join('.')}`;
      const before = tf.memory().numTensors;
      if (TRACE !== undefined) appendFileSync(TRACE, `${what}\n`);
      let fault: string | undefined;
      let result: unknown;
      const refused = await perform(row, wrong.args).then(
        (found) => {
          result = found;
          const where = row.nan === undefined ? findNaN(found) : undefined;
          if (where !== undefined) fault = `NaN at ${where}`;
          return false;
        },
        (error) => {
          if (!(error instanceof FewshotError))
            fault = String((error as Error)?.stack ?? error).slice(0, 400);
          return true;
        },
      );
      const leaked = refused ? tf.memory().numTensors - before : 0;
      if (leaked > 0) fault ??= `${leaked} tensors are left alive`;
      outcomes[refused ? 'refused' : 'answered']++;
      if (fault !== undefined) faults.set(what, fault);
      disposeAll(result);
      disposeAll(wrong.args);
      disposeAll(wrong.value);
    }
    console.log(`${outcomes.refused} wrong calls were refused, ${outcomes.answered} gave a result`);
    const list = [...faults].map(([what, fault]) => `${what}\n    ${fault}`);
    expect(list.length, list.slice(0, Number(process.env.FEWSHOT_WRONG_SHOWN ?? 20)).join('\n')).toBe(0);
  }, 1_200_000);
});

function describeValue(value: unknown): string {
  if (value instanceof tf.Tensor) return `a tensor [${value.shape}]`;
  if (typeof value === 'object' && value !== null)
    return value.constructor?.name ?? 'an object without prototype';
  return typeof value === 'function' ? 'a function' : `${typeof value} ${String(value)}`;
}
