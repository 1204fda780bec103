import type {
  KernelConfig,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** Runs one kernel and leaves its output to the scratch space that it belongs to. */
export type RunKernel = (kernel: string, inputs: NamedTensorInfoMap, attrs?: NamedAttrMap) => TensorInfo;

/** Leaves a tensor that the caller made to the scratch space. */
export type OwnTensor = (tensor: TensorInfo) => TensorInfo;

/** What the engine passes to a kernel. */
export interface KernelArgs<Inputs extends string, Attrs> {
  inputs: Record<Inputs, TensorInfo>;
  attrs: Attrs;
  backend: BackendWasm;
}

/** A kernel as the engine registers it, from a function whose inputs and attributes are typed. */
export function wasmKernel<Inputs extends string, Attrs>(
  kernelName: string,
  kernelFunc: (args: KernelArgs<Inputs, Attrs>) => TensorInfo,
): KernelConfig {
  return { kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as KernelFunc };
}

/** Hands a kernel's arguments on to the kernel that it replaced. */
export function fallBack<Inputs extends string, Attrs>(
  stock: KernelConfig,
  args: KernelArgs<Inputs, Attrs>,
): TensorInfo {
  return stock.kernelFunc(args as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
}

/**
 * Runs `body`, which composes other kernels, and frees every intermediate result except the one returned.
 * The engine's tidy does not see below a kernel, so a kernel built from kernels has to free its own.
 */
export function composed(
  backend: BackendWasm,
  body: (run: RunKernel, own: OwnTensor) => TensorInfo,
): TensorInfo {
  const made: TensorInfo[] = [];
  const release = (kept?: TensorInfo) => {
    // A no-op transpose hands out its input's data with one more reference: keep exactly one of them.
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

/** The same data under another shape. Holds no reference of its own. */
export function viewAs(tensor: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape };
}
