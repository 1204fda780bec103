import type { CastAttrs, KernelConfig, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fallBack, wasmKernel } from './kernel.js';

/** The engine clones tensors often, and never writes into one: sharing the data is safe where stock copies it. */
export const identity = wasmKernel<'x', object>(tf.Identity, ({ inputs, backend }) =>
  shared(backend, inputs.x),
);

/** A cast to the type that the tensor has already is a clone too; every gradient of relu holds one. */
export function cast(stock: KernelConfig): KernelConfig {
  return wasmKernel<'x', CastAttrs>(tf.Cast, (args) =>
    args.inputs.x.dtype === args.attrs.dtype ? shared(args.backend, args.inputs.x) : fallBack(stock, args),
  );
}

function shared(backend: BackendWasm, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}
