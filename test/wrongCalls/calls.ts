import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as onnxRuntime from 'onnxruntime-web';
import { from, isObservable, lastValueFrom, map, type OperatorFunction, take, toArray } from 'rxjs';
import * as browser from '../../src/browser.js';
import type { LabeledCode } from '../../src/core/code.js';
import * as evaluation from '../../src/evaluate/index.js';
import * as ofFeatures from '../../src/features.js';
import * as root from '../../src/index.js';
import * as data from '../../src/node/index.js';
import * as sphere from '../../src/sphere/index.js';
import * as models from '../../src/training/index.js';
import * as losses from '../../src/training/losses/index.js';
import { codeSpace, codesOfClass } from '../augment/fakeExtractor.js';
import { onnxClassifier } from '../models/onnxWriter.js';
import { noise, tinyArchitecture, tinyBase, tinyCard, tinyFile } from '../models/tiny.js';
import { tinyExtractor, tinyHead, tinyHeadCard } from '../models/tinyExtractor.js';
import { disposeAll, whole } from './wrongValues.js';

type Images = readonly root.LabeledImage[];

/** Calls a function, and uses the result to its end. */
type Use = (fn: (...args: unknown[]) => unknown, args: unknown[]) => unknown;

/** A valid call of an exported function. */
export interface Call {
  /** Valid arguments, made anew for each call. */
  readonly args: () => unknown[];
  /** Calls the function, and uses the result to its end. Default: calls it and reads what comes. */
  readonly use?: Use;
  /** Share of the runs, 1 by default: less for slow calls. */
  readonly weight?: number;
  /** Reason why the result may hold NaN. */
  readonly nan?: string;
}

const shape = tinyArchitecture.imageShape;
const size = shape[0] * shape[1];

/** What calls take that is slow to make; made once. */
export interface Fixtures {
  readonly model: root.Model;
  readonly file: Uint8Array;
  /** File of a head on features of the tiny extractor. */
  readonly headFile: Uint8Array;
  /** Folder of twelve small pictures of two classes. */
  readonly folder: string;
  readonly cnnJson: unknown;
}

const image = (label: string | number, i: number) =>
  ({ pixels: noise(shape, String(label), i), shape: [...shape], label }) as unknown as root.LabeledImage;
const images = () => [image('a', 0), image('b', 0), image('a', 1), image('b', 1)];
const images$ = () => from(images());
const labeledCodes = () => ['a', 'b'].flatMap((label) => codesOfClass(label, 3)) as LabeledCode[];
const classes = () => ['a', 'b'];
const labels = () => Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
const bytes = () => Uint8Array.from({ length: 10 * size }, (_, i) => (i * 37) % 256);
const source = () => data.byteSource(bytes(), [...shape], labels(), classes());
const set = () => ({
  pixels: Float32Array.from({ length: 4 * size }, (_, i) => (i % 7) / 7),
  shape: [...shape],
  labels: Int32Array.of(0, 1, 0, 1),
  classes: classes(),
});
const cards = () => whole(tinyCard());

/** Reads an iterable, stream or promise; other results as they are. */
export async function read(result: unknown, most = 30): Promise<unknown> {
  const value = await result;
  if (isObservable(value)) return lastValueFrom(value.pipe(take(most), toArray()));
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return value;
  if (value instanceof Map) return value;
  const found: unknown[] = [];
  if (Symbol.iterator in value || Symbol.asyncIterator in value) {
    try {
      for await (const item of value as AsyncIterable<unknown>) {
        found.push(item);
        if (found.length === most) break;
      }
    } catch (error) {
      disposeAll(found);
      throw error;
    }
    return found;
  }
  return value;
}

/** Makes an extractor, and embeds a picture. */
const embedded: Use = async (fn, args) => {
  const extractor = (await fn(...args)) as ofFeatures.FeatureExtractor;
  return extractor.embed([{ pixels: noise([5, 6, 3], 'picture'), shape: [5, 6, 3] }]);
};

/** Calls a function that makes an operator, and runs images through it. */
const operated: Use = (fn, args) =>
  lastValueFrom(images$().pipe(fn(...args) as OperatorFunction<unknown, unknown>, take(30), toArray()), {
    defaultValue: [],
  });

/** Calls a function that makes a transform, and transforms an image. */
const transformed: Use = (fn, args) =>
  lastValueFrom(images$().pipe(root.geometric(fn(...args) as root.ImageTransform), toArray()));

const transform = (options: object): Call => ({ args: () => [options], use: transformed });

/** Calls with a classifier of four images. */
const withKnn =
  (method: (knn: root.KnnClassifier, ...args: never[]) => unknown): Use =>
  async (_, args) => {
    const knn = new root.KnnClassifier();
    knn.addAll(images() as never);
    await method(knn, ...(args as never[]));
    return knn.count === 0 ? 'forgotten' : read(knn.predict(images()[0] as never));
  };

/** Calls with a net, which is disposed. */
const withCnn =
  (method: (cnn: ReturnType<typeof root.createCnn>, ...args: never[]) => unknown): Use =>
  async (_, args) => {
    const cnn = root.createCnn({ shape: [12, 12, 1], classes: 2, seed: 1 });
    try {
      return await method(cnn, ...(args as never[]));
    } finally {
      cnn.dispose();
    }
  };

const items = 'items of any kind pass as they are';

const rows = (...values: number[][]) => tf.tensor2d(values);
const unit = () => rows([0.6, 0.8, 0], [0, 1, 0]);
const other = () => rows([0, 0.6, 0.8], [1, 0, 0]);
const tangents = () => rows([0.8, -0.6, 0.1], [0.3, 0, 0.2]);
const point = (...values: number[]) => Float32Array.of(...values);
const batch = () => root.toBatch(images() as never, { classes: classes() });
const photosTensor = () => tf.tensor4d(noise([12, 12, 2], 'p'), [2, 12, 12, 1]);

/** A call of the constructor of an error. */
const errorCall = (Made: new (message: string) => Error): Call => ({
  args: () => ['message', { hint: 'Hint.' }],
  use: (_, args) => new Made(...(args as [string])),
});

const rootCalls = ({ model, file, cnnJson }: Fixtures): Record<string, Call> => ({
  BackendError: errorCall(root.BackendError),
  DataError: errorCall(root.DataError),
  FewshotError: errorCall(root.FewshotError),
  ModelError: errorCall(root.ModelError),
  UsageError: errorCall(root.UsageError),
  'KnnClassifier of prototypes': {
    args: () => [{ prototypes: true, unknown: { falseAlarms: 0.1 } }],
    use: (_, args) => {
      const knn = new root.KnnClassifier(...(args as [root.KnnClassifier]));
      knn.addAll(labeledCodes());
      return knn.predictAll(labeledCodes());
    },
  },
  KnnClassifier: {
    args: () => [{ k: 2, engine: 'exact', encoder: whole(model) }],
    use: (_, args) => {
      const knn = new root.KnnClassifier(args[0] as object);
      knn.addAll(images() as never);
      return knn.predict(images()[0] as never);
    },
  },
  'KnnClassifier.add': {
    args: () => [image('a', 3), 'a'],
    use: withKnn((knn, ...args) => knn.add(...(args as never as [never, never]))),
  },
  'KnnClassifier.addAll': { args: () => [images()], use: withKnn((knn, list) => knn.addAll(list)) },
  'KnnClassifier.remove': {
    args: () => ['a', 0],
    use: withKnn((knn, ...args) => knn.remove(...(args as never as [never]))),
  },
  'KnnClassifier.clear': { args: () => ['a'], use: withKnn((knn, label) => knn.clear(label)) },
  'KnnClassifier.predict': { args: () => [image('a', 3)], use: withKnn((knn, input) => knn.predict(input)) },
  'KnnClassifier.predictAll': { args: () => [images()], use: withKnn((knn, list) => knn.predictAll(list)) },
  'KnnClassifier.fromJSON': {
    args: () => {
      const knn = new root.KnnClassifier();
      knn.addAll(images() as never);
      return [JSON.parse(JSON.stringify(knn)), {}];
    },
    use: (_, [json, options]) =>
      root.KnnClassifier.fromJSON(json, options as object).predict(images()[0] as never),
  },
  addTo: { args: () => [whole(new root.KnnClassifier()), { batchSize: 2 }], use: operated },
  affine: transform({ rotate: 10, scale: 0.1, shear: 0.1, shift: 0.1, fill: 'edge' }),
  balanceClasses: { args: () => [{ seed: 3, window: 2, bankSize: 4 }], use: operated },
  blur: transform({ sigma: [0.5, 1] }),
  brightness: transform({ amount: 0.3 }),
  cnnFromJSON: {
    args: () => [cnnJson],
    use: async (fn, args) => {
      const cnn = fn(...args) as ReturnType<typeof root.createCnn>;
      const found = await cnn.predict(images()[0]!.pixels, 1);
      cnn.dispose();
      return found;
    },
  },
  cnnToJSON: {
    args: () => [],
    use: withCnn((cnn, ...args) => root.cnnToJSON((args.length > 0 ? args[0] : cnn) as never)),
  },
  'cnnToJSON of': {
    args: () => [
      whole({
        options: { preset: 'fast', shape: [12, 12, 1], classes: 2, seed: 1 },
        weights: async () => [],
        parameters: 0,
      }),
    ],
    use: (_, args) => root.cnnToJSON(args[0] as never),
  },
  compose: { args: () => ['both', root.rotate(), root.noise()], use: transformed },
  contrast: transform({ amount: 0.3 }),
  createCnn: {
    args: () => [
      {
        preset: 'fast',
        shape: [12, 12, 1],
        classes: 2,
        seed: 1,
        dropout: { maps: 0.1, hidden: 0.2 },
        learningRate: 0.01,
        labelSmoothing: 0.1,
        weightDecay: 0.1,
      },
    ],
    use: async (fn, args) => {
      const cnn = fn(...args) as ReturnType<typeof root.createCnn>;
      try {
        const { shape: sides, classes: count } = cnn.options;
        const xs = tf.ones([1, ...sides]) as tf.Tensor4D;
        const ys = tf.ones([1, count]).div(count) as tf.Tensor2D;
        return await cnn.fit([{ xs, ys, dispose: () => tf.dispose([xs, ys]) }], { steps: 1 });
      } finally {
        cnn.dispose();
      }
    },
    weight: 0.3,
  },
  'Cnn.fit': {
    args: () => [[batch(), batch()], { steps: 2, learningRate: 0.01, onProgress: () => {} }],
    use: withCnn((cnn, ...args) => cnn.fit(...(args as never as [never]))),
    weight: 0.3,
  },
  'Cnn.predict': {
    args: () => [images()[0]!.pixels, 1],
    use: withCnn((cnn, ...args) => cnn.predict(...(args as never as [never, never]))),
    weight: 0.5,
  },
  'Cnn.features': {
    args: () => [images()[0]!.pixels, 1],
    use: withCnn((cnn, ...args) => cnn.features(...(args as never as [never, never]))),
    weight: 0.5,
  },
  crop: transform({ margin: 2 }),
  cutmix: { args: () => [{ alpha: 1, seed: 2, window: 4 }], use: operated },
  describeBackend: {
    args: () => [
      {
        name: 'wasm',
        reason: 'it was asked for',
        threads: 1,
        simd: true,
        versions: { tfjs: '4', node: '20', wasm: '4' },
      },
    ],
  },
  elastic: transform({ alpha: 10, sigma: 3, fill: 'zero' }),
  erase: transform({ probability: 1, area: [0.1, 0.2], aspect: [0.5, 2], fill: 'noise' }),
  flip: transform({ axis: 'vertical', probability: 0.5 }),
  forEachBatch: {
    args: () => [
      images$().pipe(root.toBatches(2, { classes: classes() })),
      () => {},
      { readAhead: 1, bufferLimit: 8 },
    ],
  },
  fromPull: { args: () => [images(), { readAhead: 1 }], nan: items },
  geometric: {
    args: () => [[root.rotate(), root.noise()], { seed: 1, copies: 2, keepOriginals: true }],
    use: operated,
  },
  'geometric of images': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.geometric(root.rotate()))),
  },
  hallucinate: {
    args: () => [
      whole(model),
      {
        perClass: 2,
        path: 'slerp',
        seed: 1,
        batchSize: 4,
        bankSize: 8,
        classes: ['a', 'b'],
        labelCheck: true,
        detail: 0.5,
        onDrop: () => {},
      },
    ],
    use: operated,
  },
  'hallucinate by ratio': { args: () => [whole(model), { ratio: 0.5 }], use: operated },
  'hallucinate of images': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.hallucinate(model, { perClass: 1 }))),
  },
  'hallucinate of codes': {
    args: () => [codeSpace(), { perClass: 1, path: 'mean', batchSize: 2, bankSize: 4, classes: classes() }],
    use: (fn, args) =>
      lastValueFrom(
        from(labeledCodes()).pipe(fn(...args) as OperatorFunction<unknown, unknown>, take(30), toArray()),
        { defaultValue: [] },
      ),
  },
  'hallucinate given codes': {
    args: () => [...labeledCodes()],
    use: (_, args) =>
      read(from(args as unknown as LabeledCode[]).pipe(root.hallucinate(codeSpace(), { perClass: 1 }))),
  },
  'hallucinations of codes': {
    args: () => [codeSpace(), labeledCodes(), { perClass: 1, path: 'transport', seed: 1 }],
  },
  hallucinations: { args: () => [whole(model), images(), { perClass: 1, path: 'transport', seed: 1 }] },
  labelByEncoder: {
    args: () => [whole(model), images(), { share: 0.5, temperature: 0.2, batchSize: 3, whitenBy: images() }],
    use: operated,
  },
  'labelByEncoder of images': {
    args: () => images(),
    use: (_, args) =>
      read(from(args as unknown as Images).pipe(root.labelByEncoder(model, images() as never))),
  },
  embed: { args: () => [whole(tinyExtractor()), { batchSize: 2 }], use: operated },
  loadExtractor: { args: () => [file, {}], use: embedded, weight: 0.3 },
  loadModel: {
    args: () => [file],
    use: async (fn, args) => {
      const loaded = (await fn(...args)) as root.Model;
      loaded.dispose();
      return loaded.digest;
    },
    weight: 0.3,
  },
  mixSources: {
    args: () => [
      [
        { images: images(), share: 0.5 },
        { images: images(), share: 0.5 },
      ],
      { batchSize: 4, seed: 1 },
    ],
  },
  mixup: { args: () => [{ alpha: 0.2, seed: 1, window: 3 }], use: operated },
  'mixup of images': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.mixup())),
  },
  'cutmix of images': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.cutmix())),
  },
  'balanceClasses of images': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.balanceClasses())),
  },
  'addTo of codes': {
    args: () => [...labeledCodes()],
    use: (_, args) => read(from(args as unknown as LabeledCode[]).pipe(root.addTo(new root.KnnClassifier()))),
  },
  'addTo of images': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.addTo(new root.KnnClassifier()))),
  },
  noise: transform({ deviation: 0.1 }),
  oneOf: { args: () => [root.rotate(), root.noise()], use: transformed },
  pipeline: {
    args: () => [
      [
        { do: 'balanceClasses', window: 4 },
        { do: 'hallucinate', perClass: 1 },
        { do: 'geometric', transforms: [root.rotate(), { name: 'noise', options: { deviation: 0.1 } }] },
        { do: 'mixup', alpha: 0.2 },
        { do: 'cutmix' },
        { do: 'shuffle', window: 4 },
      ],
      { model: whole(model), seed: 3, onDrop: () => {} },
    ],
    use: async (fn, args) => {
      const made = fn(...args) as ReturnType<typeof root.pipeline>;
      JSON.stringify(made);
      return read(images$().pipe(made.operator as never));
    },
  },
  pipelineFromJSON: {
    args: () => [
      {
        schema: 'fewshot.pipeline/1',
        seed: 1,
        steps: [
          { do: 'hallucinate', perClass: 1 },
          { do: 'mixup', seed: 3 },
        ],
      },
      { model: whole(model), seed: 3 },
    ],
    use: (fn, args) =>
      read(images$().pipe((fn(...args) as ReturnType<typeof root.pipeline>).operator as never)),
  },
  pullThrough: { args: () => [images(), root.toBatches(2, { classes: classes() })] },
  'pullThrough of numbers': { args: () => [[1, 2, 3], map((x: number) => x)], nan: items },
  'replayHallucination of codes': {
    args: () => {
      const [made] = root.hallucinations(codeSpace(), labeledCodes(), { perClass: 1, path: 'transport' });
      const { parents } = made!.provenance!;
      const own = labeledCodes().filter(({ label }) => label === made!.label);
      return [codeSpace(), parents.map((i) => own[i]), { ...made!.provenance, parents: [...parents] }];
    },
  },
  replayHallucination: {
    args: () => {
      const [made] = root.hallucinations(model, images() as never, { perClass: 1, detail: 0.5 });
      return [whole(model), made!.provenance!.parents.map((i) => image('a', i)), { ...made!.provenance }];
    },
  },
  rotate: transform({ degrees: 10, fill: 'edge' }),
  scale: transform({ amount: 0.1, fill: 'zero' }),
  selectBackend: { args: () => ['wasm', {}] },
  shear: transform({ amount: 0.1, fill: 'zero' }),
  shift: transform({ amount: 0.1, fill: 'zero' }),
  shuffleWith: { args: () => [{ seed: 1, window: 3 }], use: operated },
  sometimes: { args: () => [root.rotate(), 0.5], use: transformed },
  toAsyncIterable: { args: () => [images$(), { readAhead: 1, bufferLimit: 10 }] },
  toBatch: { args: () => [images(), { classes: classes() }] },
  'toBatch of codes': { args: () => [labeledCodes(), { classes: classes() }] },
  toBatches: { args: () => [2, { classes: classes() }], use: operated },
  'toBatches without classes': {
    args: () => images(),
    use: (_, args) => read(from(args as unknown as Images).pipe(root.toBatches(3))),
  },
  toDataset: {
    args: () => [
      images$(),
      { batchSize: 2, batchesPerEpoch: 1, classes: classes(), readAhead: 0, bufferLimit: 10 },
    ],
    use: async (fn, args) => {
      const dataset = fn(...args) as ReturnType<typeof root.toDataset>;
      try {
        return await dataset.take(2).toArray();
      } finally {
        dataset.dispose();
      }
    },
  },
  toReadable: { args: () => [images$(), { highWaterMark: 2, bufferLimit: 10 }] },
  version: { args: () => [], use: () => root.version },
});

const browserCalls = ({ file }: Fixtures): Record<string, Call> => ({
  selectBackend: {
    args: () => ['wasm', { wasmPaths: '/' }],
    use: (fn, args) =>
      args[0] === 'wasm' && typeof args[1] === 'object' && args[1] !== null
        ? 'not started here'
        : fn(...args),
  },
  loadExtractor: { args: () => [file, {}], use: embedded, weight: 0.3 },
  loadModel: {
    args: () => [file],
    use: async (fn, args) => {
      const loaded = (await fn(...args)) as root.Model;
      loaded.dispose();
      return loaded.digest;
    },
    weight: 0.3,
  },
});

const sphereCalls: Record<string, Call> = {
  angle: { args: () => [unit(), other()] },
  angleMatrix: { args: () => [unit(), other()] },
  anglePoint: { args: () => [point(0.6, 0.8), point(1, 0)] },
  carryPoint: { args: () => [point(0.6, 0.8), point(1, 0), point(0, 1), 0.5] },
  expMap: { args: () => [unit(), tangents()] },
  frechetMean: { args: () => [unit(), { weights: tf.tensor1d([0.5, 0.5]), iterations: 3 }] },
  lerp: { args: () => [unit(), other(), 0.5] },
  lerpPoint: { args: () => [point(0.6, 0.8), point(1, 0), 0.5] },
  logMap: { args: () => [unit(), other()] },
  meanPoint: {
    args: () => [
      [point(0.6, 0.8), point(1, 0)],
      [0.5, 0.5],
    ],
  },
  normalize: { args: () => [unit()] },
  scatterPoint: { args: () => [[point(0.6, 0.8), point(1, 0)], point(0, 1), 0.5] },
  slerp: { args: () => [unit(), other(), tf.tensor1d([0.5, 0.2])] },
  'slerp by number': {
    args: () => [unit(), other(), 0.5],
    use: (_, args) => sphere.slerp(...(args as [never, never, never])),
  },
  slerpPoint: { args: () => [point(0.6, 0.8), point(1, 0), 0.5] },
  transport: { args: () => [tangents(), unit(), other()] },
};

const passed = 'NaN in tensors passes through a loss, so that a training tells which step it came in';
const rule = () => ({ semantics: losses.nominal, margin: 0.5, negative: 'anchor', neighborhood: 2 });
const pictures = () =>
  tf.tensor2d([
    [0.1, 0.9],
    [0.5, 0.4],
  ]);
const logits = () => tf.tensor2d([[0.3], [-0.2]]);

const lossCalls: Record<string, Call> = {
  angularDistances: { args: () => [unit()], nan: passed },
  angularTripletNeighbor: {
    args: () => [
      unit(),
      tf.tensor1d([0, 1]),
      {
        margin: 0.5,
        semantics: losses.nominal,
        negative: 'anchor',
        neighborhood: 2,
        reduction: losses.meanOfActive,
      },
    ],
    nan: passed,
  },
  bernoulliError: { args: () => [pictures(), pictures()], nan: passed },
  binaryCrossEntropy: { args: () => [pictures(), pictures()], nan: passed },
  binaryCrossEntropyWithLogits: { args: () => [pictures(), pictures()], nan: passed },
  circular: { args: () => [360], use: (fn, args) => (fn(...args) as losses.Semantics)(1, 2) },
  criticLoss: { args: () => [logits(), logits(), logits()], nan: passed },
  discriminatorLoss: { args: () => [logits(), logits()], nan: passed },
  euclideanDistances: { args: () => [unit()], nan: passed },
  generatorLoss: { args: () => [logits()], nan: passed },
  kl: { args: () => [unit(), other()], nan: passed },
  meanOfActive: { args: () => [{ sum: 1, active: 1, selected: 2 }] },
  meanOfSelected: { args: () => [{ sum: 1, active: 1, selected: 2 }] },
  meanSquaredError: { args: () => [pictures(), pictures()], nan: passed },
  nominal: { args: () => [1, 2] },
  ordinal: { args: () => [9], use: (fn, args) => (fn(...args) as losses.Semantics)(1, 2) },
  squaredError: { args: () => [pictures(), pictures()], nan: passed },
  triplet: {
    args: () => [unit(), tf.tensor1d([0, 1]), { margin: 1, reduction: losses.meanOfSelected }],
    nan: passed,
  },
  tripletHinge: {
    args: () => [rows([0, 1], [1, 0]), tf.tensor1d([0, 1]), rule(), losses.meanOfActive],
    nan: passed,
  },
};

const trainingData = () => {
  const all = source();
  return { labels: all.labels, images: (indices: Int32Array) => all.images(indices) };
};

/** Builds a net, does something with it, and frees it. */
const withNet = async (body: (net: models.Autoencoder) => unknown): Promise<unknown> => {
  const net = models.convolutionalAutoencoder(tinyArchitecture, 1);
  try {
    return await body(net);
  } finally {
    net.dispose();
  }
};

/** Calls a function whose first argument is a net, or what stands in its place. */
const onNet: Use = (fn, args) => withNet((net) => fn(...args.map((arg) => (arg === NET ? net : arg))));
const NET = whole({ stands: 'for a net' });

const learner = (options: object): Call => ({
  args: () => [options],
  use: (fn, args) => {
    const made = fn(...args) as models.Learner;
    const variational = made.variational || made.latentSpace === 'euclidean';
    const architecture = variational ? models.architectureFor(made, tinyArchitecture) : tinyArchitecture;
    const net = models.convolutionalAutoencoder(architecture, 1);
    try {
      const { parts, dispose } = made.prepare(net, 1);
      const found = tf.tidy(() => {
        const batch = {
          images: photosTensor(),
          labels: tf.tensor1d([0, 1]),
          random: () => data.randomStream(1),
        };
        return parts.map((part) => part.losses(batch).loss.dataSync()[0]!);
      });
      dispose();
      return found;
    } finally {
      net.dispose();
    }
  },
  weight: 0.3,
});

const tensors = () => new Map([['a', { shape: [2], values: point(1, 2) }]]);

const modelCalls = ({ model, file, headFile }: Fixtures): Record<string, Call> => ({
  MODEL_SCHEMA: { args: () => [], use: () => models.MODEL_SCHEMA },
  TrainingError: {
    args: () => ['message', { hint: 'Hint.' }],
    use: (_, args) => new models.TrainingError(...(args as [string])),
  },
  aae: learner({ units: 4, priorDeviation: 1 }),
  acai: learner({ lambda: 0.5, gamma: 0.2 }),
  adversarialDecoder: learner({ critic: 20, cycle: 10 }),
  ae: { ...learner({}), args: () => [] },
  atnl: learner({ semantics: 'ordinal', range: 9, margin: 1, lambda: 80, negative: 'anchor', noise: 0.1 }),
  vae: learner({ beta: 1 }),
  vaeTripletLoss: learner({ beta: 1, margin: 1, lambda: 80 }),
  createLearner: { ...learner({}), args: () => ['atnl', { margin: 1 }] },
  architectureFor: { args: () => [whole(models.ae()), { ...tinyArchitecture }] },
  architectureSchema: { args: () => [], use: () => 'a schema' },
  cardSchema: { args: () => [], use: () => 'a schema' },
  assertSuits: { args: () => [whole(models.atnl()), whole(model)] },
  baseCodes: {
    args: () => [
      [point(1, 0), point(0, 1)],
      [0, 0],
    ],
  },
  convolutionalAutoencoder: {
    args: () => [{ ...tinyArchitecture, imageShape: [...shape], filters: [4, 8] }, 1],
    use: (fn, args) => {
      const net = fn(...args) as models.Autoencoder;
      net.dispose();
      return net.latentSize;
    },
    weight: 0.5,
  },
  normalizeFor: {
    args: () => [model, { fit: 'ink', background: 'white' }],
    use: (fn, args) =>
      (fn(...args) as (image: unknown) => unknown)({ pixels: noise([9, 7, 1], 'any'), shape: [9, 7, 1] }),
  },
  decodeModel: {
    args: () => [file, 'tiny'],
    use: async (fn, args) => {
      const loaded = (await fn(...args)) as root.Model;
      loaded.dispose();
      return loaded.digest;
    },
    weight: 0.3,
  },
  EXTRACTOR_SCHEMA: { args: () => [], use: () => ofFeatures.EXTRACTOR_SCHEMA },
  extractorCardSchema: { args: () => [], use: () => 'a schema' },
  encodeExtractor: { args: () => [{ head: tinyHead() }, whole(tinyHeadCard()), 16] },
  decodeExtractor: {
    args: () => [headFile, 'tiny-head', { featuresOf: async () => whole(tinyExtractor()) }],
    use: embedded,
  },
  resizedCrop: transform({ area: 0.5, aspect: 1.2 }),
  fitHead: {
    args: () => [
      [0, 1, 2, 3].map((i) => Float32Array.from({ length: 3 }, (_, d) => Math.sin(1 + i * 3 + d))),
      [0, 0, 1, 1],
      { steps: 1 },
    ],
    weight: 0.5,
  },
  withHead: {
    args: () => [whole(tinyExtractor()), tinyHead(), { name: 'mine', lines: ['a head'] }],
    use: embedded,
  },
  decodeSafetensors: { args: () => [models.encodeSafetensors(tensors(), { x: 'y' }, 'F32'), 'file'] },
  encodeModel: { args: () => [NET, cards(), whole(tinyBase())], use: onNet, weight: 0.3 },
  encodeSafetensors: { args: () => [tensors(), { x: 'y' }, 'F16'] },
  extractorFromTfjs: {
    args: () => [
      whole(
        tf.sequential({ layers: [tf.layers.globalAveragePooling2d({ inputShape: [4, 4, 3] } as never)] }),
      ),
      {
        name: 'mine',
        imageShape: [4, 4, 3],
        preprocessing: { mean: [0.1, 0.2, 0.3], scale: 2 },
        pool: 'mean',
        center: point(0, 0, 0.5),
        latentSpace: 'sphere',
        seen: { name: 'pets', classes: ['a', 1] },
        labels: ['a', 'b'],
      },
    ],
    use: embedded,
    weight: 0.5,
  },
  extractorFromOnnx: {
    args: () => [
      whole(onnxRuntime),
      onnxClassifier(),
      {
        name: 'mine',
        output: 'active',
        imageShape: [8, 8, 3],
        layout: 'nchw',
        preprocessing: 'imagenet',
        session: { intraOpNumThreads: 1 },
      },
    ],
    use: embedded,
    weight: 0.3,
  },
  extractorOf: { args: () => [whole(model), { style: false }], use: embedded },
  fitAutoencoder: {
    args: () => [
      NET,
      whole(models.atnl()),
      trainingData(),
      {
        epochs: 1,
        batchSize: 4,
        learningRate: 0.01,
        groupSize: 1,
        seed: 1,
        checkpointEvery: 2,
        onProgress: () => {},
        onCheckpoint: async () => {},
      },
    ],
    use: onNet,
    weight: 0.1,
  },
  learnerNames: { args: () => [], use: () => models.learnerNames },
  mnistArchitecture: { args: () => [], use: () => models.mnistArchitecture },
  packTensors: { args: () => [tensors(), 'F32'] },
  readWeights: { args: () => [NET], use: onNet, weight: 0.5 },
  singlePart: {
    args: () => [NET, () => ({ loss: tf.scalar(0) })],
    use: async (fn, args) => void (await onNet(fn, args)),
    weight: 0.5,
  },
  startFromMean: { args: () => [NET, 0.1], use: onNet, weight: 0.5 },
  weightCount: { args: () => [{ ...tinyArchitecture, imageShape: [...shape], filters: [4, 8] }] },
  writeWeights: {
    args: () => [NET, whole(models.readWeights(model)), 'tiny'],
    use: onNet,
    weight: 0.5,
  },
});

const sides = () => [4, 4, 1];
const pixels = () => noise([4, 4, 1], 'pixels');

const stream = () => whole(data.randomStream(1));
const alphabet = () => data.inventAlphabet(stream());
const character = () => data.inventCharacter(alphabet(), stream());
const drawer = () => data.inventDrawer(stream());
const inkFrame = () => ({
  shape: [5, 6, 1],
  polarity: 'dark',
  ground: [1],
  ink: [0],
  inkBox: { top: 1, left: 1, height: 3, width: 3 },
  box: { top: 0, left: 0, height: 5, width: 5 },
});

const dataCalls = ({ folder }: Fixtures): Record<string, Call> => ({
  builtInSetNames: { args: () => [], use: () => data.builtInSetNames },
  fashionMnistClasses: { args: () => [], use: () => data.fashionMnistClasses },
  fits: { args: () => [], use: () => data.fits },
  glyphCharacters: { args: () => [], use: () => data.glyphCharacters.length },
  splitNames: { args: () => [], use: () => data.splitNames },
  UnsupportedFormatError: {
    args: () => ['photo.webp', 'WebP', 'install sharp'],
    use: (_, args) => new data.UnsupportedFormatError(...(args as [string, string, string])),
  },
  byteSource: {
    args: () => [bytes(), [...shape], labels(), classes()],
    use: (fn, args) => (fn(...args) as data.ImageSource).images(),
  },
  composeClasses: {
    args: () => [source(), { classes: 2, images: 2, seed: 1 }],
    use: (fn, args) => (fn(...args) as data.ImageSource).images(),
  },
  countOf: { args: () => [set()] },
  decodeJpeg: {
    args: () => [Uint8Array.of(0xff, 0xd8, 0xff), 'x.jpg'],
    use: (fn, args) => ignoring(() => fn(...args), args[0] instanceof Uint8Array && args[0].length === 3),
  },
  decodePng: { args: () => [data.encodePng(pixels(), [4, 4, 1]), 'x.png'] },
  encodePng: { args: () => [pixels(), sides()] },
  fitTo: { args: () => [{ pixels: pixels(), shape: sides() }, [6, 8, 3], 'letterbox', 'white'] },
  fromInk: {
    args: () => [{ pixels: pixels(), shape: sides() }, inkFrame()],
  },
  formatShape: { args: () => [sides()] },
  holdOutValidation: {
    args: () => [source(), 2],
    use: (fn, args) =>
      Object.values(fn(...args) as Record<string, data.ImageSource>).map((part) => part.images()),
  },
  imageFolder: { args: () => [folder, { shape: [4, 4, 1], fit: 'letterbox' }], weight: 0.2 },
  imagesOf: { args: () => [set()], nan: 'images are views of the set' },
  characterBatch: {
    args: () => [
      {
        alphabets: 1,
        characters: 3,
        drawers: 2,
        side: 12,
        carelessness: 0.7,
        fonts: [{ name: 'letters', characters: [character(), character()] }],
        fontShare: 1,
        seed: 1,
        batch: 2,
      },
    ],
  },
  drawCharacter: { args: () => [character(), drawer(), stream(), { side: 12 }] },
  inventAlphabet: { args: () => [stream()] },
  inventCharacter: { args: () => [alphabet(), stream()] },
  inventDrawer: { args: () => [stream()] },
  varyCharacter: { args: () => [character(), alphabet(), stream()] },
  inventSymbols: {
    args: () => [{ symbols: 1, drawings: 1, side: 12, seed: 1 }],
    use: (fn, args) => (fn(...args) as data.ImageSource).images(),
  },
  joinSources: {
    args: () => [[source(), source()]],
    use: (fn, args) => (fn(...args) as data.ImageSource).images([0, 9]),
  },
  labelSharesOf: { args: () => [image('a', 0)] },
  loadBuiltInSet: {
    args: () => ['mnist', { folder: join(folder, 'nothing'), verify: false }],
    use: (fn, args) => missing(fn(...args)),
    weight: 0.1,
  },
  loadFashionMnist: {
    args: () => [{ folder: join(folder, 'nothing'), verify: false }],
    use: (fn, args) => missing(fn(...args)),
    weight: 0.1,
  },
  loadMnist: {
    args: () => [{ folder: join(folder, 'nothing'), verify: false }],
    use: (fn, args) => missing(fn(...args)),
    weight: 0.1,
  },
  embedCatalog: {
    args: () => [folder, whole(tinyExtractor()), { fit: 'crop', skipBad: true, onProgress: () => {} }],
    use: async (fn, [path, ...rest]) => {
      const catalog = path === folder ? await data.openCatalog(folder) : path;
      return ((await fn(catalog, ...rest)) as data.EmbeddedImages).codes;
    },
    weight: 0.1,
  },
  loadOwnImages: {
    args: () => [folder, { shape: [4, 4, 1], fit: 'crop', skipBad: true, onProgress: () => {} }],
    use: async (fn, [path, options]) => {
      const catalog = path === folder ? await data.openCatalog(folder) : path;
      const own = (await fn(catalog, options)) as data.OwnImages;
      own.dispose();
      return own.digest;
    },
    weight: 0.1,
  },
  nameOfData: { args: () => ['photos.npz'] },
  ofClasses: { args: () => [source(), ['a']], use: (fn, args) => (fn(...args) as data.ImageSource).images() },
  openCatalog: {
    args: () => [folder, { nested: false, include: ['a', 'b'] }],
    use: async (fn, args) => [...((await fn(...args)) as data.Catalog).images].length,
    weight: 0.2,
  },
  packImages: { args: () => [images(), [...shape], classes()] },
  parseIdx: { args: () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9), 'file', 1] },
  randomStream: {
    args: () => [1, 'key', 2],
    use: (fn, args) => {
      const random = fn(...args) as data.RandomStream;
      return [
        random.uniform(),
        random.integer(5),
        random.normal(),
        random.permutation(4),
        random.sample(5, 2),
      ];
    },
  },
  'RandomStream.uniform': {
    args: () => [0, 2],
    use: (_, args) => data.randomStream(1).uniform(...(args as [number])),
  },
  'RandomStream.integer': {
    args: () => [3],
    use: (_, args) => data.randomStream(1).integer(...(args as [number])),
  },
  'RandomStream.normal': {
    args: () => [0, 2],
    use: (_, args) => data.randomStream(1).normal(...(args as [number])),
  },
  'RandomStream.permutation': {
    args: () => [3],
    use: (_, args) => data.randomStream(1).permutation(...(args as [number])),
  },
  'RandomStream.sample': {
    args: () => [5, 3],
    use: (_, args) => data.randomStream(1).sample(...(args as [number, number])),
  },
  readImages: {
    args: () => [folder, { decoder: undefined, skipBad: true, onProgress: () => {} }],
    use: async (fn, [path, options]) => {
      const catalog = path === folder ? await data.openCatalog(folder) : path;
      const { fastestDecoder } = await import('../../src/data/decode/decoder.js');
      const known =
        typeof options === 'object' &&
        options !== null &&
        'decoder' in options &&
        options.decoder === undefined;
      return read(fn(catalog, known ? { ...options, decoder: await fastestDecoder() } : options));
    },
    weight: 0.1,
  },
  fontAlphabets: {
    args: () => [join(folder, 'nothing'), { seed: 1, without: ['Latin', 'Greek'], onProgress: () => {} }],
    use: (fn, args) => missing(fn(...args)),
    weight: 0.1,
  },
  renderGlyphs: {
    args: () => [join(folder, 'nothing'), { drawings: 1, testDrawings: 1, fonts: 2, side: 12, seed: 1 }],
    use: (fn, args) => missing(fn(...args)),
    weight: 0.1,
  },
  sampleEpisode: {
    args: () => {
      const all = source();
      return [
        { support: all, query: all },
        { ways: 2, shots: 1, queries: 2, seed: 1, episode: 0, among: ['a', 'b'] },
      ];
    },
  },
  select: { args: () => [set(), [0, 1]] },
  setSource: { args: () => [set()], use: (fn, args) => (fn(...args) as data.ImageSource).images() },
  sizeOf: { args: () => [sides()] },
  slice: { args: () => [source(), 1, 3], use: (fn, args) => (fn(...args) as data.ImageSource).images() },
  toInk: { args: () => [{ pixels: pixels(), shape: sides() }, [6, 8, 3], { polarity: 'dark' }] },
  survey: {
    args: () => [folder, { skipBad: true, onProgress: () => {} }],
    use: async (fn, [path, options]) => fn(path === folder ? await data.openCatalog(folder) : path, options),
    weight: 0.1,
  },
});

/** What a call gives for files that are not there. */
async function missing(result: unknown): Promise<unknown> {
  try {
    return await read(result);
  } catch (error) {
    if (error instanceof root.DataError && /nothing/.test(error.message)) return 'not there';
    throw error;
  }
}

/** Lets the error of broken data pass, of a call that is valid otherwise. */
function ignoring(body: () => unknown, valid: boolean): unknown {
  try {
    return body();
  } catch (error) {
    if (valid && error instanceof root.DataError) return 'broken';
    throw error;
  }
}

const codes = (count: number, dimension: number) =>
  Float32Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i + 1));
const features = () => ({ values: codes(8, 3), dimension: 3 });
const references = () => ({ values: codes(4, 2), dimension: 2, labels: Int32Array.of(0, 1, 0, 1) });
const labeled = () => ({ values: codes(4, 2), dimension: 2, labels: Int32Array.of(0, 1, 0, 1) });
const constant = 'the rank correlation of equal values is not defined';
const asLabeled = async (list: Images) => list.map(({ label }) => label);
const asFeatures = async (list: Images) => ({
  values: Float32Array.from(list.flatMap(({ pixels: all }) => [...all.subarray(0, 3)])),
  dimension: 3,
});

