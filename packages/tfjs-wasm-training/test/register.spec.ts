import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { isSupported, kernelNames, register } from '../src/index.js';

const wasmKernels = () => tf.getKernelsForBackend('wasm');
const functions = () => new Map(wasmKernels().map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
const stock = wasmKernels();

describe('register', () => {
  it('needs vectors, which this platform has', () => {
    expect(isSupported()).toBe(true);
  });

  it('asks for the stock kernels, which it wraps', () => {
    for (const { kernelName } of stock) tf.unregisterKernel(kernelName, 'wasm');
    expect(register).toThrow(/import @tensorflow\/tfjs-backend-wasm/);
    expect(wasmKernels()).toEqual([]);
    for (const kernel of stock) tf.registerKernel(kernel);
  });

  it('adds or replaces the kernels that it names, and leaves the others', () => {
    const before = functions();
    register();
    const after = functions();
    const changed = [...after.keys()].filter((name) => before.get(name) !== after.get(name));
    expect(changed.sort()).toEqual(kernelNames);
    expect(before.has('Conv2DBackpropFilter')).toBe(false);
    expect([...before.keys()].filter((name) => !after.has(name))).toEqual([]);
  });

  it('keeps the setup of the stock kernels that it wraps', () => {
    const setup = ({ setupFunc }: tf.KernelConfig) => setupFunc;
    const stockConv2d = stock.find(({ kernelName }) => kernelName === 'Conv2D')!;
    expect(setup(tf.getKernel('Conv2D', 'wasm'))).toBe(setup(stockConv2d));
  });

  it('changes nothing when it is called again', () => {
    const before = wasmKernels();
    register();
    register();
    expect(wasmKernels()).toEqual(before);
    expect(wasmKernels().every((kernel, index) => kernel === before[index])).toBe(true);
  });

  it('says at once that the backend does not expose its memory', async () => {
    await tf.setBackend('wasm');
    const backend = tf.backend() as unknown as { wasm: object };
    const { wasm } = backend;
    backend.wasm = {};
    expect(register).toThrow('does not expose its memory');
    backend.wasm = wasm;
    expect(register).not.toThrow();
  });
});
