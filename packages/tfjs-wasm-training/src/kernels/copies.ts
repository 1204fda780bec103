import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type {
  CastAttrs,
  DepthToSpaceAttrs,
  KernelConfig,
  TensorInfo,
  TileAttrs,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { composed, fallBack, viewAs, wasmKernel } from '../kernel.js';
import { broadcast } from './elementwise.js';
import type { Shape4D } from './geometry.js';

/** Clones share their data, which the stock kernel copies. The engine clones often and never writes into a tensor. */
export const identity = wasmKernel<'x', object>(tf.Identity, ({ inputs, backend }) =>
  share(backend, inputs.x),
);

/** A cast to the type that the tensor has already is a clone too; every gradient of relu holds one. */
export function cast(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x', CastAttrs>(tf.Cast, (args) =>
    args.inputs.x.dtype === args.attrs.dtype ? share(args.backend, args.inputs.x) : fallBack(stock, args),
  );
}

function share(backend: BackendWasm, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** tile where only axes of length 1 repeat, as in broadcastTo. */
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

/** depthToSpace as one transpose of four axes, for which the backend has a fast path. */
export function depthToSpace(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x', DepthToSpaceAttrs>(tf.DepthToSpace, (args) => {
    const { inputs, attrs, backend } = args;
    if (attrs.dataFormat !== 'NHWC') return fallBack(stock, args);
    const [images, height, width, depth] = inputs.x.shape as Shape4D;
    const block = attrs.blockSize;
    const channels = depth / block ** 2;
    return composed(backend, (run) => {
      const x = viewAs(inputs.x, [images * height, width, block, block * channels]);
      const transposed = run(tf.Transpose, { x }, { perm: [0, 2, 1, 3] });
      return viewAs(transposed, [images, height * block, width * block, channels]);
    });
  });
}
