import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle } from './bundle.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'fewshot-handlers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A process with handlers of its own, before and during the start, that tells what they get after it. */
const program = (start: string) => `
const counts = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event)).join();
const heard = [];
process.on('uncaughtException', ({ message }) => heard.push(message));
process.on('unhandledRejection', ({ message }) => heard.push(message));
${start}
process.on('uncaughtException', ({ message }) => heard.push('also ' + message));
await started;
const after = counts();
Promise.reject(new Error('rejected'));
setTimeout(() => { throw new Error('thrown'); }, 5);
setTimeout(() => { console.log(JSON.stringify({ after, heard })); process.exit(); }, 100);
`;

const expected = { after: '2,1', heard: ['rejected', 'thrown', 'also thrown'] };

async function outcome(name: string, start: string): Promise<unknown> {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, program(start));
  const { stdout } = await run(process.execPath, [file], { cwd: process.cwd() });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

const select = `const { selectBackend } = await import('${new URL('../../dist/index.js', import.meta.url)}');`;

describe('handlers of the process', () => {
  it.each(['wasm', 'auto', 'cpu'])('stay as they were when the backend %s starts', async (backend) => {
    const start = `${select} const started = selectBackend('${backend}');`;
    expect(await outcome(backend, start)).toEqual(expected);
  });

  it('stay as they were when the wasm files are not found', async () => {
    const start = `${select}
const started = selectBackend('wasm', { wasmPaths: '/nowhere/' }).catch(() => {});`;
    expect(await outcome('missing', start)).toMatchObject({ after: '2,1' });
  });

  it('stay as they were when the module with threads starts', async () => {
    const file = await bundle(new URL('../../src/node/rethrowers.ts', import.meta.url), folder);
    const start = `const { withoutRethrowers } = await import('${file}');
const { createRequire } = await import('node:module');
const load = createRequire(process.cwd() + '/');
const started = withoutRethrowers(async () => {
  const ready = load('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js')();
  if (counts() === '2,1') throw new Error('the module adds no handlers any more');
  await Promise.race([ready, new Promise((resolve) => setTimeout(resolve, 500))]);
});`;
    expect(await outcome('threaded', start)).toEqual(expected);
  }, 60_000);
});
