import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type RandomStream, randomStream } from '../../src/core/random.js';
import { drawPhotos } from '../cli/photosFolder.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** How often a command is killed on each kind of data; in all `KILLS` times where that is given, as CONTRIBUTING.md tells. */
export const KILLS = Math.ceil(Number(process.env.KILLS ?? 12) / 2);

/** A folder with images of one's own in `photos`. */
export async function folderWithPhotos(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fewshot-kills-'));
  drawPhotos(join(folder, 'photos'), 5, '--broken', '0');
  return folder;
}

/** Starts a command and kills it as soon as that is due. It fails the test to have ended before. */
export async function killWhen(
  args: readonly string[],
  cwd: string,
  due: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = once(child, 'close');
  const waiting = new AbortController();
  await Promise.race([due(waiting.signal), closed]);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  waiting.abort();
  expect(signal, `the command ended before its kill: ${stderr}`).toBe('SIGKILL');
}

/**
 * Kills a command again and again: each third time when it has got on by a step, and else at a random moment until then, or
 * some time after.
 *
 * @param advanced resolves when the command has got on
 * @param check is called after each kill; `sure` when the command had got on
 */
export async function killAgainAndAgain(
  args: readonly string[],
  cwd: string,
  advanced: (signal: AbortSignal) => Promise<unknown>,
  check: (sure: boolean) => Promise<void>,
): Promise<void> {
  const random: RandomStream = randomStream('kills', ...args);
  let pace = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const sure = kill % 3 === 0;
    const start = performance.now();
    const moment = random.uniform(0, 1.3 * pace);
    await killWhen(args, cwd, (signal) =>
      sure
        ? advanced(signal)
        : Promise.race([advanced(signal), sleep(moment, undefined, { signal }).catch(() => undefined)]),
    );
    // The machine may be busy with other work, more or less from one time to the next.
    if (sure) pace = performance.now() - start;
    await check(sure);
  }
}

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });
