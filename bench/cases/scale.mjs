import { lastValueFrom } from 'rxjs';
import { ourSide } from '../sides.mjs';
import { median, spread } from '../statistics.mjs';
import { drawings, milliseconds, noise } from '../timing.mjs';

const [shots, newPerClass, queries, transformed] = [5, 20, 1000, 200];
/** Largest number that the first round, which warms up, takes. */
const WARM_UP = 1000;
/** Seconds after which a row has no further round. */
const LONG_ENOUGH = 30;

/** Reads a stream of images to its end, one by one, and keeps none. */
const read = (images$) => lastValueFrom(images$);

/** What a row is in, and how many of it a millisecond of a round is. */
const [wholeRound, eachImage] = [
  { unit: 's', share: 1 / 1000 },
  { unit: 'ms/image', share: 1 / transformed },
];

/** What grows, by name: the sizes, and what sets up a body that takes such a size. */
const series = {
  images: {
    sizes: [1000, 10_000, 100_000, 1_000_000],
    title: (size) => `${size} new 28×28 images of 10 classes × ${shots} through the stream operator`,
    imagesOf: (size) => size,
    ...wholeRound,
    async setup({ fromPull, hallucinate, loadModel }) {
      const model = await loadModel('mnist-plain');
      const support = drawings(10 * shots, 10);
      return (size) => read(fromPull(support).pipe(hallucinate(model, { perClass: size / 10, seed: 1 })));
    },
  },
  classes: {
    sizes: [10, 30, 100, 300, 1000],
    title: (size) =>
      `${newPerClass} new images for each of ${size} classes × ${shots}, a k-NN of all of them, ${queries} queries of it`,
    imagesOf: (size) => size * (shots + newPerClass),
    ...wholeRound,
    async setup({ addTo, fromPull, hallucinate, KnnClassifier, loadModel }) {
      const model = await loadModel('mnist-plain');
      const asked = drawings(queries, 1);
      return async (size) => {
        const knn = new KnnClassifier({ k: 1, encoder: model });
        const enlarge = hallucinate(model, { perClass: newPerClass, seed: 1 });
        await read(fromPull(drawings(size * shots, size)).pipe(enlarge, addTo(knn, { batchSize: 128 })));
        await knn.predictAll(asked);
      };
    },
  },
  pixels: {
    sizes: [28, 56, 112, 224],
    title: (size) => `${transformed} photos resized to ${size}×${size}×3 and warped by an affine transform`,
    imagesOf: () => transformed,
    ...eachImage,
    async setup({ affine, fitTo, fromPull, geometric }) {
      return async (size) => {
        const shape = [size, Math.ceil(1.5 * size), 3];
        const photo = { pixels: noise(shape[0] * shape[1] * 3), shape };
        function* resized() {
          for (let i = 0; i < transformed; i++)
            yield { ...fitTo(photo, [size, size, 3], 'letterbox'), label: 0 };
        }
        await read(fromPull(resized()).pipe(geometric(affine(), { seed: 1 })));
      };
    },
  },
};

/** Each size is a row of its own. */
export const parts = Object.entries(series).flatMap(([name, { sizes }]) =>
  sizes.map((size) => `${name}-${size}`),
);

export default (part) => {
  const [name, last] = part.split('-');
  const size = Number(last);
  const { sizes, title, imagesOf, setup, unit, share } = series[name];
  return {
    title: title(size),
    /** What the process of a row runs. */
    async setup(load) {
      const body = await setup(await load());
      let next = name === 'images' ? Math.min(size, WARM_UP) : sizes[0];
      return {
        async round() {
          const taken = await milliseconds(() => body(next));
          next = size;
          return taken;
        },
      };
    },
    /** On the backend that every installation has. There is no peer: a row is compared with the smaller ones. */
    async measure({ name: row, rounds, images, note }) {
      if (imagesOf(size) > images) {
        note(`${row} is left out, as it takes more than ${images} images.`);
        return [];
      }
      const side = ourSide(row, 'wasm');
      await side.ready();
      const times = [];
      for (let spent = 0; times.length < rounds && spent < LONG_ENOUGH; spent += times.at(-1) / 1000)
        times.push(await side.round());
      await side.close();
      const values = times.map((time) => time * share);
      return [
        {
          ...{ name: row, backend: 'wasm', ours: median(values), oursSpread: spread(values) },
          ...{ peer: 'none', unit, better: 'lower' },
          ...{ theirs: null, theirsSpread: null, ratio: null, ratioSpread: null },
          ...{ series: name, size, images: imagesOf(size), rounds: values.length },
        },
      ];
    },
  };
};
