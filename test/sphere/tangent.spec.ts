import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { it } from 'vitest';
import { angle } from '../../src/sphere/angle.js';
import { expMap } from '../../src/sphere/exp.js';
import { logMap } from '../../src/sphere/log.js';
import { normalize } from '../../src/sphere/normalize.js';
import { transport } from '../../src/sphere/transport.js';
import { expectNoLeak } from '../tensors.js';
import {
  combine,
  dot,
  expectClose,
  expectGradient,
  expectOnSphere,
  law,
  onBackends,
  pairApart,
  points,
  sizes,
  unit,
  vectors,
} from './points.js';

const pairs = fc.record({
  seed: fc.nat(1e6),
  d: fc.integer({ min: 2, max: 24 }),
  theta: fc.oneof(
    fc.constantFrom(0, 1e-6, 1e-3, Math.PI - 1e-2, Math.PI),
    fc.double({ min: 0, max: Math.PI, noNaN: true }),
  ),
});

function tensors({ seed, d, theta }: { seed: number; d: number; theta: number }): [tf.Tensor2D, tf.Tensor2D] {
  const [start, end] = pairApart(seed, d, theta);
  return [tf.tensor2d([start]), tf.tensor2d([end])];
}

/** Random tangents at `base`. */
function tangentsAt(base: tf.Tensor2D, seed: number): tf.Tensor2D {
  return tangential(base, tf.tensor2d(vectors(seed, base.shape[0], base.shape[1])));
}

/** The part of vectors that is tangent at `base`. */
const tangential = (base: tf.Tensor2D, free: tf.Tensor2D): tf.Tensor2D =>
  free.sub(base.mul(base.mul(free).sum(1, true))) as tf.Tensor2D;

const inner = (u: tf.Tensor, v: tf.Tensor) => u.mul(v).sum(1);
const zeros = (n: number) => new Array(n).fill(0);

onBackends('logMap and expMap', () => {
  it('exp undoes log', () => {
    law(pairs, (one) => {
      const [base, point] = tensors(one);
      expectClose(expMap(base, logMap(base, point)), point, 1e-5);
    });
  });

  it('log undoes exp for walks shorter than π', () => {
    law(fc.tuple(sizes, fc.double({ min: 1e-5, max: 3, noNaN: true })), ([[seed, n, d], length]) => {
      const base = tf.tensor2d(points(seed, n, d));
      // What is left of a vector along the base is rounded, so its direction is made tangent once more.
      const directions = tangential(base, normalize(tangentsAt(base, seed + 1)) as tf.Tensor2D);
      const tangents = normalize(directions).mul(length) as tf.Tensor2D;
      expectClose(logMap(base, expMap(base, tangents)), tangents, 2e-5);
    });
  });

  it('log is a tangent as long as the angle', () => {
    law(pairs, (one) => {
      const [base, point] = tensors(one);
      const log = logMap(base, point);
      expectClose(inner(log, base), [0], 2e-6);
      expectClose(log.norm('euclidean', 1), angle(base, point), 2e-6);
    });
  });

  it('exp stays on the sphere, whatever the length', () => {
    law(sizes, ([seed, n, d]) => {
      const base = tf.tensor2d(points(seed, n, d));
      for (const scale of [0, 1e-8, 1, 20]) {
        expectOnSphere(expMap(base, tangentsAt(base, seed + 1).mul(scale)));
      }
    });
  });

  it('log keeps its digits between near points', () => {
    law(fc.tuple(fc.nat(1e6), fc.constantFrom(1e-3, 1e-4)), ([seed, theta]) => {
      const [start, end] = pairApart(seed, 8, theta).map((row) => row.map(Math.fround)) as [
        number[],
        number[],
      ];
      const chord = combine(1, end, -1, start);
      const exact = combine(1, chord, -dot(chord, start) / dot(start, start), start);
      const direction = normalize(logMap(tf.tensor2d([start]), tf.tensor2d([end])));
      expectClose(direction, [unit(exact)], 1e-5);
      expectClose(inner(direction, tf.tensor2d([start])), [0], 1e-5);
    });
  });

  it('exp stays on the sphere for vectors that are not quite tangent', () => {
    law(sizes, ([seed, n, d]) => {
      const base = tf.tensor2d(points(seed, n, d));
      expectOnSphere(expMap(base, tangentsAt(base, seed + 1).add(base.mul(0.05)) as tf.Tensor2D));
    });
  });

  it('has the gradient of finite differences', () => {
    const base = points(3, 3, 4);
    expectGradient((x) => logMap(normalize(x), tf.tensor2d(points(4, 3, 4))).mul([[1, 2, -1, 3]]), base);
    expectGradient((x) => expMap(tf.tensor2d(base), x).mul([[1, 2, -1, 3]]), vectors(5, 3, 4));
  });
});

onBackends('transport', () => {
  it('keeps inner products, and ends tangent', () => {
    law(pairs, (one) => {
      const [from, to] = tensors(one);
      const v = tangentsAt(from, one.seed + 1);
      const w = tangentsAt(from, one.seed + 2);
      const carried = transport(v, from, to);
      expectClose(inner(carried, to), [0], 3e-4);
      expectClose(inner(carried, carried), inner(v, v), 5e-5);
      expectClose(inner(carried, transport(w, from, to)), inner(v, w), 5e-5);
    });
  });

  it('is undone on the way back', () => {
    law(pairs, (one) => {
      const [from, to] = tensors(one);
      const v = tangentsAt(from, one.seed + 1);
      expectClose(transport(transport(v, from, to), to, from), v, 5e-4);
    });
  });

  it('leaves what is perpendicular to the circle alone, and turns the direction of travel', () => {
    law(fc.tuple(fc.nat(1e6), fc.double({ min: 0.01, max: 3, noNaN: true })), ([seed, theta]) => {
      const [from, to] = tensors({ seed, d: 7, theta });
      const travel = logMap(from, to);
      expectClose(transport(travel, from, to), logMap(to, from).neg(), 2e-5);
      const direction = normalize(travel);
      const free = tangentsAt(from, seed + 1);
      const across = free.sub(direction.mul(free.mul(direction).sum(1, true))) as tf.Tensor2D;
      expectClose(transport(across, from, to), across, 2e-5);
    });
  });

  it('changes nothing without a way to go', () => {
    law(sizes, ([seed, n, d]) => {
      const base = tf.tensor2d(points(seed, n, d));
      const v = tangentsAt(base, seed + 1);
      expectClose(transport(v, base, base), v, 1e-6);
      expectClose(transport(v.mul(0), base, base.neg()), zeros(n * d), 0);
    });
  });

  it('has the gradient of finite differences', () => {
    const from = tf.tensor2d(points(3, 3, 4));
    const to = tf.tensor2d(points(4, 3, 4));
    expectGradient((x) => transport(x, from, to).mul([[1, 2, -1, 3]]), vectors(5, 3, 4));
    expectGradient(
      (x) => transport(from.reverse(0) as tf.Tensor2D, normalize(x), to).mul([[1, 2, -1, 3]]),
      points(3, 3, 4),
    );
    tf.dispose([from, to]);
  });

  it('leaves no tensor behind', async () => {
    const rows = tf.tensor2d(points(1, 4, 3));
    await expectNoLeak(() =>
      tf.dispose([transport(rows, rows, rows), logMap(rows, rows), expMap(rows, rows)]),
    );
    rows.dispose();
  });
});
