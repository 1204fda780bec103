import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectAsOnCpu, runOn, startCpu, startWasm, valuesOf } from './backends.js';

beforeAll(() => startWasm());

const side = fc.integer({ min: 1, max: 5 });
const channels = fc.constantFrom(1, 3, 4, 8);

describe('kernels of biases match the cpu backend', () => {
  it('Add, whichever operand repeats', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(side, side, channels),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        async (shape, rank, ones, swapped) => {
          const kept = shape.slice(3 - rank);
          const x = valuesOf(shape);
          const bias = valuesOf(ones ? [...Array(3 - rank).fill(1), ...kept] : kept, 2);
          const inputs = swapped ? { a: bias, b: x } : { a: x, b: bias };
          await expectAsOnCpu('Add', inputs, {});
        },
      ),
      { numRuns: 80 },
    ));

  it('Add of operands that both repeat', async () => {
    await expectAsOnCpu('Add', { a: valuesOf([3, 1, 4]), b: valuesOf([1, 5, 4], 2) }, {});
    await expectAsOnCpu('Add', { a: valuesOf([4, 1]), b: valuesOf([4], 2) }, {});
    await expectAsOnCpu('Add', { a: valuesOf([1, 1, 1, 4]), b: valuesOf([3, 4], 2) }, {});
  });

  it('_FusedMatMul', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(side, side, fc.constantFrom(3, 4, 12)),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('linear', 'relu'),
        async ([rows, sum, columns], transposeA, transposeB, activation) => {
          const a = valuesOf(transposeA ? [1, sum, rows] : [1, rows, sum]);
          const b = valuesOf(transposeB ? [1, columns, sum] : [1, sum, columns], 2);
          const attrs = { transposeA, transposeB, activation };
          await expectAsOnCpu('_FusedMatMul', { a, b, bias: valuesOf([columns], 3) }, attrs);
        },
      ),
      { numRuns: 80 },
    ));

  it('_FusedMatMul with another activation', async () => {
    const [a, b, bias] = [valuesOf([1, 5, 7]), valuesOf([1, 7, 4], 2), valuesOf([4], 3)];
    const attrs = { transposeA: false, transposeB: false, activation: 'sigmoid' };
    await expectAsOnCpu('_FusedMatMul', { a, b, bias }, attrs);
  });
});

describe('the gradient of ReLU', () => {
  const gradientOf = (shape: number[]) =>
    tf.tidy(() => {
      const { data } = valuesOf(shape);
      data[0] = 0;
      const [x, dy] = [tf.tensor(data, shape), tf.tensor(valuesOf(shape, 2).data, shape)];
      return tf
        .grad((given: tf.Tensor) => tf.relu(given).mul(dy))(x)
        .dataSync();
    });

  it.each([[[3, 4, 8]], [[5, 3]]])('is that of the cpu backend, of %s', async (shape) => {
    const found = gradientOf(shape);
    await startCpu();
    const wanted = gradientOf(shape);
    await startWasm();
    expect(found).toEqual(wanted);
  });

  it('comes from one kernel', async () => {
    const { data } = await runOn('wasm', 'ReluGrad', { dy: valuesOf([8]), y: valuesOf([8], 2) }, {});
    const y = valuesOf([8], 2).data;
    expect([...data].map(Math.abs)).toEqual(
      [...valuesOf([8]).data].map((dy, i) => (y[i]! > 0 ? Math.abs(dy) : 0)),
    );
  });
});
