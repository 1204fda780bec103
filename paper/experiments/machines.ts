/**
 * How many workers one queue can have: what a job costs broker, submitter and join is measured, then up to 1,000 workers are
 * simulated.
 *
 *   redis-server --port 6399 --save '' &
 *   node paper/experiments/run.mjs machines redis://localhost:6399     # a minute; it empties that server
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { connect } from '../../src/cli/machines/broker.js';
import { resultsIn } from '../../src/cli/machines/onQueue.js';
import { openHere } from '../../src/cli/machines/openWork.js';
import { serve } from '../../src/cli/machines/serve.js';
import { submit } from '../../src/cli/machines/submit.js';
import { type AnyWork, workKinds } from '../../src/cli/machines/works.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { randomStream } from '../../src/core/random.js';
import { version } from '../../src/core/version.js';
import { mergeParts } from '../../src/node/parts/mergeParts.js';
import { openStore } from '../../src/node/parts/openStore.js';
import { commandOf, openResult } from './resultFile.js';

/** Jobs that are measured, and those of a simulation. */
const [MEASURED, SIMULATED] = [3000, 10_000];
/** Mean seconds of a job, and its spread: a job is an episode or some. */
const TIMES = [2, 30];
const SPREAD = 0.3;
const WORKERS = [1, 2, 10, 100, 300, 1000];
/** Seconds that a worker takes until its first job, for data and models. */
const START = 2;

/** What a job costs, in milliseconds. */
interface Costs {
  /** Time of the broker's only thread. */
  readonly broker: number;
  /** Commands that the broker runs. */
  readonly commands: number;
  /** Time of the submitter and a worker together, in one process, beside the work. */
  readonly ends: number;
  readonly join: number;
}

/** Has jobs that take no time done, and measures what they cost. */
async function measure(url: string): Promise<Costs> {
  const folder = await mkdtemp(join(tmpdir(), 'fewshot-machines-'));
  const client = new Redis(url);
  await client.flushall();
  await client.config('RESETSTAT');
  const work: AnyWork = {
    about: { kind: 'nothing', settings: {} } as AnyWork['about'],
    parts: 50 * MEASURED,
    run: async (parts) => [...parts],
  };
  (workKinds as Record<string, (typeof workKinds)[string]>).nothing = {
    pathsIn: () => [],
    open: (_, __, use) => use(work),
  };
  const usage = async () => {
    const info = await client.info('all');
    const fact = (key: string) => Number(new RegExp(`^${key}:([\\d.]+)`, 'm').exec(info)![1]);
    return {
      cpu: 1000 * (fact('used_cpu_user') + fact('used_cpu_sys')),
      commands: fact('total_commands_processed'),
    };
  };
  const store = await openStore(folder);
  const [broker, other] = [await connect(url), await connect(url)];
  const stopping = new AbortController();
  const terminal = {
    note: () => undefined,
    bar: () => ({ update: () => undefined, stop: () => undefined }),
  };
  const options = { store, terminal, signal: stopping.signal };
  const serving = serve(other, { ...options, root: folder, threads: 16, lock: 30, open: openHere });
  try {
    const before = await usage();
    const start = performance.now();
    let done = start;
    const names = await submit(work, broker, {
      ...options,
      command: 'none',
      onProgress: () => {
        done = performance.now();
      },
    });
    await mergeParts(names, resultsIn(store));
    const end = performance.now();
    const after = await usage();
    return {
      broker: (after.cpu - before.cpu) / MEASURED,
      commands: (after.commands - before.commands) / MEASURED,
      ends: (done - start) / MEASURED,
      join: (end - done) / MEASURED,
    };
  } finally {
    stopping.abort();
    await serving;
    await Promise.all([broker.close(), other.close()]);
    client.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Row {
  readonly seconds: number;
  readonly workers: number;
  /** Hours from the first job to the last result. */
  readonly hours: number;
  /** Share of the workers' time that is spent in jobs. */
  readonly efficiency: number;
  /** Commands a second at the broker, and the share of its thread that they take. */
  readonly commands: number;
  readonly load: number;
  /** Seconds to join the results. */
  readonly join: number;
}

/** Plays all jobs: each worker takes one when it is free, and broker and submitter serve one after the other. */
function simulate(workers: number, seconds: number, costs: Costs): Row {
  const random = randomStream('machines', workers, seconds);
  // Half of the measured time at the ends is the worker's own.
  const [atBroker, atEnd] = [costs.broker / 1000, costs.ends / 2000];
  const free = new Float64Array(workers).fill(START);
  let [broker, submitter, worked] = [0, 0, 0];
  for (let job = 0; job < SIMULATED; job++) {
    let next = 0;
    for (let worker = 1; worker < workers; worker++) if (free[worker]! < free[next]!) next = worker;
    broker = Math.max(broker, free[next]!) + atBroker / 2;
    const time = seconds * Math.exp(SPREAD * random.normal() - SPREAD ** 2 / 2);
    worked += time;
    const done = broker + time + atEnd;
    free[next] = done;
    submitter = Math.max(submitter, done) + atEnd + atBroker / 2;
  }
  const end = Math.max(submitter, ...free);
  return {
    ...{ seconds, workers },
    hours: end / 3600,
    efficiency: worked / (end * workers),
    commands: (SIMULATED * costs.commands) / end,
    load: (SIMULATED * atBroker) / end,
    join: (SIMULATED * costs.join) / 1000,
  };
}

export default async function run([url = 'redis://localhost:6399']: readonly string[]): Promise<void> {
  const costs = await measure(url);
  const rows = TIMES.flatMap((seconds) => WORKERS.map((workers) => simulate(workers, seconds, costs)));
  const table = markdownTable(
    ['seconds a job', 'workers', 'hours', 'efficiency', 'commands/s', 'broker busy', 'join, s'],
    rows.map((row) => [
      String(row.seconds),
      String(row.workers),
      row.hours.toFixed(2),
      `${(100 * row.efficiency).toFixed(0)} %`,
      row.commands.toFixed(0),
      `${(100 * row.load).toFixed(1)} %`,
      row.join.toFixed(1),
    ]),
    2,
  );
  const most = 1000 / Math.max(costs.broker, costs.ends / 2);
  openResult('machines', { indent: 2 }).write(
    {
      schema: 'fewshot.machines/1',
      command: commandOf('machines', [url]),
      version,
      ...{ measured: MEASURED, simulated: SIMULATED, costs, most, rows },
    },
    `# Many machines, simulated

Measured with ${MEASURED.toLocaleString('en')} jobs that do nothing, workers and submitter in one process on two cores: a job takes ${costs.broker.toFixed(2)} ms of the broker's thread in ${costs.commands.toFixed(0)} commands, ${costs.ends.toFixed(2)} ms at the ends, ${costs.join.toFixed(2)} ms to join.

On paper, with *W* workers and jobs of *T* seconds, jobs a second are the least of *W* / *T*, what the broker can serve (${(1000 / costs.broker).toFixed(0)}) and what the submitter can (${(2000 / costs.ends).toFixed(0)}). So ${most.toFixed(0)} × *T* workers are kept busy: ${(most * 2).toFixed(0)} by jobs of two seconds.

Simulated, ${SIMULATED.toLocaleString('en')} jobs whose times spread by ${100 * SPREAD} %, each worker ${START} s late:

${table}

Made by \`${commandOf('machines', [url])}\`.
`,
  );
  console.log(table);
}
