import * as tf from '@tensorflow/tfjs-core';

/**
 * Loads all of TensorFlow.js: gradients, chained operations, models of layers and graphs, and the cpu and webgl backends. Modules
 * import its core alone, so that importing the library stays quick.
 */
export async function loadTfjs(): Promise<typeof import('@tensorflow/tfjs')> {
  // That of `tfjs-wasm-training`, if wasm is chosen, would be lost.
  const ofRelu = tf.getGradient(tf.Relu);
  const tfjs = await import('@tensorflow/tfjs');
  if (ofRelu !== undefined) tf.registerGradient(ofRelu);
  return tfjs;
}

/** Loads all of TensorFlow.js, unless there are gradients and a backend. */
export async function completeTfjs(): Promise<void> {
  const hasGradients = tf.getGradient(tf.BatchMatMul) !== undefined;
  if (!hasGradients || tf.engine().backendNames().length === 0) await loadTfjs();
}