const evaluationCalls = ({ model, folder, cnnJson }: Fixtures): Record<string, Call> => {
  const fixed = Object.fromEntries(
    [
      'EVAL_SCHEMA',
      'QUALITY_SCHEMA',
      'armNames',
      'cnnPresets',
      'codeArmNames',
      'codeClassifierNames',
      'defaultArms',
      'defaultCodeArms',
      'defaultCodeSettings',
      'defaultQuality',
      'defaultSettings',
      'evaluationDataNames',
      'interpolationPaths',
      'headKinds',
      'knnEngineNames',
      'pathNames',
      'protocolNames',
      'qualityMeasures',
    ].map((name): [string, Call] => [name, { args: () => [], use: () => 'a constant' }]),
  );
  const engine = (knn: evaluation.KnnEngine): Call => ({
    args: () => [references(), codes(2, 2), { k: 1, classes: 2 }],
    use: (_, args) => knn.predict(...(args as [never, never, never])),
  });
  return {
    ...fixed,
    activationKnn: engine(evaluation.activationKnn),
    exactKnn: engine(evaluation.exactKnn),
    mlKnn: engine(evaluation.mlKnn),
    knnEngine: { args: () => ['exact'], use: (fn, args) => (fn(...args) as evaluation.KnnEngine).name },
    activationKnnFromJSON: {
      args: () => [
        {
          schema: 'fewshot.activation-knn/1',
          dimension: 1,
          classes: [{ label: 'a', index: 0, examples: 1, values: 'AACAPw==' }],
        },
      ],
      use: (fn, args) => (fn(...args) as { dispose(): void }).dispose(),
    },
    activationKnnToJSON: {
      args: () => [whole({ labelToClassId: {}, getClassifierDataset: () => ({}) })],
      use: (fn, args) => fn(...args),
    },
    armNamed: {
      args: () => [
        'atnl',
        [{ name: 'mine', pipeline: { schema: 'fewshot.pipeline/1', seed: 0, steps: [{ do: 'mixup' }] } }],
      ],
      use: (fn, args) => (fn(...args) as evaluation.Arm).name,
    },
    balancedChoice: { args: () => [Int32Array.of(0, 1, 0, 1), { classes: 2, count: 2, most: 4, seed: 1 }] },
    choosePairs: { args: () => [source(), { count: 2, within: 'class', seed: 1 }] },
    classOrder: { args: () => [codes(3, 2), 2, [0, 1, 2], [10, 20, 40]], nan: constant },
    classificationAccuracyScore: {
      args: () => [images(), set(), { cnn: 'fast', cnnSteps: 1, seed: 1, onStep: () => {} }],
      weight: 0.05,
    },
    naiveAugmentationScore: {
      args: () => [images(), images(), set(), { cnn: 'fast', cnnSteps: 1, seed: 1, onStep: () => {} }],
      weight: 0.05,
    },
    densityCoverage: { args: () => [whole(evaluation.manifoldOf(features(), 2)), features()] },
    encoderLabels: {
      args: () => [whole(model), images(), { share: 0.5, temperature: 0.1, whitenBy: images() }],
      use: (fn, args) => (fn(...args) as (list: unknown) => unknown)(images()),
    },
    'encoderLabels of images': {
      args: () => [images()],
      use: (_, args) => evaluation.encoderLabels(model, images() as never)(args[0] as never),
    },
    estimate: { args: () => [[1, 2, 3]] },
    evaluate: {
      args: () => [
        {
          data: folder,
          split: 'test',
          protocol: 'paper',
          ways: 2,
          shots: 1,
          queries: 1,
          episodes: 1,
          arms: ['none'],
          classifiers: ['knn'],
          cnn: 'fast',
          cnnSteps: 1,
          k: 1,
          knnEngine: 'exact',
          model: join(folder, 'tiny.safetensors'),
          perClass: 1,
          mix: 0.5,
          trust: 0.5,
          detail: 0,
          seed: 1,
          backend: 'wasm',
          teachers: [],
          fit: 'crop',
        },
        { workers: 1, onProgress: () => {}, signal: whole(AbortSignal.abort()) },
      ],
      use: (fn, args) => stopped(fn(...args)),
      weight: 0.03,
    },
    evaluateCodes: {
      args: () => [
        whole(tinyExtractor()),
        {
          data: folder,
          split: 'test',
          protocol: 'novel',
          ways: 2,
          shots: 2,
          queries: 2,
          episodes: 1,
          arms: ['codes', 'codes+slerp'],
          classifiers: ['prototypes', 'knn', 'head'],
          unknown: false,
          k: 1,
          knnEngine: 'exact',
          perClass: 2,
          seed: 1,
          skipBad: true,
        },
        { command: 'fewshot eval', onProgress: () => {}, signal: whole(AbortSignal.abort()) },
      ],
      use: (fn, args) => stopped(fn(...args)),
      weight: 0.03,
    },
    evaluateQuality: {
      args: () => [
        { train: source(), test: source(), models: [whole(model)] },
        {
          data: 'bytes',
          models: ['tiny'],
          paths: ['transport'],
          shots: 1,
          perClass: 3,
          episodes: 1,
          labelCheck: false,
          cnn: 'fast',
          cnnSteps: 1,
          judgeImages: 1,
          judgeSteps: 1,
          seed: 1,
          backend: 'wasm',
        },
        { onProgress: () => {}, onSkip: () => {}, signal: whole(AbortSignal.abort()) },
      ],
      use: (fn, args) => stopped(fn(...args)),
      weight: 0.03,
    },
    evenOmegas: { args: () => [4, 0.5] },
    featureGaussian: { args: () => [features()] },
    frechetDistance: {
      args: () => [evaluation.featureGaussian(features()), evaluation.featureGaussian(features())],
    },
    heldOutClassifier: {
      args: () => [source(), { seed: 1, images: 4, steps: 1, onProgress: () => {} }],
      use: async (fn, args) => {
        const judge = (await fn(...args)) as evaluation.HeldOutClassifier;
        const found = await judge.classify(images() as never);
        judge.dispose();
        return found;
      },
      weight: 0.02,
    },
    restoreHeldOutClassifier: {
      args: () => [cnnJson, classes()],
      use: async (fn, args) => {
        const judge = fn(...args) as evaluation.HeldOutClassifier;
        const found = [await judge.classify(images() as never), await judge.features(images() as never)];
        judge.dispose();
        return found;
      },
      weight: 0.1,
    },
    'HeldOutClassifier.classify': {
      args: () => [images()],
      use: async (_, args) => {
        const judge = evaluation.restoreHeldOutClassifier(cnnJson, classes());
        try {
          return [await judge.classify(args[0] as never), await judge.features(args[0] as never)];
        } finally {
          judge.dispose();
        }
      },
      weight: 0.1,
    },
    'HeldOutClassifier.accuracy': {
      args: () => [source()],
      use: async (_, args) => {
        const judge = evaluation.restoreHeldOutClassifier(cnnJson, classes());
        try {
          return await judge.accuracy(args[0] as never);
        } finally {
          judge.dispose();
        }
      },
      weight: 0.1,
    },
    imagePairs: {
      args: () => [
        source(),
        [
          [0, 2],
          [1, 3],
        ],
      ],
    },
    interpolate: {
      args: () => [
        whole(model),
        [[image('a', 0), image('a', 1)]],
        { path: 'slerp', omegas: [0, 0.5, 1], detail: 0.5, batchSize: 4 },
      ],
    },
    interpolationPathsIn: { args: () => ['sphere'] },
    interpolationSteps: {
      args: () => [
        whole(model),
        source(),
        { path: 'slerp', pairs: 2, steps: 3, seed: 1, features: asFeatures },
      ],
    },
    keptParts: {
      args: () => [join(folder, '..', 'kept')],
      use: async (fn, args) => (fn(...args) as evaluation.Keep)('part', { a: 1 }, async () => 3),
      weight: 0.1,
    },
    Keep: {
      args: () => ['part', { a: 1 }, async () => 3],
      use: (_, args) => evaluation.keptParts(join(folder, '..', 'kept'))(...(args as [never, never, never])),
      weight: 0.1,
    },
    labelPreservation: { args: () => [images(), asLabeled] },
    largestStepRatio: { args: () => [features()] },
    latentPath: { args: () => ['slerp'], use: (fn, args) => (fn(...args) as evaluation.LatentPath).name },
    createLinearHead: {
      args: () => [{ kind: 'ridge', regularization: 0.1, extractor: { digest: 'f', latentSize: 6 } }],
      use: (fn, args) => {
        const head = fn(...args) as ReturnType<typeof ofFeatures.createLinearHead>;
        head.addAll(labeledCodes());
        return head.predictAll(labeledCodes());
      },
    },
    'createLinearHead of codes': {
      args: () => [...labeledCodes()],
      use: (fn, args) => {
        const head = fn() as ReturnType<typeof ofFeatures.createLinearHead>;
        return [head.fit(args as LabeledCode[]), head.predict(labeledCodes()[0]!)];
      },
    },
    'createLinearHead asked': {
      args: () => [labeledCodes()[0]],
      use: (fn, args) => {
        const head = fn() as ReturnType<typeof ofFeatures.createLinearHead>;
        head.addAll(labeledCodes());
        return head.predictAll(args as LabeledCode[]);
      },
    },
    headFromJSON: {
      args: () => {
        const head = ofFeatures.createLinearHead();
        head.addAll(labeledCodes());
        return [ofFeatures.headToJSON(head), { extractor: { digest: 'f', latentSize: 6 } }];
      },
      use: (fn, args) =>
        (fn(...args) as ReturnType<typeof ofFeatures.headFromJSON>).predictAll(labeledCodes()),
    },
    headToJSON: {
      args: () => {
        const head = ofFeatures.createLinearHead();
        head.addAll(labeledCodes());
        return [whole(head)];
      },
    },
    linearProbe: { args: () => [labeled(), labeled(), { classes: 2, l2: 1e-4, iterations: 10 }] },
    manifoldOf: { args: () => [features(), 2] },
    midpointLabels: {
      args: () => [whole(model), source(), { pairs: 2, path: 'slerp', seed: 1, classify: asLabeled }],
    },
    pairedDifference: {
      args: () => [
        [1, 2, 3],
        [3, 1, 2],
      ],
    },
    precisionRecall: {
      args: () => [whole(evaluation.manifoldOf(features(), 2)), whole(evaluation.manifoldOf(features(), 2))],
    },
    principalPlane: { args: () => [codes(4, 3), 3] },
    proportion: { args: () => [3, 5] },
    protocols: {
      args: () => [{ name: 'bytes', train: source(), query: source() }, cards()],
      use: (_, args) => evaluation.protocols.novel.sources(...(args as [never, never])).support.images(),
    },
    'protocols.disjoint': {
      args: () => [{ name: 'bytes', train: source(), query: source() }, cards()],
      use: (_, args) => evaluation.protocols.disjoint.sources(...(args as [never, never])).support.images(),
    },
    'protocols.unlabelled': {
      args: () => [{ name: 'bytes', train: source(), query: source() }, cards()],
      use: (_, args) => evaluation.protocols.unlabelled.sources(...(args as [never, never])).support.images(),
    },
    spearman: {
      args: () => [
        [1, 2, 3],
        [3, 1, 2],
      ],
      nan: constant,
    },
    trustworthiness: { args: () => [codes(8, 3), 3, codes(8, 2), 2, 2] },
    tsne: {
      args: () => [
        codes(8, 3),
        3,
        { dimensions: 2, perplexity: 2, iterations: 5, seed: 1, onProgress: () => {} },
      ],
    },
    umap: {
      args: () => [
        codes(8, 3),
        3,
        { dimensions: 2, neighbors: 3, minDistance: 0.1, seed: 1, onProgress: () => {} },
      ],
      weight: 0.1,
    },
  };
};

