import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../src/core/random.js';
import type { Architecture } from '../../src/models/architecture.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { angularTripletNeighbor } from '../../src/training/losses/angularTripletNeighbor.js';
import { binaryCrossEntropy } from '../../src/training/losses/reconstruction.js';

const architecture: Architecture = {
  kind: 'convolutional',
  imageShape: [9, 9, 1],
  latentSize: 4,
  latentSpace: 'sphere',
  filters: [4, 6],
  kernelSize: 3,
};

export interface StepResult {
  readonly loss: number;
  readonly codes: Float32Array;
  readonly images: Float32Array;
  readonly gradients: Record<string, Float32Array>;
}

/** Forward and backward through a small convolutional autoencoder on whichever backend is in use. Leaks nothing. */
export async function smallAutoencoderStep(): Promise<StepResult> {
  const autoencoder = convolutionalAutoencoder(architecture, 3);
  const random = randomStream(5, 'pixels');
  const images = tf.tensor4d(
    Float32Array.from({ length: 6 * 81 }, () => random.uniform()),
    [6, 9, 9, 1],
  );
  const labels = tf.tensor1d([0, 0, 1, 1, 2, 2]);
  const variables = [...autoencoder.weights.values()];
  const { value, grads } = tf.variableGrads(() => {
    const codes = autoencoder.encode(images);
    const reconstruction = binaryCrossEntropy(images, autoencoder.decode(codes));
    return tf.add(reconstruction, angularTripletNeighbor(codes, labels)) as tf.Scalar;
  }, variables);
  const codes = autoencoder.encode(images);
  const decoded = autoencoder.decode(codes);
  const gradients: Record<string, Float32Array> = {};
  for (const [name, variable] of autoencoder.weights) {
    gradients[name] = await grads[variable.name]!.data<'float32'>();
  }
  const result = {
    loss: (await value.data())[0]!,
    codes: await codes.data<'float32'>(),
    images: await decoded.data<'float32'>(),
    gradients,
  };
  tf.dispose([images, labels, value, grads, codes, decoded]);
  autoencoder.dispose();
  return result;
}
