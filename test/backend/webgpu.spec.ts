import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeBackend } from '../../src/backend/backendInfo.js';
import { describeAdapter, startWebgpu } from '../../src/backend/webgpu.js';
import { openDawn } from '../../src/node/dawn.js';

const asked = vi.fn();

/** WebGPU without an adapter, which notes what it is asked for. */
const withoutAdapter = {
  requestAdapter: async (options: unknown) => {
    asked(options);
    return null;
  },
} as unknown as GPU;

afterEach(() => {
  vi.doUnmock('@tensorflow/tfjs-backend-webgpu');
  vi.resetModules();
  asked.mockClear();
});

describe('startWebgpu', () => {
  it('asks for a graphics card, then for software, and says what is missing', async () => {
    const open = async () => ({ gpu: withoutAdapter, hint: 'Install a driver.' });
    await expect(startWebgpu(open)).rejects.toMatchObject({
      name: 'BackendError',
      message: 'The webgpu backend cannot be used: there is no adapter.',
      hint: 'Install a driver.',
    });
    expect(asked.mock.calls).toEqual([
      [{ powerPreference: 'high-performance' }],
      [{ forceFallbackAdapter: true }],
    ]);
    expect(tf.getBackend()).not.toBe('webgpu');
  });

  it.each([
    ['is missing', () => Promise.reject(new Error('Cannot find package'))],
    ['is empty, as a bundler leaves it', async () => ({ WebGPUBackend: undefined })],
  ])('says how to install the backend of TensorFlow.js where it %s', async (_, module) => {
    vi.doMock('@tensorflow/tfjs-backend-webgpu', module);
    const fresh = await import('../../src/backend/webgpu.js');
    const opened = vi.fn();
    await expect(fresh.startWebgpu(opened)).rejects.toMatchObject({
      name: 'BackendError',
      message: 'The webgpu backend cannot be used: @tensorflow/tfjs-backend-webgpu does not load.',
      hint: 'Install it with: npm install @tensorflow/tfjs-backend-webgpu@4.22.0',
    });
    expect(opened).not.toHaveBeenCalled();
  });
});

describe('describeAdapter', () => {
  it.each([
    [
      { info: { vendor: 'nvidia', architecture: 'ampere', description: 'NVIDIA A100' } },
      'NVIDIA A100',
      false,
    ],
    [
      { info: { vendor: 'nvidia', architecture: 'ampere', device: '', description: '' } },
      'nvidia ampere',
      false,
    ],
    [{ info: { vendor: 'google', architecture: 'swiftshader' } }, 'google swiftshader', true],
    [{ info: { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6)' } }, 'llvmpipe (LLVM 15.0.6)', true],
    [{ info: { vendor: 'acme', isFallbackAdapter: true } }, 'acme', true],
    [{ isFallbackAdapter: true }, 'unnamed', true],
  ])('names %j', (adapter, name, software) => {
    expect(describeAdapter(adapter)).toEqual({ name, software });
  });

  it('is shown with the backend', () => {
    const gpu = { name: 'webgpu', reason: 'it was asked for', threads: 1, simd: false } as const;
    const line = (software: boolean) =>
      describeBackend({ ...gpu, adapter: { name: 'X1', software }, versions: { tfjs: '4.22.0' } })[2];
    expect(line(true)).toBe('adapter   X1 (software, slow)');
    expect(line(false)).toBe('adapter   X1');
  });
});

describe('openDawn', () => {
  const failing = (message: string, code: string) => async () => {
    throw Object.assign(new Error(message), { code });
  };

  it('says how to install the package webgpu', async () => {
    const load = failing("Cannot find package 'webgpu' imported from /x.js", 'ERR_MODULE_NOT_FOUND');
    await expect(openDawn(load)).rejects.toMatchObject({
      name: 'BackendError',
      message: 'The webgpu backend cannot be used: the package webgpu is not installed.',
      hint: 'Install it with: npm install webgpu; or ask for wasm.',
    });
  });

  it('gives the reason why it does not load in one line', async () => {
    const load = failing('version GLIBC_2.38 not found\n at x', 'ERR_DLOPEN_FAILED');
    await expect(openDawn(load)).rejects.toMatchObject({
      message:
        'The webgpu backend cannot be used: the package webgpu does not load (version GLIBC_2.38 not found).',
    });
  });

  it('makes the classes of WebGPU globals, but leaves those that are there', async () => {
    vi.stubGlobal('GPUOld', 1);
    const globals = { GPUOld: 2, GPUNew: 3 };
    const { gpu } = await openDawn(async () => ({ create: () => withoutAdapter, globals }));
    expect(gpu).toBe(withoutAdapter);
    expect(globalThis).toMatchObject({ GPUOld: 1, GPUNew: 3 });
    vi.unstubAllGlobals();
  });
});
