import * as tf from '@tensorflow/tfjs';

/** A small convolutional net for 28×28 grey images of ten classes. */
export function smallCnn(seed) {
  const relu = () => ({ activation: 'relu', kernelInitializer: tf.initializers.heUniform({ seed }) });
  const net = tf.sequential();
  net.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 5, strides: 2, ...relu() }));
  net.add(tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, ...relu() }));
  net.add(tf.layers.flatten());
  net.add(tf.layers.dense({ units: 64, ...relu() }));
  net.add(tf.layers.dense({ units: 10, ...relu(), activation: 'softmax' }));
  net.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return net;
}
