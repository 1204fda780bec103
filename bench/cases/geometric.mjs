import { from, lastValueFrom } from 'rxjs';
import { milliseconds, noise } from '../timing.mjs';

/** Transforms by name, and how many images of 28×28 a round takes; of 96×96×3 it is a tenth. */
const work = {
  affine: { make: ({ affine }) => affine(), images: 4000 },
  elastic: { make: ({ elastic }) => elastic({ alpha: 34, sigma: 4 }), images: 1000 },
  blur: { make: ({ blur }) => blur({ sigma: [1, 1] }), images: 4000 },
};
const shapes = { 28: [28, 28, 1], 96: [96, 96, 3] };

/** Each transform on each size is a measurement of its own. */
export const parts = Object.keys(work).flatMap((name) =>
  Object.keys(shapes).map((size) => `${name}-${size}`),
);

export default (part) => {
  const [name, size] = part.split('-');
  const shape = shapes[size];
  const count = work[name].images;
  return {
    title: `${name} of ${shape.join('×')} images, one by one`,
    unit: 'images/s',
    better: 'higher',
    peers: { albumentations: ['geometric.py', name, ...shape, count] },
    async setup(load) {
      const library = await load();
      const pixels = noise(shape[0] * shape[1] * shape[2]);
      const images = Array.from({ length: count }, (_, i) => ({ pixels, shape, label: i % 10 }));
      const transform = library.geometric(work[name].make(library), { seed: 1 });
      return {
        round: async () =>
          (count * 1000) / (await milliseconds(() => lastValueFrom(from(images).pipe(transform)))),
      };
    },
  };
};
