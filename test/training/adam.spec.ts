import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { type Adam, type AdamOptions, cosineDecay, createAdam } from '../../src/training/adam.js';
import { expectClose, onBackends } from '../sphere/points.js';
import { expectNoLeak } from '../tensors.js';

const shapes = [[3, 4], [4], [2, 2, 1, 3]];

function numbers(shape: number[], ...keys: (string | number)[]): tf.Tensor {
  const random = randomStream(...keys);
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal());
  return tf.tensor(values, shape);
}

const freshVariables = () => shapes.map((shape, i) => tf.tidy(() => tf.variable(numbers(shape, 'start', i))));

/** Gradients that differ from step to step, of sizes from 1e-4 to 1. */
const gradientsAt = (step: number) =>
  shapes.map((shape, i) => tf.tidy(() => numbers(shape, 'gradient', step, i).mul(10 ** -(step % 5))));

function run(adam: Adam, from: number, to: number, learningRate = 0.01): void {
  for (let step = from; step < to; step++) {
    const gradients = gradientsAt(step);
    adam.apply(gradients, learningRate);
    tf.dispose(gradients);
  }
}

const valuesOf = (variables: tf.Variable[]) => variables.map((variable) => variable.dataSync().slice());

/** Runs `body` with fresh variables and an optimizer over them, and frees both. */
function withAdam<T>(options: AdamOptions, body: (adam: Adam, variables: tf.Variable[]) => T): T {
  const variables = freshVariables();
  const adam = createAdam(variables, options);
  const result = body(adam, variables);
  adam.dispose();
  tf.dispose(variables);
  return result;
}

onBackends('Adam', () => {
  it('steps as the optimizer of TensorFlow.js does', () => {
    withAdam({}, (adam, variables) => {
      run(adam, 0, 20);
      const others = freshVariables();
      const theirs = tf.train.adam(0.01);
      for (let step = 0; step < 20; step++) {
        const gradients = gradientsAt(step);
        theirs.applyGradients(others.map((variable, i) => ({ name: variable.name, tensor: gradients[i]! })));
        tf.dispose(gradients);
      }
      for (const [i, variable] of variables.entries()) expectClose(variable, others[i]!, 1e-6);
      theirs.dispose();
      tf.dispose(others);
    });
  });

  it('takes the learning rate of each step', () => {
    withAdam({}, (adam, variables) => {
      const before = valuesOf(variables);
      run(adam, 0, 1, 0);
      expect(valuesOf(variables)).toEqual(before);
      run(adam, 1, 2, 0.5);
      expect(valuesOf(variables)).not.toEqual(before);
    });
  });

  it('takes learning rate · decay of each kernel away before a step, and nothing of biases', () => {
    const [learningRate, weightDecay] = [0.1, 0.2];
    const plain = withAdam({}, (adam, variables) => {
      run(adam, 0, 1, learningRate);
      return valuesOf(variables);
    });
    withAdam({ weightDecay }, (adam, variables) => {
      const before = variables.map((variable) => variable.clone());
      run(adam, 0, 1, learningRate);
      tf.tidy(() => {
        for (const [i, variable] of variables.entries()) {
          const decayed = variable.rank > 1 ? before[i]!.mul(learningRate * weightDecay) : tf.scalar(0);
          expectClose(variable, tf.tensor(plain[i]!, variable.shape).sub(decayed), 1e-6);
        }
      });
      tf.dispose(before);
    });
  });

  it('goes on from its state to the bit as if it had never stopped', () => {
    const weightDecay = 0.05;
    const unbroken = withAdam({ weightDecay }, (adam, variables) => {
      run(adam, 0, 12);
      return { values: valuesOf(variables), state: adam.state() };
    });
    withAdam({ weightDecay }, (first, variables) => {
      run(first, 0, 7);
      const second = createAdam(variables, { weightDecay, state: first.state() });
      run(second, 7, 12);
      expect(valuesOf(variables)).toEqual(unbroken.values);
      expect(second.state()).toEqual(unbroken.state);
      expect(second.state().step).toBe(12);
      second.dispose();
    });
  });

  it('gives a state that later steps do not change', () => {
    withAdam({}, (adam) => {
      run(adam, 0, 3);
      const state = adam.state();
      const copy = structuredClone(state);
      run(adam, 3, 5);
      expect(state).toEqual(copy);
    });
  });

  it('keeps as many tensors at every step, inside a tidy too, and none at the end', async () => {
    await expectNoLeak(() => {
      withAdam({ weightDecay: 0.1 }, (adam) => {
        run(adam, 0, 1);
        const count = tf.memory().numTensors;
        run(adam, 1, 10);
        expect(tf.memory().numTensors).toBe(count);
        tf.tidy(() => run(adam, 10, 12));
        expect(tf.memory().numTensors).toBe(count);
      });
    });
  });

  it('leaves gradients to the caller', () => {
    withAdam({}, (adam) => {
      const gradients = gradientsAt(0);
      adam.apply(gradients, 0.1);
      for (const gradient of gradients) expect(gradient.isDisposed).toBe(false);
      tf.dispose(gradients);
    });
  });
});

describe('the state of Adam', () => {
  it('of a fresh start is zero', () => {
    withAdam({}, (adam) => {
      const { step, means, squares } = adam.state();
      expect(step).toBe(0);
      for (const [i, shape] of shapes.entries()) {
        expect(means[i]).toEqual(new Float32Array(tf.util.sizeFromShape(shape)));
        expect(squares[i]).toEqual(means[i]);
      }
    });
  });
});

describe('cosineDecay', () => {
  it('starts at 1, passes 1/2 in the middle and ends at 0', () => {
    expect(cosineDecay(0, 40)).toBe(1);
    expect(cosineDecay(10, 40)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
    expect(cosineDecay(20, 40)).toBeCloseTo(0.5, 12);
    expect(cosineDecay(40, 40)).toBe(0);
  });

  it('falls at every step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (steps) => {
        for (let step = 0; step < steps; step++) {
          expect(cosineDecay(step + 1, steps)).toBeLessThan(cosineDecay(step, steps));
        }
      }),
      { numRuns: 20 },
    );
  });
});
