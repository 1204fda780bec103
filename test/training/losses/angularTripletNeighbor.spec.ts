import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import { normalize } from '../../../src/sphere/normalize.js';
import {
  type AngularTripletNeighborOptions,
  angularTripletNeighbor,
} from '../../../src/training/losses/angularTripletNeighbor.js';
import { circular, nominal, ordinal } from '../../../src/training/losses/semantics.js';
import { meanOfSelected } from '../../../src/training/losses/triplets.js';
import { expectClose, expectGradient, law, onBackends, points, rotate } from '../../sphere/points.js';
import { expectNoLeak } from '../../tensors.js';
import { angleOf, cubeLoss } from './cube.js';

const semantics = { nominal, ordinal: ordinal(9), circular: circular(10) };
const batches = fc.record({
  seed: fc.nat(1e6),
  n: fc.integer({ min: 1, max: 20 }),
  d: fc.integer({ min: 2, max: 12 }),
  classes: fc.integer({ min: 1, max: 10 }),
  kind: fc.constantFrom<keyof typeof semantics>('nominal', 'ordinal', 'circular'),
  margin: fc.double({ min: 0.01, max: 3, noNaN: true }),
  negative: fc.constantFrom<'anchor' | 'positive'>('anchor', 'positive'),
  neighborhood: fc.constantFrom(0.25, 0.5, Number.POSITIVE_INFINITY),
  over: fc.constantFrom<'active' | 'selected'>('active', 'selected'),
});
type Batch = typeof batches extends fc.Arbitrary<infer T> ? T : never;

function draw({ seed, n, d, classes }: Batch): [number[][], number[]] {
  const random = randomStream('labels', seed);
  return [points(seed, n, d), Array.from({ length: n }, () => random.integer(classes))];
}

function optionsOf({ kind, margin, negative, neighborhood, over }: Batch): AngularTripletNeighborOptions {
  const shared = { margin, negative, neighborhood, semantics: semantics[kind] };
  return over === 'selected' ? { ...shared, reduction: meanOfSelected } : shared;
}

const lossOf = (codes: number[][], labels: number[], options: AngularTripletNeighborOptions = {}) =>
  angularTripletNeighbor(tf.tensor2d(codes), tf.tensor1d(labels, 'int32'), options);

function gradientOf(
  codes: number[][],
  labels: number[],
  options: AngularTripletNeighborOptions = {},
): tf.Tensor {
  const classes = tf.tensor1d(labels);
  return tf.grad((z: tf.Tensor) => angularTripletNeighbor(z as tf.Tensor2D, classes, options))(
    tf.tensor2d(codes),
  );
}

