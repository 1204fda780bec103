import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect } from 'vitest';
import { randomStream } from '../../src/core/random.js';

/** The same tests on each backend that runs everywhere. */
export function onBackends(name: string, body: (backend: string) => void): void {
  describe.each(['cpu', 'wasm'])(`${name} on %s`, (backend) => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      await tf.ready();
    });
    body(backend);
  });
}

/** `n` random vectors of `d` normal values, the same for the same seed. */
export function vectors(seed: number, n: number, d: number): number[][] {
  const random = randomStream('vectors', seed);
  return Array.from({ length: n }, () => Array.from({ length: d }, () => random.normal()));
}

export const dot = (u: readonly number[], v: readonly number[]) =>
  u.reduce((sum, x, i) => sum + x * v[i]!, 0);
export const combine = (a: number, u: readonly number[], b: number, v: readonly number[]) =>
  u.map((x, i) => a * x + b * v[i]!);
export const unit = (v: readonly number[]) => v.map((x) => x / Math.sqrt(dot(v, v)));

/** `n` random points of the unit sphere in `d` dimensions. */
export const points = (seed: number, n: number, d: number) => vectors(seed, n, d).map(unit);

/** A point and another `theta` radians from it. */
export function pairApart(seed: number, d: number, theta: number): [number[], number[]] {
  const [start, other] = points(seed, 2, d) as [number[], number[]];
  const side = unit(combine(1, other, -dot(start, other), start));
  return [start, combine(Math.cos(theta), start, Math.sin(theta), side)];
}

/** `rows` turned by a random rotation or reflection of the whole space (Householder reflections, one after another). */
export function rotate(seed: number, rows: readonly (readonly number[])[]): number[][] {
  const mirrors = points(seed, 3, rows[0]!.length);
  return rows.map(
    (row) => mirrors.reduce((v: readonly number[], m) => combine(1, v, -2 * dot(v, m), m), row) as number[],
  );
}

/** A seed, a number of rows and a number of dimensions. */
export const sizes = fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 24 }));

/** Runs a property inside a tidy on 30 random cases. */
export function law<T>(cases: fc.Arbitrary<T>, property: (value: T) => void): void {
  fc.assert(
    fc.property(cases, (value) => void tf.tidy(() => property(value))),
    { numRuns: 30 },
  );
}

/** Expects all values of a tensor within `tolerance` of others. */
export function expectClose(actual: tf.Tensor, expected: tf.Tensor | tf.TensorLike, tolerance: number): void {
  tf.tidy(() => {
    const wanted = expected instanceof tf.Tensor ? expected : tf.tensor(expected as number[]);
    expect(actual.size, 'number of values').toBe(wanted.size);
    const found = actual.dataSync();
    const values = wanted.dataSync();
    let worst = 0;
    for (let i = 0; i < found.length; i++) {
      const off = Math.abs(found[i]! - values[i]!);
      if (!(off <= worst)) worst = off;
    }
    expect(worst, `[${found.slice(0, 8)}] against [${values.slice(0, 8)}]`).toBeLessThanOrEqual(tolerance);
  });
}

/** Expects every row to have length 1. */
export function expectOnSphere(rows: tf.Tensor2D): void {
  expectClose(rows.norm('euclidean', 1), new Array(rows.shape[0]).fill(1), 1e-6);
}

/** Expects the gradient of a scalar function to match central differences along random directions. */
export function expectGradient(
  f: (x: tf.Tensor2D) => tf.Tensor,
  at: number[][],
  tolerance = 2e-3,
  step = 5e-3,
): void {
  tf.tidy(() => {
    const x = tf.tensor2d(at);
    const gradient = tf.grad((z: tf.Tensor) => f(z as tf.Tensor2D).sum())(x);
    for (const seed of [1, 2, 3]) {
      const direction = tf.tensor2d(vectors(seed, at.length, at[0]!.length));
      const ahead = f(x.add(direction.mul(step)) as tf.Tensor2D).sum();
      const behind = f(x.sub(direction.mul(step)) as tf.Tensor2D).sum();
      const slope = ahead
        .sub(behind)
        .div(2 * step)
        .dataSync()[0]!;
      expectClose(gradient.mul(direction).sum(), slope, tolerance * (1 + Math.abs(slope)));
    }
  });
}
