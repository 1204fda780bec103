import type { TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { OwnTensor, RunKernel } from './kernel.js';
import { valuesOf } from './simd.js';

/**
 * A float tensor repeated to a larger shape: zeros of the axes that it lacks are added to it, because the backend's
 * addition broadcasts fast.
 */
export function broadcast(
  backend: BackendWasm,
  x: TensorInfo,
  shape: number[],
  run: RunKernel,
  own: OwnTensor,
): TensorInfo {
  const aligned = [...Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  if (aligned.every((size, axis) => size === shape[axis])) return x;
  const zeros = own(
    backend.makeOutput(
      shape.map((size, axis) => (aligned[axis] === 1 ? size : 1)),
      'float32',
    ),
  );
  valuesOf(backend, zeros).fill(0);
  return run(tf.Add, { a: x, b: zeros });
}
