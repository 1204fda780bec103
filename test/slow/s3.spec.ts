import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/node/parts/openStore.js';
import { fewshotProcess } from '../cli/fewshot.js';
import { type RedisServer, startRedis } from './redis.js';

/** Program of moto, an S3 service of one's own: `pip install moto[server]`. `.ci/run` installs it. */
const program = process.env.MOTO_SERVER ?? 'moto_server';

let folder: string;
let redis: RedisServer;
let service: ChildProcess;
const environment: Record<string, string> = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'hidden-word',
  AWS_EC2_METADATA_DISABLED: 'true',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-s3-'));
  await mkdir(join(folder, 'redis'));
  redis = await startRedis(join(folder, 'redis'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  service = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await once(service, 'spawn');
  environment.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
  Object.assign(process.env, environment);
  const client = new S3Client({ forcePathStyle: true, maxAttempts: 30 });
  for (let tries = 0; ; tries++) {
    try {
      await client.send(
        new CreateBucketCommand({
          Bucket: 'results',
          CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
        }),
      );
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}, 60_000);
afterAll(async () => {
  service.kill();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

it('keeps the first text of a name, and the others beside it', async () => {
  const store = await openStore('s3://results/some/prefix/');
  expect(await store.read('a/1.part')).toBeUndefined();
  const tries = await Promise.all(
    ['one', 'two', 'three'].map(async (text) => [text, await store.commit('a/1.part', text)] as const),
  );
  const [[first]] = tries.filter(([, isNew]) => isNew) as [readonly [string, boolean]];
  expect(tries.filter(([, isNew]) => isNew)).toHaveLength(1);
  expect(await store.read('a/1.part')).toBe(first);
  expect(await store.commit('a/1.part', 'later')).toBe(false);
  expect(await store.read('a/1.part')).toBe(first);
  const other = await openStore('s3://results/other');
  expect(await other.read('a/1.part')).toBeUndefined();
});

it('names a bucket that is not there, an address that is none, and a service that does not answer', async () => {
  await expect(openStore('s3://nothing-here/x')).rejects.toThrow(
    'cannot reach s3://nothing-here/x: there is no such bucket',
  );
  await expect(openStore('s3://UPPER')).rejects.toThrow('s3://UPPER names no bucket');
  const { AWS_ENDPOINT_URL: endpoint } = process.env;
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
  await expect(openStore('s3://results')).rejects.toThrow('cannot reach s3://results');
  process.env.AWS_ENDPOINT_URL = endpoint;
});

function startWorker(place: readonly string[]) {
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'worker', ...place, '--workers', '1'], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  return {
    told: () => told,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

const evaluation = [
  ...['eval', '--backend', 'wasm', '--arms', 'none', '--classifiers', 'knn', '--queries', '10'],
  ...['--episodes', '3', '--json'],
];
const timeless = (text: string) => text.replace(/"seconds": [\d.]+/g, '');
const whole = () => fewshotProcess(evaluation, { cwd: folder, env: environment });

/** Stands before the service, and answers as S3 does to credentials that have expired, once it is told to. */
async function expiringService(target: string) {
  let expired = (_: string): boolean => false;
  const server = createHttpServer((asked, answer) => {
    if (expired(`${asked.method} ${asked.url}`)) {
      asked.resume();
      answer.writeHead(400, { 'content-type': 'application/xml' });
      const text =
        '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>';
      answer.end(asked.method === 'HEAD' ? '' : text);
      return;
    }
    const { method, headers, url } = asked;
    const passed = request(new URL(url!, target), { method, headers }, (found) => {
      answer.writeHead(found.statusCode!, found.headers);
      found.pipe(answer);
    });
    asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expire(when: typeof expired) {
      expired = when;
    },
    close: () => server.close(),
  };
}

it('names credentials that expire, and goes on with new ones', async () => {
  const { AWS_ENDPOINT_URL: direct } = environment;
  const service = await expiringService(direct!);
  environment.AWS_ENDPOINT_URL = service.url;
  const place = ['--queue', redis.url, '--store', 's3://results/expiring'];
  const worker = startWorker(place);
  try {
    let kept = 0;
    service.expire((what) => /^PUT .*\.part/.test(what) && ++kept > 1);
    const cut = await fewshotProcess([...evaluation, ...place], { cwd: folder, env: environment });
    expect(cut.code).toBe(1);
    expect(cut.stderr).toMatch(/failed in all tries: cannot write .*: the credentials have expired/);
    service.expire(() => true);
    const refused = await fewshotProcess([...evaluation, ...place], { cwd: folder, env: environment });
    expect(refused.stderr).toContain('cannot reach s3://results/expiring: the credentials have expired');
    Object.assign(process.env, { AWS_ENDPOINT_URL: service.url });
    service.expire(() => false);
    const store = await openStore('s3://results/expiring');
    service.expire(() => true);
    for (const ask of [() => store.has('x'), () => store.read('x'), () => store.commit('x', '')])
      await expect(ask()).rejects.toThrow('the credentials have expired');
    service.expire(() => false);
    const { code, stdout, stderr } = await fewshotProcess([...evaluation, ...place], {
      cwd: folder,
      env: environment,
    });
    expect(code, stderr).toBe(0);
    expect(timeless(stdout)).toBe(timeless((await whole()).stdout));
    // The result from before was there already.
    expect(worker.told().match(/\/3 of fewshot eval/g)).toHaveLength(3);
  } finally {
    await worker.stop();
    service.close();
    environment.AWS_ENDPOINT_URL = direct!;
    Object.assign(process.env, { AWS_ENDPOINT_URL: direct });
  }
});

it('serves a queue: results are those of one machine, and no secret is written or told', async () => {
  const place = ['--queue', redis.url, '--store', 's3://results/work'];
  const worker = startWorker(place);
  const alone = await whole();
  const joined = await fewshotProcess([...evaluation, ...place], { cwd: folder, env: environment });
  expect(joined.code, joined.stderr).toBe(0);
  expect(timeless(joined.stdout)).toBe(timeless(alone.stdout));
  await worker.stop();
  expect(worker.told()).toContain('s3://results/work');
  expect(worker.told() + joined.stdout + joined.stderr).not.toContain('hidden-word');
});
