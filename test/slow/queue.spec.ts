import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shardsOf } from '../../src/cli/machines/submit.js';
import { randomStream } from '../../src/core/random.js';
import { fewshotProcess } from '../cli/fewshot.js';
import { drawPhotos, photosEvaluation } from '../cli/photosFolder.js';
import { KILLS } from './killing.js';
import { type RedisServer, startRedis } from './redis.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let folder: string;
let redis: RedisServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-queue-'));
  await mkdir(join(folder, 'redis'));
  redis = await startRedis(join(folder, 'redis'));
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});
let store: string;
let stores = 0;
beforeEach(async () => {
  await redis.client.flushall();
  store = join(folder, `store-${stores++}`);
});

const small = ['eval', '--backend', 'wasm', '--arms', 'none,atnl', '--classifiers', 'knn', '--queries', '20'];
const evaluation = (episodes: number) => [...small, '--episodes', String(episodes)];

const fewshot = (...args: string[]) => fewshotProcess(args, { cwd: folder });
const timeless = (text: string) => text.replace(/"seconds": [\d.]+/g, '');
const onQueue = (...args: string[]) => fewshot(...args, '--queue', redis.url, '--store', store, '--json');

/** The result of one machine. */
async function whole(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await fewshot(...args, '--json');
  expect(code, stderr).toBe(0);
  return timeless(stdout);
}

interface Worker {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  text(): string;
}

function startWorker(...more: string[]): Worker {
  const args = ['worker', '--queue', redis.url, '--store', store, '--workers', '1', '--lock', '3', ...more];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const worker = { child, closed: once(child, 'close'), text: () => text };
  started.add(worker);
  worker.closed.then(() => started.delete(worker));
  return worker;
}

/** Workers that run: none outlives its test. */
const started = new Set<Worker>();
afterEach(async () => {
  const left = [...started];
  for (const { child } of left) child.kill('SIGKILL');
  await Promise.all(left.map(({ closed }) => closed));
});

/** What is to happen within five minutes; else the error tells what the workers told. */
async function soon<T>(happens: Promise<T>, workers: readonly Worker[]): Promise<T> {
  const waiting = new AbortController();
  const late = sleep(300_000, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`nothing happens; workers:\n${workers.map((worker) => worker.text()).join('\n')}`);
  });
  late.catch(() => undefined);
  return Promise.race([happens, late]).finally(() => waiting.abort());
}

async function stop(...workers: Worker[]): Promise<void> {
  for (const { child } of workers) child.kill('SIGTERM');
  await Promise.all(workers.map(({ closed }) => closed));
}

const parts = async () => {
  const [work, ...others] = (await readdir(store)).filter((name) => !name.startsWith('.'));
  expect(others).toEqual([]);
  return (await readdir(join(store, work!))).map((name) => join(store, work!, name));
};

