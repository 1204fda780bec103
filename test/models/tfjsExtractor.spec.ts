import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, ModelError, UsageError } from '../../src/core/errors.js';
import { extractorFromTfjs, type TfjsOptions } from '../../src/models/tfjsExtractor.js';
import { readTfjsFiles } from '../../src/models/tfjsFiles.js';
import { expectNoLeak } from '../tensors.js';
import {
  changed,
  type Files,
  fill,
  graphFiles,
  lengthOf,
  picture,
  savedLayers,
  smallClassifier,
  teachable,
  teachableFiles,
} from './foreign.js';
import { onWasm } from './tiny.js';

onWasm();

const opened = (files: Files, name = 'small') =>
  readTfjsFiles(files['model.json']!, { name, read: async (path) => files[path] });

/** The extractor of a model's files. */
const extractor = async (files: Files, options: TfjsOptions = {}) =>
  extractorFromTfjs((await opened(files)).handler, { name: 'small', ...options });

const codesOf = (codes: readonly Float32Array[]) => codes.map((code) => [...code]);

/** What a model gives for pictures of its own shape, by its own `predict`. */
function directly(model: tf.LayersModel, pixels: Float32Array): number[] {
  return tf.tidy(() => {
    const images = tf.tensor(pixels, [1, 8, 8, 3]).mul(2).sub(1);
    const values = [...(model.predict(images) as tf.Tensor).dataSync()];
    return values.map((value) => value / Math.hypot(...values));
  });
}

/** A model up to one of its layers. */
const upTo = (model: tf.LayersModel, layer: string) =>
  tf.model({ inputs: model.inputs, outputs: model.getLayer(layer).output });

describe('extractorFromTfjs of a layers model', () => {
  it('gives what the classifier at its end takes, scaled to length 1', async () => {
    const model = smallClassifier();
    const { pixels, shape } = picture(8, 8, 3);
    const expected = directly(upTo(model, 'pool'), pixels);
    const own = await extractorFromTfjs(model);
    expect(own).toMatchObject({
      name: 'small',
      latentSize: 5,
      latentSpace: 'sphere',
      styleSize: 0,
      imageShape: [8, 8, 3],
      output: 'what predictions takes',
      outputs: ['conv1', 'pool', 'dropout', 'predictions'],
    });
    const [code] = await own.embed([{ pixels, shape }]);
    for (const [i, value] of expected.entries()) expect(code![i]).toBeCloseTo(value, 5);
    expect(lengthOf(code!)).toBeCloseTo(1, 6);
  });

  it('gives the layer that is asked for, and means of the places of its maps', async () => {
    const model = smallClassifier();
    const { pixels, shape } = picture(8, 8, 3);
    const expected = directly(upTo(model, 'pool'), pixels);
    const [code] = await (await extractorFromTfjs(model, { output: 'conv1' })).embed([{ pixels, shape }]);
    for (const [i, value] of expected.entries()) expect(code![i]).toBeCloseTo(value, 5);
  });

  it('says so where a softmax is asked for', async () => {
    const own = await extractorFromTfjs(smallClassifier(), {
      output: 'predictions',
      latentSpace: 'euclidean',
    });
    const [code] = await own.embed([picture(8, 8, 3)]);
    expect(code!.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
    expect(own.describe().join('\n')).toContain('probabilities of classes, not features');
  });

  it('finds the classifier of a 1×1 convolution, as MobileNet has it', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu' }),
        tf.layers.averagePooling2d({ poolSize: 6 }),
        tf.layers.conv2d({ filters: 7, kernelSize: 1, name: 'conv_preds' }),
        tf.layers.activation({ activation: 'softmax' }),
        tf.layers.reshape({ targetShape: [7] }),
      ],
    });
    const own = await extractorFromTfjs(fill(model));
    expect(own).toMatchObject({ latentSize: 4, output: 'what conv_preds takes' });
  });

  it('takes the last layer where no softmax ends it', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 3] }),
        tf.layers.dense({ units: 9, name: 'embedding' }),
      ],
    });
    expect(await extractorFromTfjs(fill(model))).toMatchObject({ latentSize: 9, output: 'embedding' });
  });

  it('ends before the head of a Teachable Machine project, and knows its classes', async () => {
    const files = await teachableFiles();
    const { handler, project } = await opened(files);
    const own = await extractorFromTfjs(handler, { name: 'tm', ...project });
    expect(own).toMatchObject({ latentSize: 6, output: 'what dense_Dense1 takes', labels: ['cat', 'dog'] });
    expect(own.describe().join('\n')).toContain('classes: cat, dog');
    const { pixels, shape } = picture(8, 8, 3);
    const model = teachable();
    const features = (model.layers[0] as unknown as tf.LayersModel).layers;
    const expected = tf.tidy(() => {
      const images = tf.tensor(pixels, [1, 8, 8, 3]).mul(2).sub(1);
      const values = [
        ...features.reduce((at, layer) => layer.apply(at) as tf.Tensor, images as tf.Tensor).dataSync(),
      ];
      return values.map((value) => value / Math.hypot(...values));
    });
    const [code] = await own.embed([{ pixels, shape }]);
    for (const [i, value] of expected.entries()) expect(code![i]).toBeCloseTo(value, 5);
  });

  it.each(['Conv1', 'out_relu', 'dense_Dense1'])('finds %s in nested models', async (output) => {
    const own = await extractor(await teachableFiles(), { output });
    expect(own.latentSize).toBe(output === 'dense_Dense1' ? 4 : 6);
  });

  it('frees all that it has made', async () => {
    const files = await teachableFiles();
    await expectNoLeak(async () => {
      for (const output of [undefined, 'out_relu', 'dense_Dense1']) {
        const own = await extractor(files, output === undefined ? {} : { output });
        await own.embed([picture(8, 8, 3)]);
        own.dispose();
      }
      await expect(extractor(files, { output: 'gone' })).rejects.toThrow(ModelError);
    });
  });
});

