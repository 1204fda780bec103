import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { arithmetic, register } from '../src/index.js';
import { startWasm } from './backends.js';

beforeAll(() => startWasm());

/** (1 + 2^-12)² − (1 + 2^-11), which is 2^-24, in each of four columns. */
function difference(): number[] {
  const [one, other] = [1 + 2 ** -12, -(1 + 2 ** -11)];
  const product = tf.tidy(() => tf.matMul([[1, one]], [Array(4).fill(other), Array(4).fill(one)]));
  const values = [...product.dataSync()];
  product.dispose();
  return values;
}

describe('arithmetic', () => {
  it('is fma where the engine has it: a product is not rounded before it is added', () => {
    expect(arithmetic()).toBe('fma');
    expect(difference()).toEqual(Array(4).fill(2 ** -24));
  });

  it('can be plain, and fma again', () => {
    register({ arithmetic: 'plain' });
    expect(arithmetic()).toBe('plain');
    expect(difference()).toEqual([0, 0, 0, 0]);
    register();
    expect(arithmetic()).toBe('plain');
    register({ arithmetic: 'fma' });
    expect(difference()).toEqual(Array(4).fill(2 ** -24));
  });

  it('is plain where the engine lacks the instruction, or rounds twice', () => {
    const { validate } = WebAssembly;
    WebAssembly.validate = (bytes) => bytes.byteLength > 1000 && validate(bytes);
    register({ arithmetic: 'fma' });
    WebAssembly.validate = validate;
    expect(arithmetic()).toBe('plain');
    const { Instance } = WebAssembly;
    // An engine whose instruction leaves the memory as it is.
    WebAssembly.Instance = class {
      exports = { probe: () => undefined };
    } as unknown as typeof WebAssembly.Instance;
    register({ arithmetic: 'fma' });
    WebAssembly.Instance = Instance;
    expect(arithmetic()).toBe('plain');
    register({ arithmetic: 'fma' });
    expect(arithmetic()).toBe('fma');
  });
});
