import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeBackend } from '../../src/backend/backendInfo.js';
import type { BackendOptions } from '../../src/backend/start.js';

const nativeModule = '../../src/node/native.js';
const absent = { loaded: false, reason: 'tfjs-node is not installed; npm run native builds it' };

/** The module as a fresh process has it: nothing decided; `loadNative` as given. */
async function fresh(loadNative: () => unknown = () => absent) {
  vi.resetModules();
  const spy = vi.fn(loadNative);
  vi.doMock(nativeModule, () => ({ loadNative: spy }));
  const { selectBackend, arithmeticInUse } = await import('../../src/node/selectBackend.js');
  const select = selectBackend as (
    request?: string,
    options?: BackendOptions,
  ) => ReturnType<typeof selectBackend>;
  return { selectBackend: select, arithmeticInUse, spy };
}

beforeEach(async () => {
  vi.stubEnv('FEWSHOT_BACKEND', undefined);
  await tf.setBackend('cpu');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('selectBackend', () => {
  it('takes wasm where tfjs-node is absent, and gives the reason', async () => {
    const { selectBackend } = await fresh();
    const info = await selectBackend();
    expect(info).toEqual({
      name: 'wasm',
      reason: absent.reason,
      threads: 1,
      simd: true,
      arithmetic: 'fma',
      versions: { tfjs: '4.22.0', node: process.versions.node, wasm: '4.22.0' },
    });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('can train convolutions on wasm', async () => {
    const { selectBackend } = await fresh();
    await selectBackend('wasm');
    const gradient = tf.tidy(() =>
      tf.grad((w) => tf.conv2d(tf.ones([1, 3, 3, 1]) as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid').sum())(
        tf.zeros([2, 2, 1, 1]),
      ),
    );
    expect([...(await gradient.data())]).toEqual([4, 4, 4, 4]);
    gradient.dispose();
  });

  it('takes native where it can be loaded', async () => {
    const { selectBackend } = await fresh(() => ({ loaded: true, libtensorflow: '2.15.1', threads: 3 }));
    const info = await selectBackend();
    expect(info).toMatchObject({ name: 'native', reason: 'tfjs-node is installed', threads: 3 });
    expect(info.versions.libtensorflow).toBe('2.15.1');
  });

  it('does not load tfjs-node when another backend is requested', async () => {
    const { selectBackend, spy } = await fresh();
    await selectBackend('wasm');
    expect(spy).not.toHaveBeenCalled();
  });

  it('keeps wasm where the process uses it already', async () => {
    const { selectBackend, spy } = await fresh();
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    expect(await selectBackend()).toMatchObject({ name: 'wasm', reason: 'this process uses it already' });
    expect(spy).not.toHaveBeenCalled();
  });

  it('obeys FEWSHOT_BACKEND, but a named request comes first', async () => {
    vi.stubEnv('FEWSHOT_BACKEND', 'cpu');
    const first = await fresh();
    expect(await first.selectBackend()).toMatchObject({
      name: 'cpu',
      reason: 'FEWSHOT_BACKEND asks for it',
      threads: 1,
      simd: false,
    });
    const second = await fresh();
    expect(await second.selectBackend('wasm')).toMatchObject({ name: 'wasm', reason: 'it was asked for' });
  });

  it('names the backends when asked for one that does not exist', async () => {
    const { selectBackend } = await fresh();
    await expect(selectBackend('gpu')).rejects.toMatchObject({
      name: 'UsageError',
      message: 'There is no backend "gpu".',
      hint: 'Choose one of auto, native, wasm, webgpu, cpu.',
    });
    vi.stubEnv('FEWSHOT_BACKEND', 'toString');
    await expect(selectBackend()).rejects.toMatchObject({
      name: 'UsageError',
      message: 'There is no backend "toString" (from FEWSHOT_BACKEND).',
    });
  });

  it('obeys FEWSHOT_ARITHMETIC, but the option comes first', async () => {
    vi.stubEnv('FEWSHOT_ARITHMETIC', 'plain');
    const first = await fresh();
    expect(await first.selectBackend('wasm')).toMatchObject({ arithmetic: 'plain' });
    expect(await first.arithmeticInUse()).toEqual({ arithmetic: 'plain' });
    const second = await fresh();
    expect(await second.selectBackend('wasm', { arithmetic: 'fma' })).toMatchObject({ arithmetic: 'fma' });
    vi.stubEnv('FEWSHOT_ARITHMETIC', 'exact');
    const third = await fresh();
    await expect(third.selectBackend('wasm')).rejects.toMatchObject({
      name: 'UsageError',
      message: 'There is no arithmetic "exact" (from FEWSHOT_ARITHMETIC).',
      hint: 'Choose one of fma, plain.',
    });
  });

  it('tells of no arithmetic for other backends', async () => {
    const { selectBackend, arithmeticInUse } = await fresh();
    expect(await selectBackend('cpu')).not.toHaveProperty('arithmetic');
    expect(await arithmeticInUse()).toEqual({});
  });

  it('decides once, also when asked twice at the same time', async () => {
    const { selectBackend, spy } = await fresh();
    const [first, second] = await Promise.all([selectBackend(), selectBackend()]);
    expect(second).toBe(first);
    expect(await selectBackend('auto')).toBe(first);
    expect(await selectBackend('wasm')).toBe(first);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('refuses another backend after the decision', async () => {
    const { selectBackend } = await fresh();
    await selectBackend('wasm');
    await expect(selectBackend('native')).rejects.toMatchObject({
      name: 'BackendError',
      message: 'This process computes with wasm already; native was asked for too late.',
    });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('gives the reason why native cannot be used, and accepts another request then', async () => {
    const { selectBackend } = await fresh();
    await expect(selectBackend('native')).rejects.toMatchObject({
      name: 'BackendError',
      message: `The native backend cannot be used: ${absent.reason}.`,
    });
    expect(await selectBackend('wasm')).toMatchObject({ name: 'wasm' });
  });

  it('prints nothing on cpu', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const factory = tf.findBackendFactory('cpu');
    tf.removeBackend('cpu');
    tf.registerBackend('cpu', factory, 1);
    const { selectBackend } = await fresh();
    await selectBackend('cpu');
    tf.scalar(1).dispose();
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('the backend room', () => {
  it('has no node: import, so that it runs in a browser', () => {
    const folder = new URL('../../src/backend/', import.meta.url);
    const withNode = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => /['"]node:/.test(readFileSync(new URL(name, folder), 'utf8')));
    expect(withNode).toEqual([]);
  });
});

describe('describeBackend', () => {
  it('names the backend and the reason for it', () => {
    const lines = describeBackend({
      name: 'native',
      reason: 'tfjs-node is installed',
      threads: 2,
      simd: true,
      versions: { tfjs: '4.22.0', node: '20.20.2', libtensorflow: '2.15.1' },
    });
    expect(lines).toEqual([
      'backend   native (libtensorflow through tfjs-node)',
      'because   tfjs-node is installed',
      'threads   2',
      'SIMD      yes',
      'versions  tfjs 4.22.0, libtensorflow 2.15.1, Node 20.20.2',
    ]);
  });

  it('names the arithmetic of wasm', () => {
    const wasm = { name: 'wasm', reason: 'it was asked for', threads: 1, simd: true } as const;
    const line = (arithmetic: 'fma' | 'plain') =>
      describeBackend({ ...wasm, arithmetic, versions: { tfjs: '4.22.0' } })[3];
    expect(line('fma')).toBe('SIMD      yes, with fused multiply-add (arithmetic fma)');
    expect(line('plain')).toBe('SIMD      yes, without fused multiply-add (arithmetic plain)');
  });
});