describe('extractorFromTfjs of a graph model', () => {
  it('gives its output, and says that these are probabilities', async () => {
    const own = await extractor(graphFiles(), { latentSpace: 'euclidean' });
    expect(own).toMatchObject({ latentSize: 3, output: 'probabilities', imageShape: [8, 8, 3] });
    expect(own.outputs).toEqual(['conv', 'relu', 'mean', 'fc', 'probabilities']);
    expect(own.describe()).toContainEqual(expect.stringContaining('mean leads into the classifier'));
    const [code] = await own.embed([picture(8, 8, 3)]);
    expect(code!.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
  });

  it('gives a node by its name, a map by its means', async () => {
    const [mean, relu] = await Promise.all(
      ['mean', 'relu'].map(async (output) => {
        const own = await extractor(graphFiles(), { output });
        return (await own.embed([picture(8, 8, 3)]))[0]!;
      }),
    );
    expect(mean).toHaveLength(5);
    for (const [i, value] of mean!.entries()) expect(relu![i]).toBeCloseTo(value, 6);
  });

  it('takes a model that its user has loaded', async () => {
    const { handler } = await opened(graphFiles());
    const model = await tf.loadGraphModel(handler);
    const [own, same] = [
      await extractorFromTfjs(model, { output: 'mean' }),
      await extractor(graphFiles(), { output: 'mean' }),
    ];
    expect(own.digest).toBe(same.digest);
    expect(await own.embed([picture(9, 20, 1)])).toEqual(await same.embed([picture(9, 20, 1)]));
  });

  it('frees all that it has made', async () => {
    await expectNoLeak(async () => {
      const own = await extractor(graphFiles());
      await own.embed([picture(8, 8, 3)]);
      own.dispose();
    });
  });
});

describe('an extractor of a network', () => {
  it('gives codes that do not depend on the other pictures', async () => {
    const own = await extractor(graphFiles(), { output: 'mean', latentSpace: 'euclidean' });
    const size = fc.integer({ min: 1, max: 20 });
    const one = fc
      .tuple(size, size, fc.constantFrom(1 as const, 3 as const), fc.nat(99))
      .map((keys) => picture(...keys));
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 5 }), async (pictures) => {
        const together = codesOf(await own.embed(pictures));
        for (const [i, single] of pictures.entries()) {
          expect(codesOf(await own.embed([single]))).toEqual([together[i]]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('repeats gray in all channels, and cuts pictures to its ratio in the middle', async () => {
    const own = await extractor(graphFiles(), { output: 'mean' });
    const gray = picture(8, 8, 1);
    const rgb = Float32Array.from({ length: 192 }, (_, i) => gray.pixels[Math.floor(i / 3)]!);
    const wide = new Float32Array(8 * 12 * 3);
    for (let y = 0; y < 8; y++) wide.set(rgb.subarray(y * 24, y * 24 + 24), (y * 12 + 2) * 3);
    const codes = await own.embed([
      gray,
      { pixels: rgb, shape: [8, 8, 3] },
      { pixels: wide, shape: [8, 12, 3] },
    ]);
    expect([...codes[1]!]).toEqual([...codes[0]!]);
    expect([...codes[2]!]).toEqual([...codes[0]!]);
  });

  it('scales pixels as it is told', async () => {
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [1, 1, 3], name: 'pixels' })],
    });
    const pixel = { pixels: Float32Array.of(0.2, 0.5, 1), shape: [1, 1, 3] as const };
    const given = async (preprocessing: TfjsOptions['preprocessing']) => {
      const own = await extractorFromTfjs(model, { preprocessing: preprocessing!, latentSpace: 'euclidean' });
      return (await own.embed([pixel]))[0]!;
    };
    const expectValues = (found: Float32Array, ...values: number[]) => {
      for (const [i, value] of values.entries()) expect(found[i]).toBeCloseTo(value, 4);
    };
    expectValues(await given('0..1'), 0.2, 0.5, 1);
    expectValues(await given('-1..1'), -0.6, 0, 1);
    expectValues(await given('0..255'), 51, 127.5, 255);
    expectValues(await given('imagenet'), (0.2 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225);
    expectValues(await given({ mean: [0.1, 0, 0.5], scale: 2 }), 0.2, 1, 1);
    await expect(given({ mean: [0, 0], scale: 1 })).rejects.toThrow('one number, or 3');
  });

  it('subtracts a center before codes are scaled', async () => {
    const options = { output: 'mean', latentSpace: 'euclidean' as const };
    const [raw] = await (await extractor(graphFiles(), options)).embed([picture(8, 8, 3)]);
    const center = raw!.map((value, i) => value - (i === 2 ? 3 : 0));
    const own = await extractor(graphFiles(), { output: 'mean', center });
    const [code] = await own.embed([picture(8, 8, 3)]);
    expect([...code!].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([0, 0, 1, 0, 0]);
    await expect(extractor(graphFiles(), { output: 'mean', center: new Float32Array(4) })).rejects.toThrow(
      'center is an array of 4, but must be one of 5',
    );
  });

  it('has a digest of all that codes depend on, in every process', async () => {
    const files = await teachableFiles();
    const other = {
      ...files,
      'weights.bin': files['weights.bin']!.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
    };
    const digests = await Promise.all(
      [
        extractor(files),
        extractor(files),
        extractor(other),
        extractor(files, { output: 'out_relu' }),
        extractor(files, { preprocessing: '0..1' }),
        extractor(files, { latentSpace: 'euclidean' }),
        extractor(files, { center: new Float32Array(4).fill(0.1) }),
      ].map(async (own) => (await own).digest),
    );
    expect(digests[1]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(digests.length - 1);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has the same digest for files whose models have no names, which TensorFlow.js counts up', async () => {
    type Config = { layers: { config: Config }[]; name?: string };
    const unnamed = ({ layers, name: _ }: Config): unknown =>
      layers.map((layer) =>
        layer.config.layers !== undefined && !layer.config.name?.startsWith('mobilenet')
          ? { ...layer, config: unnamed(layer.config) }
          : layer,
      );
    const files = changed(await teachableFiles(), (model) => {
      model.modelTopology.config = unnamed(model.modelTopology.config);
    });
    const [first, second] = [await extractor(files), await extractor(files)];
    expect(second.digest).toBe(first.digest);
  });

  it('names the picture that it cannot take', async () => {
    const own = await extractor(graphFiles(), { output: 'mean' });
    const bad = async (broken: unknown) => own.embed([picture(8, 8, 3), broken as never]);
    await expect(bad({ pixels: new Float32Array(8), shape: [2, 2, 2] })).rejects.toThrow(
      'picture 1 has 2 channels',
    );
    await expect(bad({ pixels: new Float32Array(5), shape: [2, 2, 1] })).rejects.toThrow(DataError);
    await expect(bad({ pixels: new Float32Array(5), shape: [2, 2, 1] })).rejects.toThrow('picture 1');
    await expect(bad(undefined)).rejects.toThrow('picture 1');
  });

  it.each([
    ['NaN', Number.NaN, 'picture 1: small gives values that are not finite'],
    ['0', 0, 'picture 1: small gives a code of zeros'],
  ])('names the picture whose code is %s', async (_, scale, message) => {
    const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [1, 1, 3] })] });
    const own = await extractorFromTfjs(model, { name: 'small', preprocessing: { mean: 0.25, scale: 1 } });
    const run = model.layers[0]!;
    const gray = { pixels: new Float32Array(3).fill(0.25), shape: [1, 1, 3] as const };
    const call = run.apply.bind(run);
    run.apply = ((images: tf.Tensor) =>
      Number.isNaN(scale) && images.dataSync()[0] === 0 ? tf.fill([1, 3], scale) : call(images)) as never;
    const error = await own.embed([picture(2, 2, 3), gray]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toContain(message);
  });
});

