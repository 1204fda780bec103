import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { assertUnlocked, whileFolderLocked, whileLocked } from '../../src/node/lock.js';
import { isRunning, startTimeOf } from '../../src/node/processes.js';
import { bundle } from './bundle.js';
import { ownFolder } from './folder.js';

/** Action of another process once a lock file has been read. */
const meanwhile = vi.hoisted(() => ({ happens: undefined as (() => void) | undefined }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    readFileSync(...args: Parameters<typeof real.readFileSync>) {
      const text = real.readFileSync(...args);
      if (String(args[0]).endsWith('.lock')) {
        meanwhile.happens?.();
        meanwhile.happens = undefined;
      }
      return text;
    },
  };
});

const at = ownFolder();

/** Id of a process that has ended. */
const gone = spawnSync(process.execPath, ['--version']).pid;
const TOKEN = '3f3a9a6e-6c1f-4d43-9d0f-5f4b8f2f6c11';

/** Lock of a run that could not remove it. */
const left = (changes: object = {}) => ({
  ...{ token: TOKEN, pid: gone, host: hostname(), started: '1', since: '2026-11-26T11:41:50.000Z' },
  ...changes,
});
const leave = (holder: object, name = 'out.lock') => writeFile(at(name), JSON.stringify(holder));

async function refusal(work: Promise<unknown>): Promise<UsageError> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  return error as UsageError;
}

describe('whileLocked', () => {
  it('lets one run write an output, tells others who does, and leaves nothing', async () => {
    const result = await whileLocked(at('out'), async () => {
      const { pid, host } = JSON.parse(await readFile(at('out.lock'), 'utf8'));
      expect({ pid, host }).toEqual({ pid: process.pid, host: hostname() });
      const { message, hint } = await refusal(whileLocked(at('out'), () => expect.unreachable()));
      expect(message).toMatch(
        new RegExp(
          `out is in use: process ${process.pid} has been writing it since 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$`,
        ),
      );
      expect(hint).toContain(`remove ${at('out.lock')}`);
      expect(() => assertUnlocked(at('out'))).toThrow(message);
      expect(await whileLocked(at('other'), async () => 'another')).toBe('another');
      expect(await readdir(at(''))).toEqual(['out.lock']);
      return 'done';
    });
    expect(result).toBe('done');
    assertUnlocked(at('out'));
    expect(await readdir(at(''))).toEqual([]);
  });

  it('removes its lock when the work fails', async () => {
    const fails = whileLocked(at('out'), () => Promise.reject(new Error('no more')));
    await expect(fails).rejects.toThrow('no more');
    expect(await readdir(at(''))).toEqual([]);
  });

  it('makes a folder and removes it if it stays empty', async () => {
    await whileFolderLocked(at('a', 'b'), async () => {
      expect(await readdir(at('a', 'b'))).toEqual(['.fewshot.lock']);
    });
    expect(await readdir(at(''))).toEqual([]);
    await mkdir(at('mine'));
    await whileFolderLocked(at('mine'), async () => undefined);
    expect(await readdir(at(''))).toEqual(['mine']);
    await whileFolderLocked(at('full', 'of'), () => writeFile(at('full', 'of', 'it'), ''));
    expect(await readdir(at('full', 'of'))).toEqual(['it']);
  });

  it('leaves a lock that another run has put in place of its own', async () => {
    await whileLocked(at('out'), () => leave(left({ host: 'elsewhere' })));
    expect(JSON.parse(await readFile(at('out.lock'), 'utf8'))).toEqual(left({ host: 'elsewhere' }));
  });
});

