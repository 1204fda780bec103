import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selectBackend } from '../../../src/node/selectBackend.js';
import { expectNoLeak } from '../../../test/tensors.js';
import { type LabOptions, openLab } from '../../reproduce/lab.js';
import { type EncoderKind, quick, type Scale } from '../../reproduce/recipes.js';

const tiny: Scale = {
  ...quick,
  epochs: { mnist: 1, 'faces-stand-in': 1, lines: 1 },
  limit: 256,
};
const ae: EncoderKind = { data: 'lines', learner: 'ae', seed: 3 };

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'lab-'));
});
afterEach(() => rm(work, { recursive: true }));

async function lab(options: Partial<LabOptions> = {}) {
  const backend = await selectBackend('wasm');
  return openLab({ work, scale: tiny, backend, command: 'fewshot reproduce figure6', ...options });
}

describe('openLab', () => {
  it('trains an encoder once and finds it again', async () => {
    await selectBackend('wasm');
    await expectNoLeak(async () => {
      const tasks: string[] = [];
      const first = await lab({ onProgress: (what) => tasks.push(what) });
      const trained = await first.encoder(ae);
      expect(new Set(tasks)).toEqual(new Set(['Training lines-ae-3']));
      expect(trained.card).toMatchObject({
        learner: 'ae',
        seed: 3,
        epochs: 1,
        command: 'fewshot reproduce figure6',
      });
      const again = await (await lab({ onProgress: () => expect.unreachable() })).encoder(ae);
      expect(again.digest).toBe(trained.digest);
      trained.dispose();
      again.dispose();
      expect(await readdir(work)).toEqual(['lines-ae-3.md', 'lines-ae-3.safetensors']);
    });
  });

  it('leaves nothing half-made when it is stopped, and a later run ends as an unbroken one', async () => {
    const stop = new AbortController();
    const stopped = await lab({
      signal: stop.signal,
      onProgress: (_, done) => done === 1 && stop.abort(new Error('enough')),
    });
    await expect(stopped.encoder(ae)).rejects.toThrow('enough');
    expect(await readdir(work)).toEqual([]);
    const later = await (await lab()).encoder(ae);
    await rm(work, { recursive: true });
    const unbroken = await (await lab()).encoder(ae);
    expect(later.digest).toBe(unbroken.digest);
    later.dispose();
    unbroken.dispose();
  });

  it('gives as many test images as the scale asks for, the first ones, and all train images', async () => {
    const few = await (await lab({ scale: { ...tiny, tests: 40 } })).dataset('lines');
    const { tests: _, ...whole } = tiny;
    const all = await (await lab({ scale: whole })).dataset('lines');
    expect([few.test.labels.length, few.train.labels.length]).toEqual([40, 5_000]);
    expect(all.test.labels).toHaveLength(500);
    expect(few.test.images([39])).toEqual(all.test.images([39]));
  });

  it('refuses an encoder of another recipe', async () => {
    (await (await lab()).encoder(ae)).dispose();
    const other = await lab({ scale: { ...tiny, epochs: { ...tiny.epochs, lines: 2 } } });
    await expect(other.encoder(ae)).rejects.toThrow('lines-ae-3.safetensors was trained by another recipe');
  });

  it('keeps a finished part until its key changes', async () => {
    const { once } = await lab();
    let made = 0;
    const make = async () => ({ value: ++made });
    expect(await once('part', { of: 1 }, make)).toEqual({ value: 1 });
    expect(await once('part', { of: 1 }, make)).toEqual({ value: 1 });
    expect(await once('part', { of: 2 }, make)).toEqual({ value: 2 });
  });
});
