/**
 * Times the kernels that training spends most of its time in, and a training step of a small CNN, on the wasm backend with
 * this package beside the stock wasm backend, the native one and PyTorch, each in a process of its own, in turn, on one thread.
 *
 *   npm run bench --workspace tfjs-wasm-training                          # a Markdown table of medians
 *   npm run bench --workspace tfjs-wasm-training -- --rounds 15
 *   npm run --silent bench --workspace tfjs-wasm-training -- --json > FILE  # for machines
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineOf } from '../../../bench/machine.mjs';
import { Side } from '../../../bench/side.mjs';
import { median, spread } from '../../../bench/statistics.mjs';
import { cases, operations } from './cases.mjs';
import { kernelTable } from './table.mjs';

const usage =
  'usage: npm run bench --workspace tfjs-wasm-training -- [--json] [--rounds N] [--only TEXT] [--python FILE]';
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const note = (words) => console.error(words);

function stop(message) {
  note(`${message}\n${usage}`);
  process.exit(2);
}

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '9' },
        only: { type: 'string', default: '' },
        python: { type: 'string' },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) stop('--rounds must be a whole number of at least 1.');
    const chosen = cases.filter(({ name }) => name.includes(values.only));
    if (chosen.length === 0) stop(`No case has "${values.only}" in its name.`);
    // npm runs this in the folder of the package.
    const python = values.python && resolve(process.env.INIT_CWD ?? '.', values.python);
    if (python !== undefined && !existsSync(python)) stop(`There is no ${python}.`);
    return { ...values, rounds, chosen, python: python ?? path('../../../.peers/bin/python') };
  } catch (error) {
    return stop(error.message);
  }
}

const { json, rounds, chosen, python } = parse();
const starts = {
  ours: () => new Side(process.execPath, [path('worker.mjs'), 'ours']),
  stock: () => new Side(process.execPath, [path('worker.mjs'), 'stock']),
  native: () => new Side(process.execPath, [path('worker.mjs'), 'native']),
  pytorch: () => {
    if (!existsSync(python)) throw new Error('not installed (npm run bench:peers)');
    return new Side(python, [path('pytorch.py')], { PYTHONPATH: path('../../../bench/peers') });
  },
};

const sides = [];
const versions = {};
let arithmetic;
for (const [label, start] of Object.entries(starts)) {
  try {
    const side = start();
    const facts = await side.ready();
    Object.assign(versions, facts.versions);
    arithmetic ??= facts.arithmetic;
    sides.push({ label, side });
  } catch (error) {
    if (label === 'ours') throw error;
    note(`${label} is left out: ${/Error: (.*)/.exec(error.message)?.[1] ?? error.message.trim()}`);
  }
}
const [{ side: ours }] = sides;

/** Sides that computed different things cannot be compared. */
function assertSameSize(name, taken) {
  const sizes = new Map(taken.map(({ label, values }) => [label, values[0].values]));
  if (new Set(sizes.values()).size > 1)
    throw new Error(`${name}: results differ in size: ${[...sizes].map((one) => one.join(' ')).join(', ')}`);
}

let limit = 0;
async function measure({ name, ...one }) {
  note(name);
  const asked = JSON.stringify(one);
  const taken = [];
  // A first round, which warms up, is not counted, and says which sides have the kernel.
  for (const { label, side } of sides)
    if ((await side.round(asked)).missing === undefined) taken.push({ label, side, values: [] });
  for (let round = 0; round < rounds; round++) {
    limit = Math.max(limit, await ours.round('{"kind":"limit"}'));
    for (const { side, values } of taken) values.push(await side.round(asked));
  }
  assertSameSize(name, taken);
  const row = { name, unit: 'ms', better: 'lower' };
  for (const label of Object.keys(starts)) {
    const times = taken.find((one) => one.label === label)?.values.map(({ ms }) => ms);
    row[label] = times === undefined ? null : median(times);
    row[`${label}Spread`] = times === undefined ? null : spread(times);
  }
  const gflop = operations(one) / 1e9;
  return { ...row, gflops: Number.isNaN(gflop) ? null : (1000 * gflop) / row.ours };
}

const rows = [];
for (const one of chosen) rows.push(await measure(one));
for (const { side } of sides) await side.close();
const result = {
  ...{ schema: 'tfjs-wasm-training.bench/1', machine: machineOf(versions), threads: 1, rounds },
  ...{ arithmetic, limit, rows },
};
console.log(json ? JSON.stringify(result, null, 2) : kernelTable(result));
