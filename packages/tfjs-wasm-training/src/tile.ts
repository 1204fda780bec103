import type { KernelConfig, TileAttrs } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { broadcast } from './broadcast.js';
import { composed, fallBack, wasmKernel } from './kernel.js';

/** tile where only axes of length one repeat, which is what broadcastTo asks for. */
export function tile(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x', TileAttrs>(tf.Tile, (args) => {
    const { inputs, attrs, backend } = args;
    const { x } = inputs;
    const repeatsOnes = attrs.reps.every((count, axis) => count === 1 || x.shape[axis] === 1);
    if (x.dtype !== 'float32' || !repeatsOnes) return fallBack(stock, args);
    return composed(backend, (run, own) => {
      const shape = x.shape.map((size, axis) => size * attrs.reps[axis]!);
      const out = broadcast(backend, x, shape, run, own);
      return out === x ? run(tf.Identity, { x }) : out;
    });
  });
}
