import * as tf from '@tensorflow/tfjs-core';

/**
 * Has the gradient of ReLU take one kernel, `ReluGrad`, on backends that have it, where TensorFlow.js takes three. Other
 * backends keep theirs.
 */
export function useReluGrad(): void {
  if (tf.getGradient(tf.Relu)) tf.unregisterGradient(tf.Relu);
  tf.registerGradient({
    kernelName: tf.Relu,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => {
        const inputs = { dy: dy as tf.Tensor, y: y! };
        if (tf.getKernel('ReluGrad', tf.getBackend()))
          return tf.engine().runKernel('ReluGrad', inputs) as tf.Tensor;
        return tf.mul(inputs.dy, tf.cast(tf.step(y!), 'float32'));
      },
    }),
  });
}

/** Gradients of `Conv2DBiasRelu` and `Conv2DTransposeBiasRelu`. */
export function registerBiasReluGradients(): void {
  register('Conv2DBiasRelu', (inner, [x, filter], attrs) => ({
    x: () => run(tf.Conv2DBackpropInput, { dy: inner, filter }, { ...attrs, inputShape: x.shape }),
    filter: () => run(tf.Conv2DBackpropFilter, { x, dy: inner }, { ...attrs, filterShape: filter.shape }),
  }));
  register('Conv2DTransposeBiasRelu', (inner, [x, filter], attrs) => ({
    x: () => run(tf.Conv2D, { x: inner, filter }, attrs),
    filter: () => run(tf.Conv2DBackpropFilter, { x: inner, dy: x }, { ...attrs, filterShape: filter.shape }),
  }));
}

type Gradients = Record<'x' | 'filter', () => tf.Tensor>;

/** Registers the gradient of a kernel that ends with a bias and ReLU, from what they pass back and what the kernel took. */
function register(
  kernelName: string,
  gradients: (inner: tf.Tensor, inputs: [x: tf.Tensor, filter: tf.Tensor], attrs: object) => Gradients,
): void {
  if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc: (dy, [x, filter, y], attrs) => {
      const passed = tf.engine().runKernel('BiasReluGrad', { dy: dy as tf.Tensor, y: y! });
      const [inner, ofBias] = passed as unknown as [tf.Tensor, tf.Tensor];
      return { ...gradients(inner, [x!, filter!], attrs), bias: () => ofBias };
    },
  });
}

const run = (name: string, inputs: tf.NamedTensorMap, attrs: object) =>
  tf.engine().runKernel(name, inputs, { ...attrs }) as tf.Tensor;
