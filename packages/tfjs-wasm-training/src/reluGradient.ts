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