onBackends('angularTripletNeighbor', () => {
  it('is the mean over the triplets, as the definition reads', () => {
    law(batches, (batch) => {
      const [codes, labels] = draw(batch);
      const expected = cubeLoss(codes, labels, {
        ...batch,
        distance: angleOf,
        semantics: semantics[batch.kind],
      });
      expectClose(lossOf(codes, labels, optionsOf(batch)), expected, 2e-5);
      expect(expected).toBeGreaterThanOrEqual(0);
    });
  });

  it('takes a margin of 0.5 radians, nominal labels and the distance of the anchor by default', () => {
    tf.tidy(() => {
      const codes = points(5, 9, 4);
      const labels = [0, 1, 2, 0, 1, 2, 0, 1, 2];
      expectClose(
        lossOf(codes, labels),
        cubeLoss(codes, labels, { distance: angleOf, semantics: nominal, margin: 0.5 }),
        1e-6,
      );
    });
  });

  it('is worked out by hand for three codes', () => {
    tf.tidy(() => {
      const at = (theta: number) => [Math.cos(theta), Math.sin(theta)];
      // Anchor 0: 0.4 − 0.6 + 0.5 = 0.3. Anchor 1: 0.4 − 0.2 + 0.5 = 0.7. Code 2 has no positive.
      expectClose(lossOf([at(0), at(0.4), at(0.6)], [7, 7, 1]), 0.5, 1e-6);
      // With the positive's distance to the negative: 0.4 − 0.2 + 0.5 = 0.7 and 0.4 − 0.6 + 0.5 = 0.3.
      expectClose(
        lossOf([at(0), at(0.4), at(0.6)], [7, 7, 1], { margin: 0.1, negative: 'positive' }),
        0.3,
        1e-6,
      );
    });
  });

  it('is 0, with gradient 0, when angles are ordered by more than the margin', () => {
    law(
      fc.record({
        seed: fc.nat(1e6),
        negative: fc.constantFrom<'anchor' | 'positive'>('anchor', 'positive'),
      }),
      (one) => {
        const centers = [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ];
        const labels = [0, 0, 1, 1, 2, 2];
        const codes = points(one.seed, 6, 3).map((noise, i) => {
          const near = centers[labels[i]!]!.map((x, axis) => x + 0.05 * noise[axis]!);
          return near.map((x) => x / Math.hypot(...near));
        });
        const options = { margin: 0.5, negative: one.negative };
        expectClose(lossOf(codes, labels, options), 0, 0);
        expectClose(gradientOf(codes, labels, options), new Array(18).fill(0), 0);
      },
    );
  });

  it('orders an arc by value: 0 for codes along the numerical order, more when two change places', () => {
    tf.tidy(() => {
      const arc = Array.from({ length: 10 }, (_, i) => [Math.cos(0.3 * i), Math.sin(0.3 * i)]);
      const digits = Array.from({ length: 10 }, (_, i) => i);
      const options = { margin: 2.6, semantics: ordinal(9) };
      expectClose(lossOf(arc, digits, options), 0, 0);
      const swapped = [...digits];
      [swapped[2], swapped[7]] = [7, 2];
      expect(lossOf(arc, swapped, options).dataSync()[0]).toBeGreaterThan(0.1);
    });
  });

  it('does not change when codes turn together, or change their order', () => {
    law(batches, (batch) => {
      const [codes, labels] = draw(batch);
      const loss = lossOf(codes, labels, optionsOf(batch));
      expectClose(lossOf(rotate(batch.seed, codes), labels, optionsOf(batch)), loss, 2e-5);
      const order = [...randomStream('order', batch.seed).permutation(batch.n)];
      const shuffled = lossOf(
        order.map((i) => codes[i]!),
        order.map((i) => labels[i]!),
        optionsOf(batch),
      );
      expectClose(shuffled, loss, 2e-5);
    });
  });

  it('is 0, with gradient 0, for one class, for one code, and for as many classes as codes', () => {
    tf.tidy(() => {
      const codes = points(3, 4, 3);
      for (const [rows, labels] of [
        [codes, [2, 2, 2, 2]],
        [codes, [0, 1, 2, 3]],
        [codes.slice(0, 1), [5]],
      ] as const) {
        expectClose(lossOf(rows, [...labels]), 0, 0);
        expectClose(gradientOf(rows, [...labels]), new Array(rows.length * 3).fill(0), 0);
      }
    });
  });

  it('makes no triplet of semantic distances that differ by rounding', () => {
    tf.tidy(() => {
      // 0.3 and 9.7 are equally far from 0 on a circle of 10, but not in float32.
      const codes = points(2, 4, 4);
      const places = [0, 0.3, 9.7, 5];
      const circle = circular(10);
      const rounded = (a: number, b: number) => Math.round(circle(a, b) * 1e4) / 1e4;
      expectClose(
        angularTripletNeighbor(tf.tensor2d(codes), tf.tensor1d(places), {
          semantics: circle,
          reduction: meanOfSelected,
        }),
        cubeLoss(codes, places, { distance: angleOf, semantics: rounded, margin: 0.5, over: 'selected' }),
        1e-6,
      );
    });
  });

  it('has the gradient of finite differences', () => {
    const labels = tf.tensor1d([0, 0, 1, 1, 2, 5]);
    for (const negative of ['anchor', 'positive'] as const) {
      for (const options of [
        { negative, margin: 2, reduction: meanOfSelected },
        { negative, margin: 3, semantics: ordinal(5), reduction: meanOfSelected },
      ]) {
        expectGradient((z) => angularTripletNeighbor(normalize(z), labels, options), points(21, 6, 4));
      }
    }
    labels.dispose();
  });

  it('has a finite gradient for equal and opposite codes', () => {
    tf.tidy(() => {
      const codes = [
        [1, 0],
        [1, 0],
        [-1, 0],
        [1, 0],
      ];
      expect(gradientOf(codes, [0, 0, 0, 1]).dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  it('shows codes that are not numbers instead of passing for ordered', () => {
    tf.tidy(() => {
      const loss = lossOf(
        [
          [Number.NaN, 0],
          [1, 0],
          [0, 1],
        ],
        [0, 0, 1],
      );
      expect(loss.dataSync()[0]).toBeNaN();
    });
  });

  it('refuses labels that do not fit', () => {
    expect(() => tf.tidy(() => lossOf(points(1, 3, 2), [0, 1]))).toThrow(UsageError);
  });

  it('leaves no tensor behind, forward or backward', async () => {
    const codes = tf.tensor2d(points(1, 8, 3));
    const labels = tf.tensor1d([0, 1, 0, 1, 0, 1, 0, 1]);
    await expectNoLeak(() => angularTripletNeighbor(codes, labels).dispose());
    const gradient = tf.grad((z: tf.Tensor) => angularTripletNeighbor(z as tf.Tensor2D, labels));
    await expectNoLeak(() => gradient(codes).dispose());
    tf.dispose([codes, labels]);
  });
});