describe('extractorFromTfjs refuses', () => {
  const refusal = async (files: Files | tf.LayersModel, options: TfjsOptions = {}) => {
    const error = await ('model.json' in files
      ? extractor(files as Files, options)
      : extractorFromTfjs(files as tf.LayersModel, { name: 'small', ...options })
    ).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).message).toMatch(/^small: /);
    return error as ModelError;
  };

  it.each([
    ['layers', () => savedLayers(smallClassifier()), 'conv2', 'conv1'],
    ['graph', async () => graphFiles(), 'meen', 'mean'],
  ])('an output that a %s model lacks, and names the nearest first', async (_, files, output, nearest) => {
    const { message, hint } = await refusal(await files(), { output });
    expect(message).toBe(`small: it has no output ${output}`);
    expect(hint).toMatch(new RegExp(`^Nearest of its \\d: ${nearest}, `));
  });

  it('texts and codes as inputs', async () => {
    const model = tf.sequential({
      layers: [tf.layers.embedding({ inputDim: 50, outputDim: 4, inputLength: 7 }), tf.layers.flatten()],
    });
    const { message } = await refusal(model);
    expect(message).toBe('small: its input is [?, 7], but images are [n, height, width, channels]');
  });

  it.each([
    [[3, 8, 8], 'channels first'],
    [[8, 8, 4], '4 channels'],
    [[100_000, 100_000, 3], 'too large'],
  ])('images of %j', async (inputShape, message) => {
    const model = tf.sequential({ layers: [tf.layers.globalMaxPooling2d({ inputShape } as never)] });
    expect((await refusal(model)).message).toContain(message);
  });

  it('outputs that are no row and no map', async () => {
    const places = tf.sequential({
      layers: [tf.layers.reshape({ inputShape: [8, 8, 3], targetShape: [64, 3] })],
    });
    const { message, hint } = await refusal(places);
    expect(message).toContain('gives [64, 3] for a picture');
    expect(hint).toContain("pool: 'first'");
    expect(await extractorFromTfjs(places, { pool: 'first' })).toMatchObject({ latentSize: 3 });
  });

  it('what is no model', async () => {
    await expect(extractorFromTfjs({} as never)).rejects.toThrow(UsageError);
    await expect(extractorFromTfjs(Promise.resolve(smallClassifier()) as never)).rejects.toMatchObject({
      hint: 'Await it.',
    });
  });

  it.each<[string, (files: Files) => Files, string]>([
    [
      'truncated weights',
      (files) => ({ ...files, 'weights.bin': files['weights.bin']!.slice(0, 100) }),
      '100 bytes, but',
    ],
    [
      'a missing file of weights',
      (files) => ({ 'model.json': files['model.json']! }),
      'weights.bin are missing',
    ],
    ['text that is no JSON', () => ({ 'model.json': new TextEncoder().encode('{"a"') }), 'is not JSON'],
    [
      'JSON of something else',
      () => ({ 'model.json': new TextEncoder().encode('{"a":1}') }),
      'no model.json of TensorFlow.js at',
    ],
    ...['../weights.bin', '/etc/passwd', 'a/../../b', 'C:\\weights', 'http://host/w', 'model.json', ''].map(
      (path): [string, (files: Files) => Files, string] => [
        `weights at ${JSON.stringify(path)}`,
        (files) => changed(files, (model) => (model.weightsManifest[0].paths = [path])),
        'which is not beside it',
      ],
    ),
    [
      'weights that are listed twice',
      (files) =>
        changed(files, (model) => model.weightsManifest.push({ paths: ['weights.bin'], weights: [] })),
      'lists the weights weights.bin twice',
    ],
    [
      'weights of terabytes',
      (files) => changed(files, (model) => (model.weightsManifest[0].weights[0].shape = [1e6, 1e6, 3])),
      'but 12000000000',
    ],
    [
      'layers of terabytes',
      (files) =>
        changed(files, (model) => {
          const layers = model.modelTopology.config.layers;
          layers.at(-1).config.units = 1e12;
        }),
      'has a layer of 1000000000000 units, but no weights for it',
    ],
    [
      'images of terabytes',
      (files) =>
        changed(files, (model) => {
          model.modelTopology.config.layers[0].config.batch_input_shape = [null, 1e6, 1e6, 3];
        }),
      'has a layer of [, 1000000, 1000000, 3], which is too large',
    ],
    [
      'a layer that TensorFlow.js does not know',
      (files) => changed(files, (model) => (model.modelTopology.config.layers[1].class_name = 'Quantum')),
      'it cannot be loaded: Unknown layer: Quantum',
    ],
  ])('%s', async (_, change, message) => {
    const files = change(await savedLayers(smallClassifier()));
    await expectNoLeak(async () => {
      expect((await refusal(files)).message).toContain(message);
    });
  });

  it('a Teachable Machine project of sounds', async () => {
    const files = await teachableFiles();
    const metadata = new TextEncoder().encode(
      JSON.stringify({ packageName: '@teachablemachine/pose', labels: ['a'] }),
    );
    const { message } = await refusal({ ...files, 'metadata.json': metadata });
    expect(message).toContain('is a project of @teachablemachine/pose, not of images');
  });
});
