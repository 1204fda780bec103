import { type Learner, singlePart } from '../learner.js';
import { squaredError } from '../losses/reconstruction.js';

/**
 * Plain autoencoder: the squared error of an image, ‖x − g(f(x))‖², mean over the batch (Hinton and Salakhutdinov,
 * "Reducing the dimensionality of data with neural networks", Science 2006). It has no options.
 */
export function ae(): Learner {
  return {
    name: 'ae',
    latentSpace: 'euclidean',
    variational: false,
    supervised: false,
    options: {},
    prepare: (autoencoder) =>
      singlePart(autoencoder, ({ images }) => {
        const reconstruction = squaredError(images, autoencoder.decode(autoencoder.encode(images)));
        return { loss: reconstruction, reconstruction };
      }),
  };
}