describe('the lock of a run that was killed', () => {
  it.each([
    ['its process is gone', left()],
    ['its process is gone, and its system tells no times', left({ started: undefined })],
  ])('gives way when %s', async (_, holder) => {
    await leave(holder);
    // Of others that took it away and were killed in between.
    await leave(left(), `out.lock.${TOKEN}.dead`);
    await leave(left(), `out.lock.5e0c1f83-2c0e-4f3f-a1ab-0d1f5a9b7f66.dead`);
    await writeFile(at(`out.lock.${TOKEN}.${gone}.tmp`), '');
    assertUnlocked(at('out'));
    await whileLocked(at('out'), async () => expect(await readdir(at(''))).toEqual(['out.lock']));
    expect(await readdir(at(''))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('gives way when a later process has its number', async () => {
    await leave(left({ pid: process.pid }));
    expect(await whileLocked(at('out'), async () => 'done')).toBe('done');
    expect(await readdir(at(''))).toEqual([]);
  });

  it('is not confused with a new lock that another run has made meanwhile', async () => {
    const theirs = left({
      token: '5e0c1f83-2c0e-4f3f-a1ab-0d1f5a9b7f66',
      pid: process.ppid,
      started: undefined,
    });
    await leave(left());
    meanwhile.happens = () => writeFileSync(at('out.lock'), JSON.stringify(theirs));
    const { message } = await refusal(whileLocked(at('out'), () => expect.unreachable()));
    expect(message).toContain(`process ${process.ppid} has been`);
    expect(await readFile(at('out.lock'), 'utf8')).toBe(JSON.stringify(theirs));
    expect(await readdir(at(''))).toEqual(['out.lock']);
  });

  it('is left to the run that removes it already', async () => {
    await leave(left());
    await leave(left({ pid: process.ppid, started: undefined }), `out.lock.${TOKEN}.dead`);
    const { message } = await refusal(whileLocked(at('out'), () => expect.unreachable()));
    expect(message).toContain(`process ${process.ppid} has been`);
    expect((await readdir(at(''))).sort()).toEqual(['out.lock', `out.lock.${TOKEN}.dead`]);
  });

  it('stays when its process lives', async () => {
    await leave(left({ pid: process.ppid, started: startTimeOf(process.ppid) }));
    const { message } = await refusal(whileLocked(at('out'), () => expect.unreachable()));
    expect(message).toContain(`out is in use: process ${process.ppid} has been writing it since 2026-11-2`);
    expect(await readdir(at(''))).toEqual(['out.lock']);
  });

  it('stays when it is of another computer, with the way out', async () => {
    await leave(left({ host: 'elsewhere' }));
    const { message, hint } = await refusal(whileLocked(at('out'), () => expect.unreachable()));
    expect(message).toContain(`process ${gone} on elsewhere has been writing it since`);
    expect(hint).toContain(`If it no longer runs, remove ${at('out.lock')}.`);
    expect(await readdir(at(''))).toEqual(['out.lock']);
  });

  it.each(['', 'mine', '{}', JSON.stringify(left({ pid: -1 }))])(
    'stays when it says %j, with the way out',
    async (text) => {
      await writeFile(at('out.lock'), text);
      const { message, hint } = await refusal(whileLocked(at('out'), () => expect.unreachable()));
      expect(message).toBe(
        `${at('out')} seems to be in use: ${at('out.lock')} exists, but does not name the writer`,
      );
      expect(hint).toContain(`remove ${at('out.lock')}`);
      expect(await readFile(at('out.lock'), 'utf8')).toBe(text);
    },
  );
});

it('gives each of many locks, old or not, to one of many processes that want it at once', async () => {
  const [PROCESSES, LOCKS] = [8, 60];
  await mkdir(at('locks'));
  for (let i = 0; i < LOCKS; i += 1) if (i % 3 > 0) await leave(left(), join('locks', `${i}.lock`));
  const contender = await bundle(new URL('contender.ts', import.meta.url), at('bundle'));
  const start = Date.now() + 3000;
  const all = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, [contender, at('locks'), String(LOCKS), String(start)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const ends = all.map((child) => once(child, 'close'));
  const won = await Promise.all(
    all.map(async ({ stdout }) => JSON.parse(String((await once(stdout, 'data'))[0]))),
  );
  for (const { stdin } of all) stdin.end();
  expect(await Promise.all(ends)).toEqual(all.map(() => [0, null]));
  expect(won.flat().sort((a, b) => a - b)).toEqual([...Array(LOCKS).keys()]);
  expect(await readdir(at('locks'))).toEqual([]);
});

it.runIf(process.platform === 'linux')(
  'tells a process that was killed and not yet noticed from one that runs',
  async () => {
    // The child ends after its parent became a program that does not wait for it.
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60']);
    const child = Number((await once(parent.stdout, 'data'))[0]);
    await expect.poll(() => startTimeOf(child), { timeout: 10_000 }).toBe('ended');
    expect(isRunning(child)).toBe(true);
    expect(Number(startTimeOf(process.pid))).toBeGreaterThan(0);
    expect(startTimeOf(gone)).toBeUndefined();
    parent.kill();
    await once(parent, 'close');
  },
);
