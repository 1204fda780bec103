import { afterEach, describe, expect, it, vi } from 'vitest';

interface Page {
  /** Backends that do not start. */
  readonly failing?: readonly string[];
  /** The backend that the page uses already. */
  readonly active?: string;
  /** True if WebGL computes with 32 bits. */
  readonly float32?: boolean;
}

/** The module in a fresh page, with backends that start in name only; the real ones are tried in a real browser. */
async function open({ failing = [], active = '', float32 = true }: Page = {}) {
  vi.resetModules();
  const wasmOptions: unknown[] = [];
  let inCharge = active;
  const setBackend = async (name: string) => {
    if (failing.includes(name)) return false;
    inCharge = name;
    return true;
  };
  vi.doMock('@tensorflow/tfjs-core', async (original) => ({
    ...(await original<object>()),
    setBackend,
    getBackend: () => inCharge,
    env: () => ({ getBool: () => float32 }),
  }));
  vi.doMock('../../src/backend/start.js', async (original) => ({
    ...(await original<object>()),
    async startWasm(options: unknown) {
      wasmOptions.push(options);
      if (!(await setBackend('wasm'))) throw new Error('from TensorFlow.js');
      return { threads: 2, simd: true, versions: { wasm: '1.2.3' } };
    },
    async startCpu() {
      await setBackend('cpu');
      return { threads: 1, simd: false };
    },
  }));
  vi.doMock('../../src/backend/requiredKernels.js', () => ({ assertKernels: () => {} }));
  const { selectBackend } = await import('../../src/backend/selectInBrowser.js');
  type Select = (request?: string, options?: object) => ReturnType<typeof selectBackend>;
  return { selectBackend: selectBackend as Select, wasmOptions };
}

afterEach(() => {
  vi.doUnmock('@tensorflow/tfjs-core');
  vi.doUnmock('../../src/backend/start.js');
  vi.doUnmock('../../src/backend/requiredKernels.js');
});

describe('selectBackend in a browser', () => {
  it('takes wasm, with the options that it is given', async () => {
    const { selectBackend, wasmOptions } = await open();
    expect(await selectBackend('auto', { wasmPaths: '/wasm/', arithmetic: 'plain' })).toEqual({
      name: 'wasm',
      reason: 'it is the fastest that needs no graphics card',
      threads: 2,
      simd: true,
      versions: { tfjs: '4.22.0', wasm: '1.2.3' },
    });
    expect(wasmOptions).toEqual([{ wasmPaths: '/wasm/', arithmetic: 'plain' }]);
  });

  it('takes the requested backend', async () => {
    for (const name of ['wasm', 'webgl', 'cpu']) {
      const { selectBackend } = await open();
      expect(await selectBackend(name)).toMatchObject({ name, reason: 'it was asked for' });
    }
  });

  it('takes webgl where wasm does not start, cpu where neither does, and gives the reasons', async () => {
    const first = await open({ failing: ['wasm'] });
    expect(await first.selectBackend()).toMatchObject({
      name: 'webgl',
      reason: 'The wasm backend does not start: its .wasm file cannot be loaded or run.',
    });
    const second = await open({ failing: ['wasm', 'webgl'] });
    const { name, reason } = await second.selectBackend();
    expect(name).toBe('cpu');
    expect(reason).toMatch(/^The wasm backend does not start: .* WebGL does not start here\.$/);
  });

  it('does not take a WebGL of 16 bits', async () => {
    const first = await open({ failing: ['wasm'], float32: false });
    expect(await first.selectBackend()).toMatchObject({ name: 'cpu' });
    const second = await open({ float32: false });
    await expect(second.selectBackend('webgl')).rejects.toMatchObject({
      name: 'BackendError',
      message: expect.stringContaining('16 bits'),
    });
  });

  it('keeps the backend that the page uses, except cpu, which TensorFlow.js falls back to by itself', async () => {
    for (const active of ['wasm', 'webgl']) {
      const { selectBackend } = await open({ active });
      expect(await selectBackend()).toMatchObject({ name: active, reason: 'this page uses it already' });
    }
    const { selectBackend } = await open({ active: 'cpu' });
    expect(await selectBackend()).toMatchObject({ name: 'wasm' });
  });

  it('hints at wasmPaths when wasm does not start, and accepts another request then', async () => {
    const { selectBackend } = await open({ failing: ['wasm'] });
    await expect(selectBackend('wasm')).rejects.toMatchObject({
      name: 'BackendError',
      hint: expect.stringContaining('wasmPaths'),
      cause: expect.objectContaining({ message: 'from TensorFlow.js' }),
    });
    expect(await selectBackend('webgl')).toMatchObject({ name: 'webgl' });
  });

  it('decides once', async () => {
    const { selectBackend, wasmOptions } = await open();
    const [first, second] = await Promise.all([selectBackend(), selectBackend()]);
    expect(second).toBe(first);
    expect(await selectBackend('wasm')).toBe(first);
    expect(wasmOptions).toHaveLength(1);
    await expect(selectBackend('webgl')).rejects.toMatchObject({
      name: 'BackendError',
      message: 'This page computes with wasm already; webgl was asked for too late.',
    });
  });

  it('names the backends when asked for one that does not exist', async () => {
    const { selectBackend } = await open();
    await expect(selectBackend('native')).rejects.toMatchObject({
      name: 'UsageError',
      message: 'There is no backend "native".',
      hint: 'Choose one of auto, wasm, webgpu, webgl, cpu.',
    });
  });
});