/** The end of a call whose signal stops it after all checks. */
async function stopped(result: unknown): Promise<unknown> {
  try {
    return await result;
  } catch (error) {
    if ((error as Error).name === 'AbortError') return 'stopped';
    throw error;
  }
}

/** The calls of names that an entry exports. */
const callsOf = (entry: object, calls: Record<string, Call>): Record<string, Call> =>
  Object.fromEntries(Object.entries(calls).filter(([name]) => Object.hasOwn(entry, name.split(' ')[0]!)));

/** Entries of the package by name, with their exports and a valid call of each. */
export const entriesWith = (fixtures: Fixtures) => ({
  root: { exports: root as Record<string, unknown>, calls: rootCalls(fixtures) },
  browser: {
    exports: Object.fromEntries(
      Object.entries(browser).filter(([name, value]) => (root as Record<string, unknown>)[name] !== value),
    ) as Record<string, unknown>,
    calls: browserCalls(fixtures),
  },
  sphere: { exports: sphere as Record<string, unknown>, calls: sphereCalls },
  losses: { exports: losses as Record<string, unknown>, calls: lossCalls },
  models: { exports: models as Record<string, unknown>, calls: callsOf(models, modelCalls(fixtures)) },
  features: {
    exports: ofFeatures as Record<string, unknown>,
    calls: callsOf(ofFeatures, { ...modelCalls(fixtures), ...evaluationCalls(fixtures) }),
  },
  data: { exports: data as Record<string, unknown>, calls: dataCalls(fixtures) },
  evaluate: {
    exports: evaluation as Record<string, unknown>,
    calls: callsOf(evaluation, evaluationCalls(fixtures)),
  },
});

/** Makes what calls share, in an empty folder. The caller disposes the model. */
export async function makeFixtures(within: string): Promise<Fixtures> {
  const folder = join(within, 'photos');
  mkdirSync(folder);
  const file = await tinyFile();
  writeFileSync(join(folder, 'tiny.safetensors'), file);
  for (const label of ['a', 'b']) {
    mkdirSync(join(folder, label), { recursive: true });
    for (let i = 0; i < 6; i++)
      writeFileSync(join(folder, label, `${i}.png`), data.encodePng(noise([4, 4, 1], label, i), [4, 4, 1]));
  }
  const cnn = root.createCnn({ shape: [12, 12, 1], classes: 2, seed: 1 });
  const cnnJson = JSON.parse(JSON.stringify(await root.cnnToJSON(cnn)));
  cnn.dispose();
  const headFile = await ofFeatures.encodeExtractor({ head: tinyHead() }, tinyHeadCard());
  return { model: await models.decodeModel(file, 'tiny'), file, headFile, folder, cnnJson };
}
