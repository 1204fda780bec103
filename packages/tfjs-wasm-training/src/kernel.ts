import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type {
  KernelConfig,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Arguments that the engine passes to a kernel. */
export interface KernelArgs<Inputs extends string, Attrs> {
  inputs: Record<Inputs, TensorInfo>;
  attrs: Attrs;
  backend: BackendWasm;
}

/** Returns a kernel as the engine registers it, from a function whose inputs and attributes are typed. */
export function wasmKernel<Inputs extends string, Attrs>(
  kernelName: string,
  kernelFunc: (args: KernelArgs<Inputs, Attrs>) => TensorInfo,
): KernelConfig {
  return { kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as KernelFunc };
}

/** Passes a kernel's arguments to the stock kernel that it replaced. */
export function fallBack<Inputs extends string, Attrs>(
  stock: KernelConfig,
  args: KernelArgs<Inputs, Attrs>,
): TensorInfo {
  return stock.kernelFunc(args as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
}

/** Runs a kernel; `composed` frees its output. */
export type RunKernel = (kernel: string, inputs: NamedTensorInfoMap, attrs?: NamedAttrMap) => TensorInfo;

/** Has `composed` free a tensor that the caller made. */
export type OwnTensor = (tensor: TensorInfo) => TensorInfo;

/**
 * Runs `body`, which calls other kernels, and frees every intermediate tensor except the one returned. The engine's
 * tidy does not see what a kernel makes for itself.
 */
export function composed(
  backend: BackendWasm,
  body: (run: RunKernel, own: OwnTensor) => TensorInfo,
): TensorInfo {
  const made: TensorInfo[] = [];
  const release = (kept?: TensorInfo) => {
    // A no-op transpose returns its input's data with one more reference: keep exactly one of them.
    const spared = made.find((tensor) => tensor.dataId === kept?.dataId);
    for (const tensor of made) if (tensor !== spared) backend.disposeData(tensor.dataId);
  };
  const own: OwnTensor = (tensor) => {
    made.push(tensor);
    return tensor;
  };
  const run: RunKernel = (kernel, inputs, attrs = {}) =>
    own(tf.getKernel(kernel, 'wasm').kernelFunc({ inputs, attrs, backend }) as TensorInfo);
  try {
    const result = body(run, own);
    release(result);
    return result;
  } catch (error) {
    release();
    throw error;
  }
}

/** Returns the same data under another shape, without a reference of its own. */
export function viewAs(tensor: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape };
}

/** Returns the address of each tensor's values, in bytes. It stays the same until the tensor is disposed. */
export function addressesOf<Tensors extends TensorInfo[]>(
  backend: BackendWasm,
  ...tensors: Tensors
): { [Index in keyof Tensors]: number } {
  return tensors.map(({ dataId }) => backend.getMemoryOffset(dataId)) as { [Index in keyof Tensors]: number };
}

/** Returns a float tensor's values in place. An allocation may move the heap, so take this view after the last one. */
export function valuesOf(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}
