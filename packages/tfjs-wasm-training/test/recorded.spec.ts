import * as tf from '@tensorflow/tfjs';
import { beforeEach, expect, it, vi } from 'vitest';
import { recorded, type Step } from '../src/index.js';
import { expectNoLeak, startCpu, startWasm, valuesOf } from './backends.js';

/** Loss and gradients of a net with a convolution, a pool, a dense layer, constants and views. */
const learn: Step = (images, labels, filter, bias, dense) => {
  const { value, grads } = tf.valueAndGrads((f: tf.Tensor, b: tf.Tensor, d: tf.Tensor) => {
    const maps = tf.add(tf.conv2d(images as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'), b);
    const rows = tf.reshape(tf.maxPool(tf.relu(maps as tf.Tensor4D), 2, 2, 'same'), [images!.shape[0]!, -1]);
    const logits = tf.matMul(tf.mul(rows, tf.scalar(0.5)), d as tf.Tensor2D);
    return tf.neg(tf.mean(tf.sum(tf.mul(labels!, tf.logSoftmax(logits)), 1)));
  })([filter!, bias!, dense!]);
  return [value, ...grads];
};

const tensor = (shape: number[], seed: number) => tf.tensor(valuesOf(shape, seed).data, shape);
const inputsOf = (batch: number, seed: number) =>
  [[batch, 6, 6, 1], [batch, 3], [3, 3, 1, 4], [4], [36, 3]].map((shape, i) => tensor(shape, seed + i));
const valuesIn = (tensors: readonly tf.Tensor[]) =>
  tensors.map((each) => ({ shape: each.shape, dtype: each.dtype, values: Array.from(each.dataSync()) }));

/** Runs a step recorded on inputs that `inputs` makes for each call, and expects the bits of the plain step, and no leak. */
async function expectSame(step: Step, inputs: (call: number) => tf.Tensor[], calls = 6): Promise<number> {
  const watched = vi.fn(step);
  const data = tf.backend().numDataIds();
  await expectNoLeak(() => {
    const run = recorded(watched);
    for (let call = 0; call < calls; call++) {
      const given = inputs(call);
      const [found, wanted] = [run(...given), tf.tidy(() => step(...given))];
      const kept = valuesIn(given);
      expect(valuesIn(found), `call ${call}`).toEqual(valuesIn(wanted));
      tf.dispose([found, wanted]);
      expect(valuesIn(given), 'inputs').toEqual(kept);
      tf.dispose(given);
    }
    run.dispose();
  });
  expect(tf.backend().numDataIds() - data, 'data left').toBe(0);
  return watched.mock.calls.length;
}

beforeEach(() => startWasm());

it.each(['fma', 'plain'] as const)(
  'has the bits of the step, and leaves it after two calls a shape (%s)',
  async (arithmetic) => {
    await startWasm(arithmetic);
    const made = await expectSame(learn, (call) => inputsOf(2 + (call % 3), call), 12);
    expect(made).toBe(6);
  },
);

it('gives outputs that are inputs, constants, views or each other', async () => {
  const step: Step = (x, y) => {
    const sum = tf.add(x!, y!);
    return [x!.clone(), tf.reshape(y!, [-1]), tf.scalar(3), sum, tf.reshape(sum, [-1]), sum.clone()];
  };
  expect(await expectSame(step, (call) => [tensor([2, 3], call), tensor([2, 3], call + 9)])).toBe(2);
});

it('tells one tensor given twice from two', async () => {
  const inputs = (call: number) => {
    const [x, y] = [tensor([4], call), tensor([4], call + 7)];
    if (call % 2 === 1) return [x, y];
    y.dispose();
    return [x, x];
  };
  expect(await expectSame((x, y) => [tf.sub(x!, tf.mul(y!, 2))], inputs, 8)).toBe(4);
});

it('takes lists of inputs, and kernels that make several tensors', async () => {
  const step: Step = (x, y) => tf.split(tf.concat([x!, y!, tf.onesLike(x!)]), 3).slice(1);
  expect(await expectSame(step, (call) => [tensor([2, 3], call), tensor([2, 3], -call)])).toBe(2);
});

it('runs a step that reads values as it is', async () => {
  const step: Step = (x) => [tf.mul(x!, x!.dataSync()[0]! > 0 ? 2 : 3)];
  expect(await expectSame(step, (call) => [tensor([4], call * 40)], 20)).toBe(20);
});

it('runs a step whose constants or kernels change as it is', async () => {
  let calls = 0;
  const counting: Step = (x) => [tf.add(x!, calls++)];
  const run = recorded(counting);
  const x = tensor([3], 1);
  const found = Array.from({ length: 5 }, () => run(x)[0]!);
  for (const [call, sum] of found.entries()) expect(valuesIn([sum])).toEqual(valuesIn([tf.add(x, call)]));
  let odd = false;
  const changing = recorded((y) => {
    odd = !odd;
    return [odd ? tf.exp(y!) : tf.neg(y!)];
  });
  const signs = Array.from({ length: 4 }, () => changing(x)[0]!.dataSync()[0]! > 0);
  expect(signs).toEqual([true, !(x.dataSync()[0]! > 0), true, !(x.dataSync()[0]! > 0)]);
});

it('outlives other backends between its calls, and runs plainly there', async () => {
  const step = vi.fn(learn);
  const run = recorded(step);
  const results: ReturnType<typeof valuesIn>[] = [];
  for (const start of [startWasm, startWasm, startWasm, startCpu, startCpu, startCpu, startWasm]) {
    await start();
    results.push(valuesIn(run(...inputsOf(2, 1))));
  }
  // Twice recorded, three times on cpu; the last call repeats the recording.
  expect(step).toHaveBeenCalledTimes(5);
  for (const [index, { values }] of results.flat().entries()) {
    for (const [at, value] of values.entries()) {
      expect(value).toBeCloseTo(results[0]![index % 4]!.values[at]!, 5);
    }
  }
});

it('refuses a kernel whose shape depends on values', async () => {
  tf.registerKernel({
    kernelName: 'Positive',
    backendName: 'wasm',
    kernelFunc: (({ inputs, backend }: { inputs: { x: tf.Tensor }; backend: tf.KernelBackend }) => {
      const positive = backend.readSync(inputs.x.dataId).filter((value) => Number(value) > 0) as Float32Array;
      return {
        dataId: backend.write(positive, [positive.length], 'float32'),
        shape: [positive.length],
        dtype: 'float32',
      };
    }) as never,
  });
  const run = recorded((x) => [tf.engine().runKernel('Positive', { x: x! }) as tf.Tensor]);
  const of = (...values: number[]) => run(tf.tensor1d(values))[0]!.shape;
  expect([of(1, -1, 2), of(1, -1, 2), of(1, -1, 2)]).toEqual([[2], [2], [2]]);
  expect(() => of(1, -1, -2)).toThrow('Positive made [1] where it made [2]');
  tf.unregisterKernel('Positive', 'wasm');
});
