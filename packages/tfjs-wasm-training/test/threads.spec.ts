import './backends.js';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assemble, FunctionBuilder, types } from '../src/assembler.js';
import { onSharedMemory, register, threads } from '../src/index.js';
import { simdOf } from '../src/simd.js';
import { type Calls, chooseThreads, startThreads } from '../src/threads.js';
import { runOn, valuesOf } from './backends.js';

afterAll(() => chooseThreads(1));

describe('register', () => {
  beforeAll(async () => {
    await onSharedMemory(() => tf.setBackend('wasm'));
  });

  it('takes as many threads as it is told', () => {
    for (const count of [1, 2, 3]) {
      register({ threads: count });
      expect(threads()).toBe(count);
    }
  });

  const size = (min: number, max: number) => fc.integer({ min, max });

  /** Expects the same bits from one, two, three and four threads. */
  async function expectSame(kernel: string, inputs: Record<string, number[]>, attrs: object): Promise<void> {
    const values = Object.fromEntries(
      Object.entries(inputs).map(([name, shape], index) => [name, valuesOf(shape, index)]),
    );
    const results = [];
    for (const count of [1, 2, 3, 4]) {
      register({ threads: count });
      results.push((await runOn('wasm', kernel, values, attrs)).data);
    }
    const [first, ...others] = results.map(({ buffer }) => Buffer.from(buffer));
    for (const other of others) expect(other.equals(first!)).toBe(true);
  }

  it('gives the same bits on any number of threads: convolutions and their gradients', async () => {
    const convolutions = fc.record({
      images: size(1, 16),
      height: size(12, 18),
      width: size(12, 18),
      inChannels: fc.constantFrom(1, 3, 17, 24),
      outChannels: fc.constantFrom(1, 19, 32),
      kernel: size(1, 4),
      stride: size(1, 2),
      pad: fc.constantFrom('same', 'valid'),
    });
    await fc.assert(
      fc.asyncProperty(convolutions, async ({ images, inChannels, outChannels, kernel, ...rest }) => {
        const inputShape = [images, rest.height, rest.width, inChannels];
        const filterShape = [kernel, kernel, inChannels, outChannels];
        const attrs = { strides: rest.stride, pad: rest.pad, dilations: 1, dataFormat: 'NHWC' };
        const { outShape } = tf.backend_util.computeConv2DInfo(
          inputShape as [number, number, number, number],
          filterShape as [number, number, number, number],
          rest.stride,
          1,
          rest.pad as 'same' | 'valid',
        );
        await expectSame('Conv2D', { x: inputShape, filter: filterShape }, attrs);
        await expectSame(
          'Conv2DBackpropInput',
          { dy: outShape, filter: filterShape },
          { ...attrs, inputShape },
        );
        await expectSame('Conv2DBackpropFilter', { x: inputShape, dy: outShape }, { ...attrs, filterShape });
      }),
      { numRuns: 12 },
    );
  });

  it('gives the same bits on any number of threads: minimal filtering', async () => {
    const [x, dy, filter] = [
      [9, 14, 15, 32],
      [9, 7, 8, 64],
      [4, 4, 32, 64],
    ];
    const attrs = { strides: 2, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
    await expectSame('Conv2D', { x, filter }, attrs);
    await expectSame('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x });
    await expectSame('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter });
  });

  it('gives the same bits on any number of threads: products and sums', async () => {
    const products = fc.record({
      batch: size(1, 3),
      rows: fc.oneof(size(1, 70), size(128, 200)),
      sum: size(100, 600),
      columns: fc.oneof(size(1, 47), size(48, 130)),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(products, async ({ batch, rows, sum, columns, transposeA, transposeB }) => {
        const a = transposeA ? [batch, sum, rows] : [batch, rows, sum];
        const b = transposeB ? [batch, columns, sum] : [batch, sum, columns];
        await expectSame('BatchMatMul', { a, b }, { transposeA, transposeB });
      }),
      { numRuns: 12 },
    );
    await expectSame('Sum', { x: [20_000, 65] }, { axis: [0], keepDims: false });
  });

  it('gives the same bits on any number of threads: biases, ReLU and pools', async () => {
    const maps = [10, 60, 60, 32];
    const attrs = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC' };
    await expectSame('Conv2DBiasRelu', { x: maps, filter: [1, 1, 32, 32], bias: [32] }, attrs);
    const pool = { filterSize: 2, strides: 2, pad: 'same' };
    await expectSame('MaxPoolGrad', { input: maps, output: [10, 30, 30, 32], dy: [10, 30, 30, 32] }, pool);
  });

  it('takes tasks that threads cannot take for errors, and makes the others', async () => {
    register({ threads: 2 });
    const simd = simdOf(tf.backend() as BackendWasm);
    const target = tf.zeros([8]);
    const at = (tf.backend() as BackendWasm).getMemoryOffset(target.dataId);
    const fill = (index: number, count: number) =>
      simd.loop('CopyRows', simd.one, at + 4 * index, count, 0, 1, 0, 4);
    const task = (index: number) => {
      fill(index, 1);
      if (index === 1) simd.loop('CopyRows', 0.5, at, 1, 0, 1, 0, 4);
    };
    expect(() => simd.parallel(2, 2 ** 30, task)).toThrow('whole numbers');
    simd.parallel(2, 2 ** 30, (index) => fill(4 + index, 1));
    expect([...target.dataSync()]).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
    target.dispose();
  });

  it('works on after memory has grown', async () => {
    register({ threads: 2 });
    const [a, b] = [valuesOf([300, 300]), valuesOf([300, 300], 2)];
    const before = await runOn('wasm', 'BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
    const large = tf.ones([8000, 8000]);
    const after = await runOn('wasm', 'BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
    large.dispose();
    expect(after).toEqual(before);
  });
});

describe('startThreads', () => {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 65_536, shared: true });
  const values = new Float32Array(memory.buffer);
  const [ADDRESS, COUNT] = [0, 1];
  const add = new FunctionBuilder('add', [types.i32, types.i32]);
  add.repeat(COUNT, () => {
    add.get(ADDRESS).get(ADDRESS).memory('f32.load').f32(1).op('f32.add').memory('f32.store');
  });
  const double = new FunctionBuilder('double', [types.i32]);
  double.get(ADDRESS).get(ADDRESS).memory('f32.load').get(ADDRESS).memory('f32.load');
  double.op('f32.add').memory('f32.store');
  const binary = new WebAssembly.Module(assemble([add, double], true));

  function started(count: number) {
    chooseThreads(count);
    const { exports } = new WebAssembly.Instance(binary, { env: { memory } });
    values.fill(0);
    let own = 0;
    const counted = Object.fromEntries(
      Object.entries(exports as unknown as Calls).map(([name, call]) => [
        name,
        (...parameters: number[]) => {
          own++;
          call(...parameters);
        },
      ]),
    );
    return { ...startThreads(binary, memory, counted as unknown as WebAssembly.Exports), own: () => own };
  }

  it('shares tasks among threads', async () => {
    const { notes, endTask, run, own } = started(3);
    // The others need a while to start.
    await vi.waitFor(
      () => {
        values.fill(0);
        const before = own();
        for (let task = 0; task < 100; task++) {
          notes.add!(4 * task, 100_000);
          endTask();
        }
        run();
        expect([...values.subarray(0, 101)]).toEqual([...Array(100).fill(100_000), 0]);
        expect(own() - before).toBeGreaterThan(0);
        expect(own() - before).toBeLessThan(100);
      },
      { timeout: 30_000 },
    );
  });

  it('makes the calls of a task in order, however many there are', () => {
    const { notes, endTask, run } = started(2);
    for (let task = 0; task < 20_000; task++) {
      notes.add!(4 * task, 1);
      notes.double!(4 * task);
      endTask();
    }
    for (let call = 0; call < 100_000; call++) notes.add!(80_000, 1);
    run();
    expect([...values.subarray(0, 20_000)].every((value) => value === 2)).toBe(true);
    expect(values[20_000]).toBe(100_000);
  });

  it('runs nothing twice', () => {
    const { notes, run } = started(2);
    notes.add!(0, 1);
    run();
    run();
    expect(values[0]).toBe(1);
  });

  it('throws where a task fails', () => {
    const { notes, endTask, run } = started(2);
    notes.add!(2 ** 31 - 8, 1);
    endTask();
    notes.add!(0, 1);
    expect(run).toThrow('failed');
  });

  it('throws where a thread has ended', async () => {
    chooseThreads(2);
    const other = new WebAssembly.Module(assemble([add], false));
    const { notes, run } = startThreads(other, memory, { add: () => {} } as unknown as WebAssembly.Exports);
    await vi.waitFor(
      () => {
        notes.add!(0, 1);
        expect(run).toThrow('ended');
      },
      { timeout: 30_000 },
    );
  });
});