describe('fewshot eval --queue', () => {
  it('gives the bytes of one machine, and does again nothing that the store has', async () => {
    const workers = [startWorker(), startWorker()];
    const result = await onQueue(...evaluation(6));
    expect(result.code, result.stderr).toBe(0);
    expect(timeless(result.stdout)).toBe(await whole(...evaluation(6)));
    await stop(...workers);
    expect(await parts()).toHaveLength(6);
    for (const { child } of workers) expect(child.exitCode).toBe(0);
    expect(
      workers
        .map((worker) => worker.text())
        .join()
        .match(/\/6 of fewshot eval/g),
    ).toHaveLength(6);
    // No worker is left, and none is needed.
    expect(timeless((await onQueue(...evaluation(6))).stdout)).toBe(timeless(result.stdout));
  });

  it.each([
    [2, Math.ceil(KILLS / 2), 1],
    [6, KILLS, Math.ceil(KILLS / 5)],
  ])(
    'loses nothing and counts nothing twice with %i workers, when they are killed and the broker is restarted',
    async (count, kills, restarts) => {
      const random = randomStream('queue', count);
      const episodes = 4 * count + kills;
      // An episode takes long enough that most kills hit one.
      const work = [
        ...small,
        '--classifiers',
        'knn,cnn',
        '--cnn-steps',
        '60',
        '--episodes',
        String(episodes),
      ];
      const wanted = await whole(...work);
      const workers = Array.from({ length: count }, () => startWorker());
      // As a service manager does: a worker that starts while the broker is away ends with a line.
      const manager = setInterval(() => {
        for (const [i, { child }] of workers.entries())
          if (child.exitCode !== null) workers[i] = startWorker();
      }, 200);
      let ended = false;
      const submitting = onQueue(...work).finally(() => {
        ended = true;
      });
      let killed = 0;
      for (let moment = 0; killed < kills && !ended; moment++) {
        await sleep(random.uniform(100, 1500));
        const index = random.integer(count);
        workers[index]!.child.kill('SIGKILL');
        await workers[index]!.closed;
        killed++;
        workers[index] = startWorker();
        if (moment % Math.ceil(kills / restarts) === 0) await redis.restart();
      }
      const { code, stdout, stderr } = await soon(submitting, workers).finally(() => clearInterval(manager));
      expect(code, stderr).toBe(0);
      expect(timeless(stdout)).toBe(wanted);
      await soon(stop(...workers), workers);
      console.log(`${killed} kills`);
      expect(killed).toBeGreaterThan(0);
      expect((await parts()).length).toBe(shardsOf(episodes));
    },
  );

  it('goes on after its own process is killed', async () => {
    const worker = startWorker();
    const args = [...evaluation(8), '--queue', redis.url, '--store', store];
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: 'ignore' });
    while ((await readdir(store).catch(() => [])).filter((name) => !name.startsWith('.')).length === 0)
      await sleep(50);
    child.kill('SIGKILL');
    const { stdout } = await onQueue(...evaluation(8));
    expect(timeless(stdout)).toBe(await whole(...evaluation(8)));
    await stop(worker);
  });

  it('takes a result that is delivered twice once, and refuses one with other values', async () => {
    const worker = startWorker();
    const wanted = await whole(...evaluation(3));
    expect(timeless((await onQueue(...evaluation(3))).stdout)).toBe(wanted);
    const [part] = await parts();
    const text = await readFile(part!, 'utf8');
    // The queue offers a job that is done once more, as after a lost lock.
    const [, about] = /^(.*?),"parts"/.exec(text)!;
    expect(about).toContain('fewshot.part/1');
    await stop(worker);
    const { deliver } = await import('../../src/cli/machines/serve.js');
    const { openStore } = await import('../../src/node/parts/openStore.js');
    const opened = await openStore(store);
    const name = part!.slice(store.length + 1);
    const refuse = (reason: string): never => {
      throw new Error(reason);
    };
    await deliver(opened, name, text.replace(/"seconds":[\d.]+/, '"seconds":99'), refuse);
    expect(await readFile(part!, 'utf8')).toBe(text);
    await expect(deliver(opened, name, text.replace(/\[\[\d+/, '[[999'), refuse)).rejects.toThrow(
      'with other values',
    );
  });

  it('makes the images of a folder, and goes on when workers and submitter are killed', async () => {
    const augmentation = ['augment', '--per-class', '1200', '--label-check', '--backend', 'wasm'];
    const here = await fewshot(...augmentation, '--out', 'here');
    expect(here.code, here.stderr).toBe(0);
    const asked = [...augmentation, '--out', 'there', '--queue', redis.url, '--store', store];
    const first = startWorker();
    const child = spawn(process.execPath, [main, ...asked], { cwd: folder, stdio: 'ignore' });
    while (!first.text().includes('/47 of')) await sleep(20);
    child.kill('SIGKILL');
    first.child.kill('SIGKILL');
    const second = startWorker();
    const { code, stderr } = await soon(fewshot(...asked, '--resume'), [second]);
    expect(code, stderr).toBe(0);
    await stop(second);
    const files = async (root: string) =>
      Promise.all(
        (await readdir(join(folder, root), { recursive: true }))
          .filter((name) => /\.(png|jsonl)$/.test(name))
          .sort()
          .map(async (name) => [name, await readFile(join(folder, root, name), 'base64')]),
      );
    const [made, wanted] = [await files('there'), await files('here')];
    expect(made.length).toBe(12_001);
    expect(made).toEqual(wanted);
  });

  it('sends what a job names to workers that lack it, by way of the store', async () => {
    drawPhotos(join(folder, 'lent'), 4, '--broken', '0');
    await copyFile('models/mnist.safetensors', join(folder, 'own.safetensors'));
    await mkdir(join(folder, 'bare'));
    const worker = startWorker('--root', join(folder, 'bare'));
    const own = photosEvaluation('lent');
    const { code, stdout, stderr } = await soon(onQueue(...own), [worker]);
    expect(code, stderr).toBe(0);
    expect(timeless(stdout)).toBe(await whole(...own));
    expect(stderr).toMatch(/Sent lent to .* for workers that lack it/);
    expect(stderr).not.toContain('leaves this work to others');
    const model = ['augment', '--model', 'own.safetensors', '--backend', 'wasm', '--per-class', '5'];
    const made = await soon(fewshot(...model, '--out', 'lent-out', '--queue', redis.url, '--store', store), [
      worker,
    ]);
    expect(made.code, made.stderr).toBe(0);
    expect(worker.text()).toMatch(/Fetched lent from .*\n(.*\n)*Fetched own.safetensors from/);
    await stop(worker);
  });

  it('measures the quality of images', async () => {
    const worker = startWorker();
    const quality = [
      ...['quality', '--per-class', '10', '--episodes', '2', '--paths', 'slerp,lerp', '--cnn-steps', '5'],
      ...['--judge-steps', '20', '--judge-images', '1000', '--backend', 'wasm'],
    ];
    const { code, stdout, stderr } = await onQueue(...quality);
    expect(code, stderr).toBe(0);
    expect(timeless(stdout)).toBe(await whole(...quality));
    await stop(worker);
  });

  it('evaluates a sweep', async () => {
    const plan = {
      schema: 'fewshot.sweep-plan/1',
      eval: { classifiers: ['knn'], arms: ['none'], queries: 10, episodes: 2 },
      over: { seed: [1, 2, 3] },
    };
    await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
    const worker = startWorker();
    const sweep = ['sweep', 'plan.json', '--backend', 'wasm'];
    expect(timeless((await onQueue(...sweep)).stdout)).toBe(await whole(...sweep));
    await stop(worker);
  });
});

