import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/cli/machines/broker.js';
import { resultsIn } from '../../src/cli/machines/onQueue.js';
import { openHere } from '../../src/cli/machines/openWork.js';
import { serve } from '../../src/cli/machines/serve.js';
import { submit } from '../../src/cli/machines/submit.js';
import { type AnyWork, workKinds } from '../../src/cli/machines/works.js';
import { mergeParts } from '../../src/node/parts/mergeParts.js';
import { openStore } from '../../src/node/parts/openStore.js';
import { type RedisServer, startRedis } from './redis.js';

/** Number of jobs: `JOBS=100000` tries many. Each has fifty parts, which take no time. */
const JOBS = Number(process.env.JOBS ?? 2000);
const PARTS = 50 * JOBS;

let folder: string;
let redis: RedisServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-load-'));
  await mkdir(join(folder, 'redis'));
  redis = await startRedis(join(folder, 'redis'));
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

const nothing: AnyWork = {
  about: { kind: 'nothing', settings: {} } as AnyWork['about'],
  parts: PARTS,
  run: async (parts) => parts.map((part) => part % 7),
};

const quiet = {
  note: (_: string) => undefined,
  bar: () => ({ update: () => undefined, stop: () => undefined }),
};

it('leaves work to others where a worker has other versions, and says so', async () => {
  const kinds = workKinds as Record<string, (typeof workKinds)[string]>;
  const about = { kind: 'other', settings: {}, versions: { node: '1.0.0' } } as AnyWork['about'];
  const work: AnyWork = { about, parts: 3, run: async (parts) => [...parts] };
  const here = { ...work, about: { ...about, versions: { node: '2.0.0' } } as AnyWork['about'] };
  kinds.other = { pathsIn: () => [], open: (_, __, use) => use(here) };
  const store = await openStore(join(folder, 'others'));
  const [broker, other] = [await connect(redis.url), await connect(redis.url)];
  const stopping = new AbortController();
  const notes: string[] = [];
  const terminal = {
    ...quiet,
    note: (line: string) => {
      notes.push(line);
      if (line.startsWith('Worker ') && line.includes('leaves')) stopping.abort(new Error('seen'));
    },
  };
  const { signal } = stopping;
  const serving = serve(other, {
    store,
    root: folder,
    threads: 1,
    lock: 30,
    terminal: quiet,
    signal,
    open: openHere,
  });
  await expect(submit(work, broker, { store, command: 'fewshot other', terminal, signal })).rejects.toThrow(
    'seen',
  );
  await serving;
  await Promise.all([broker.close(), other.close()]);
  expect(notes.join()).toContain('leaves this work to others: here versions.node is "2.0.0", not "1.0.0"');
});

it(`keeps memory flat over ${JOBS.toLocaleString('en')} jobs, and joins them`, async () => {
  const kinds = workKinds as Record<string, (typeof workKinds)[string]>;
  kinds.nothing = { pathsIn: () => [], open: (_, __, use) => use(nothing) };
  const store = await openStore(join(folder, 'store'));
  const [broker, other] = [await connect(redis.url), await connect(redis.url)];
  const stopping = new AbortController();
  const serving = serve(other, {
    store,
    root: folder,
    threads: 16,
    lock: 30,
    terminal: quiet,
    signal: stopping.signal,
    open: openHere,
  });
  const memory: { share: number; broker: number; own: number }[] = [];
  let told = 0;
  const start = performance.now();
  let joined = start;
  const names = await submit(nothing, broker, {
    ...{ store, command: 'fewshot nothing', terminal: quiet, signal: new AbortController().signal },
    onProgress(done, total) {
      const share = Math.floor((10 * done) / total);
      joined = performance.now();
      if (share <= told) return;
      told = share;
      (globalThis as { gc?: () => void }).gc?.();
      void redis.client.info('memory').then((info) => {
        const bytes = Number(/used_memory:(\d+)/.exec(info)![1]);
        memory.push({ share, broker: bytes / 2 ** 20, own: process.memoryUsage().heapUsed / 2 ** 20 });
      });
    },
  });
  const { values } = await mergeParts(names, resultsIn(store));
  const end = performance.now();
  stopping.abort();
  await serving;
  await Promise.all([broker.close(), other.close()]);
  expect(values).toHaveLength(PARTS);
  expect(values.every((value, part) => value === part % 7)).toBe(true);
  const seconds = (from: number, to: number) => (to - from) / 1000;
  console.log(
    `${JOBS} jobs: ${Math.round(JOBS / seconds(start, joined))} a second; joined in ${seconds(joined, end).toFixed(1)} s; MiB ` +
      memory
        .map(({ share, broker, own }) => `${share * 10} %: ${broker.toFixed(1)} + ${own.toFixed(0)}`)
        .join(', '),
  );
  const [first, last] = [memory[1]!, memory.at(-1)!];
  expect(last.broker - first.broker, 'growth of the broker, MiB').toBeLessThan(8);
  expect(last.own - first.own, 'growth of this process, MiB').toBeLessThan(64);
  expect(seconds(joined, end) / JOBS, 'seconds to join a job').toBeLessThan(60 / 100_000);
}, 900_000);
