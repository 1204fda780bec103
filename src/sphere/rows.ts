import type * as tf from '@tensorflow/tfjs-core';
import { firstNonFinite, refuse } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { isFloats, isPromise, tensorShape } from '../core/shown.js';

/** Throws a `UsageError` unless a value is a tensor of numbers, of a rank if one is given, that was not disposed. */
export function checkTensor(
  name: string,
  value: unknown,
  of: string,
  rank?: number,
): asserts value is tf.Tensor {
  const shape = tensorShape(value);
  if (shape === undefined || (rank !== undefined && shape.length !== rank)) {
    const hint = isPromise(value) ? 'Await it.' : 'Make one by tf.tensor.';
    refuse(name, value, rank === undefined ? 'a tensor' : `a tensor of rank ${rank}`, of, hint);
  }
  const { isDisposed, dtype } = value as tf.Tensor;
  if (isDisposed) throw new UsageError(`${of}: ${name} is a tensor that was disposed`);
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return;
  throw new UsageError(`${of}: ${name} is a tensor of ${dtype}, but must hold numbers`);
}

/** Throws a `UsageError` unless the values of a tensor are finite. */
export function checkFinite(name: string, tensor: tf.Tensor, of: string): void {
  const values = tensor.dataSync() as Float32Array;
  const bad = firstNonFinite(values);
  if (bad < 0) return;
  throw new UsageError(`${of}: ${name} holds ${values[bad]} at value ${bad}`, {
    hint: 'Check the encoder or the loss that made it.',
  });
}

/**
 * Throws a `UsageError` unless tensors are rows `[n, d]` of finite numbers: d is the same for all, and so is n, but that a single
 * row goes with any number of rows.
 *
 * @param counts `any count` lets numbers of rows differ
 */
export function checkRows(
  of: string,
  tensors: Readonly<Record<string, tf.Tensor>>,
  counts?: 'any count',
): void {
  const rows = Object.entries(tensors);
  for (const [name, tensor] of rows) {
    checkTensor(name, tensor, of, 2);
    checkFinite(name, tensor, of);
  }
  const count = Math.max(...rows.map(([, tensor]) => tensor.shape[0]!));
  const [[first, { shape }]] = rows as [[string, tf.Tensor]];
  const odd = rows.find(
    ([
      ,
      {
        shape: [n, d],
      },
    ]) => d !== shape[1] || (counts === undefined && n !== count && n !== 1),
  );
  const [name, other] = odd ?? [];
  if (other === undefined) return;
  throw new UsageError(
    `${of}: ${name} is [${other.shape.join(', ')}], which does not go with ${first}, [${shape.join(', ')}]`,
    { hint: 'Give rows of one length, and as many on one side as on the other.' },
  );
}

/** Throws a `UsageError` unless points are arrays of finite numbers of one length. */
export function checkPoints(of: string, points: Readonly<Record<string, Float32Array>>): void {
  let length: number | undefined;
  for (const [name, point] of Object.entries(points)) {
    if (!isFloats(point)) refuse(name, point, 'a Float32Array', of);
    length ??= point.length;
    if (point.length === 0 || point.length !== length) {
      throw new UsageError(
        `${of}: ${name} has ${point.length} values, but ${length || 'at least 1'} are expected`,
      );
    }
    const bad = firstNonFinite(point);
    if (bad >= 0) throw new UsageError(`${of}: ${name} holds ${point[bad]} at value ${bad}`);
  }
}

/** Throws a `UsageError` unless values are tensors of one shape, of at least one number. */
export function checkSameShape(of: string, tensors: Readonly<Record<string, tf.Tensor>>): void {
  let first: { readonly name: string; readonly shape: string } | undefined;
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor(name, tensor, of);
    const shape = `[${tensor.shape.join(', ')}]`;
    if (tensor.size === 0) throw new UsageError(`${of}: ${name} is ${shape}, without values`);
    first ??= { name, shape };
    if (shape === first.shape) continue;
    throw new UsageError(`${of}: ${name} is ${shape}, but ${first.name} is ${first.shape}`, {
      hint: 'Give tensors of one shape.',
    });
  }
}
