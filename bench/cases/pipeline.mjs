import { drawings, milliseconds } from '../timing.mjs';

const [classes, shots, perClass, batchSize] = [10, 5, 128, 256];

export default {
  title: `${classes * perClass} new 28×28 images of pairs among ${classes} × ${shots}: encode, slerp, decode, in batches of ${batchSize}`,
  unit: 'images/s',
  better: 'higher',
  peers: { pytorch: 'pipeline.py', 'pytorch, supports encoded once': ['pipeline.py', 'once'] },
  async setup(load) {
    const { hallucinations, loadModel } = await load();
    const model = await loadModel('mnist-plain');
    const support = drawings(classes * shots, classes);
    return {
      weights: [...model.weights.values()].reduce((sum, weight) => sum + weight.size, 0),
      async round() {
        let made = 0;
        const ms = await milliseconds(() => {
          for (const _image of hallucinations(model, support, {
            perClass,
            path: 'slerp',
            seed: 1,
            batchSize,
          }))
            made++;
        });
        return (made * 1000) / ms;
      },
    };
  },
};