describe('what cannot be', () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await fewshot(...args);
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
    return stderr;
  };

  it('is told in a line: no server, no address, no store, a wrong password, a policy that loses jobs', async () => {
    const at = (url: string, place = store) => refused(...evaluation(2), '--queue', url, '--store', place);
    expect(await at('redis://127.0.0.1:1')).toContain(
      'cannot use the queue redis://127.0.0.1:1: connection refused',
    );
    expect(await at('localhost')).toContain('localhost is no address of a queue');
    expect(await at(redis.url, 'ftp://x')).toContain('ftp://x is no store');
    await writeFile(join(folder, 'file'), '');
    expect(await at(redis.url, join(folder, 'file'))).toContain('cannot write');
    expect(await refused(...evaluation(2), '--queue', redis.url)).toContain('--store');
    const secret = await at(redis.url.replace('//', '//user:secret@'));
    expect(secret).toContain('user or password is wrong');
    expect(secret).not.toContain('secret');
    const web = createServer((_, answer) => answer.end('<p>')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    expect(await at(`redis://127.0.0.1:${(web.address() as AddressInfo).port}`)).toContain(
      'what answers there is no Redis or Valkey server',
    );
    web.close();
    await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await at(redis.url)).toContain('its memory policy is allkeys-lru');
    await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
  });

  it('leaves jobs of other versions, and of what lies outside, to other workers', async () => {
    const outside = startWorker('--root', join(folder, 'redis'));
    const data = join(folder, 'elsewhere');
    drawPhotos(data, 4, '--broken', '0');
    const submitted = onQueue(...photosEvaluation(data));
    while (!outside.text().includes('does not lie below')) await sleep(100);
    const inside = startWorker();
    const { code, stderr } = await submitted;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("does not lie below this worker's --root");
    await stop(outside, inside);
  });

  it('parks a job that fails in all tries, names its error, and tries it again when asked', async () => {
    const first = startWorker();
    expect((await onQueue(...evaluation(2))).code).toBe(0);
    await stop(first);
    const [part] = await parts();
    // This worker's store has a file where the folder of the work should be.
    const bad = join(folder, 'bad');
    await mkdir(bad);
    await writeFile(join(bad, basename(dirname(part!))), '');
    store = join(folder, 'good');
    const failing = startWorker('--store', bad);
    const { code, stdout, stderr } = await onQueue(...evaluation(2));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/job \d of 2 failed in all tries: cannot write .*bad/);
    await stop(failing);
    const working = startWorker();
    expect((await onQueue(...evaluation(2))).code).toBe(0);
    await stop(working);
  });

  it('loses a job with the process that computes it, and computes on other backends in others', async () => {
    const worker = startWorker();
    const submitted = onQueue(...evaluation(12));
    const computing = () =>
      spawnSync('pgrep', ['-P', String(worker.child.pid)], { encoding: 'utf8' }).stdout.trim();
    while (!worker.text().includes('/12 of')) await sleep(20);
    const first = computing();
    process.kill(Number(first), 'SIGKILL');
    const { code, stdout, stderr } = await soon(submitted, [worker]);
    expect(code, stderr).toBe(0);
    expect(timeless(stdout)).toBe(await whole(...evaluation(12)));
    expect(worker.text()).toContain('the process that computes ended: SIGKILL');
    const other = evaluation(1).map((arg) => ({ wasm: 'cpu', 'none,atnl': 'none' })[arg] ?? arg);
    expect(timeless((await soon(onQueue(...other), [worker])).stdout)).toBe(await whole(...other));
    const last = computing();
    expect(last).toMatch(/^\d+$/);
    worker.child.kill('SIGKILL');
    await worker.closed;
    // It does not outlive its worker.
    while (spawnSync('ps', ['-p', last]).status === 0) await sleep(50);
  });

  it('ends a worker gently at SIGTERM: the job at hand is finished', async () => {
    const worker = startWorker();
    const submitted = onQueue(...evaluation(4));
    while (!/\d\/4 of/.test(worker.text())) await sleep(20);
    await stop(worker);
    expect(worker.child.exitCode).toBe(0);
    expect(worker.text()).toContain('Finishing the jobs at hand');
    const other = startWorker();
    expect((await submitted).code).toBe(0);
    await stop(other);
  });

  it('ends when told to, though the broker is away', async () => {
    const away = await startRedis(await mkdtemp(join(folder, 'away-')));
    const worker = startWorker('--queue', away.url);
    const args = [...evaluation(40), '--queue', away.url, '--store', store];
    const submitter = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: 'ignore' });
    const ended = once(submitter, 'close');
    while (!worker.text().includes('/40 of')) await sleep(20);
    await away.stop();
    await sleep(500);
    submitter.kill('SIGINT');
    await soon(Promise.all([stop(worker), ended]), [worker]);
    expect([worker.child.exitCode, submitter.exitCode]).toEqual([0, 130]);
  });
});
