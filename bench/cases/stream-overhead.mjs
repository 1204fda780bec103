import { milliseconds, noise } from '../timing.mjs';

/** Images decoded at a time, and how many times in a round. */
export const [batchSize, batches] = [128, 16];

export const microsecondsPerImage = async (body) =>
  ((await milliseconds(body)) * 1000) / (batchSize * batches);

export default {
  title: `hallucinated 28×28 images read one by one from a stream, decoded in batches of ${batchSize}`,
  unit: 'µs/image',
  better: 'lower',
  peers: { 'bare loop': 'bareLoop.mjs' },
  async setup(load) {
    const { fromPull, hallucinate, loadModel, toAsyncIterable } = await load();
    const model = await loadModel('mnist-plain');
    const size = 28 * 28;
    const pixels = noise(10 * size);
    const support = Array.from({ length: 10 }, (_, i) => ({
      pixels: pixels.subarray(i * size, (i + 1) * size),
      shape: [28, 28, 1],
      label: i % 2,
    }));
    const endless = 1e9;
    const images$ = fromPull(support).pipe(hallucinate(model, { perClass: endless, seed: 1, batchSize }));
    const images = toAsyncIterable(images$)[Symbol.asyncIterator]();
    // The support set comes first, as it is.
    for (let i = 0; i < support.length; i++) await images.next();
    return {
      weights: [...model.weights.values()].reduce((sum, weight) => sum + weight.size, 0),
      round: () =>
        microsecondsPerImage(async () => {
          for (let i = 0; i < batchSize * batches; i++) await images.next();
        }),
    };
  },
};
