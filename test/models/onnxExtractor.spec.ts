import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import * as web from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { FewshotError, ModelError, UsageError } from '../../src/core/errors.js';
import { extractorFromOnnx, type OnnxOptions, type OnnxRuntime } from '../../src/models/onnxExtractor.js';
import { damage, damaged, fuzzRuns } from '../damage.js';
import { picture } from './foreign.js';
import {
  type ClassifierOptions,
  FLOAT,
  message,
  node,
  onnxClassifier,
  onnxFile,
  onnxWeights,
  valueInfo,
  weight,
} from './onnxWriter.js';
import { onWasm } from './tiny.js';

onWasm();

const runtime = web as unknown as OnnxRuntime;
/** The faster one is there where it was installed beside, as by `.ci/run`: it has 280 MB. */
const native = (await import('onnxruntime-node').catch(() => undefined)) as OnnxRuntime | undefined;
const runtimes: readonly (readonly [string, OnnxRuntime])[] = [
  ['onnxruntime-web', runtime],
  ...(native === undefined ? [] : [['onnxruntime-node', native] as const]),
];

const extractor = async (bytes: Uint8Array, options: OnnxOptions = {}) =>
  extractorFromOnnx(runtime, bytes, { name: 'small', ...options });

/** What the classifier's features are, by TensorFlow.js. */
function expectedCode(pixels: Float32Array): number[] {
  return tf.tidy(() => {
    const { kernel } = onnxWeights();
    const images = tf.tensor4d(pixels, [1, 8, 8, 3]);
    const normalized = images.sub([0.485, 0.456, 0.406]).div([0.229, 0.224, 0.225]) as tf.Tensor4D;
    const filters = tf.tensor4d(kernel, [5, 3, 3, 3]).transpose([2, 3, 1, 0]) as tf.Tensor4D;
    const maps = tf.relu(tf.conv2d(normalized, filters, 2, 'same'));
    const values = [...maps.mean([1, 2]).dataSync()];
    return values.map((value) => value / Math.hypot(...values));
  });
}

const expectNear = (code: Float32Array | undefined, expected: readonly number[]) => {
  expect(code).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(code![i]).toBeCloseTo(value, 5);
};

describe.each(runtimes)('extractorFromOnnx by %s', (_, ort) => {
  it.each<[string, ClassifierOptions]>([
    ['channels first', {}],
    ['channels last', { layout: 'nhwc' }],
    ['a batch of 1', { shape: [1, 3, 8, 8] }],
    ['a softmax', { softmax: true, output: 'output' }],
    ['weights that a node gives', { constant: true }],
  ])('gives what the classifier at its end takes: %s', async (_case, given) => {
    const own = await extractorFromOnnx(ort, onnxClassifier(given), { name: 'small' });
    expect(own).toMatchObject({
      name: 'small',
      latentSize: 5,
      latentSpace: 'sphere',
      imageShape: [8, 8, 3],
      output: 'features',
    });
    expect(own.describe().join('\n')).toContain('its classifier, which gives');
    const { pixels, shape } = picture(8, 8, 3);
    const [code] = await own.embed([{ pixels, shape }]);
    expectNear(code, expectedCode(pixels));
    own.dispose();
  });

  it('gives codes that do not depend on the other pictures, nor on other calls', async () => {
    const own = await extractorFromOnnx(ort, onnxClassifier(), { latentSpace: 'euclidean' });
    const size = fc.integer({ min: 1, max: 20 });
    const one = fc
      .tuple(size, size, fc.constantFrom(1 as const, 3 as const), fc.nat(99))
      .map((keys) => picture(...keys));
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 5 }), async (pictures) => {
        const together = await own.embed(pictures);
        const apart = await Promise.all(pictures.map((single) => own.embed([single])));
        expect(apart.map(([code]) => [...code!])).toEqual(together.map((code) => [...code]));
      }),
      { numRuns: 10 },
    );
    own.dispose();
  });
});

describe('extractorFromOnnx', () => {
  it.each(['maps', 'active', 'pooled', '/active/Relu'])(
    'gives %s, which the file does not list as an output',
    async (output) => {
      for (const layout of ['nchw', 'nhwc'] as const) {
        const own = await extractor(onnxClassifier({ layout }), { output });
        const { pixels, shape } = picture(8, 8, 3);
        const [code] = await own.embed([{ pixels, shape }]);
        if (output === 'maps') expect(code).toHaveLength(5);
        else expectNear(code, expectedCode(pixels));
        own.dispose();
      }
    },
  );

  it('keeps a last layer that does not look like a classifier, and says what it is told to give', async () => {
    const embedding = await extractor(onnxClassifier({ output: 'embedding' }));
    expect(embedding).toMatchObject({ latentSize: 3, output: 'embedding' });
    const softmax = await extractor(onnxClassifier({ softmax: true }), { output: 'logits' });
    expect(softmax.describe().join('\n')).toContain('probabilities of classes, not features');
  });

  it('takes sides of 224 where the file leaves them open, or those that are asked for', async () => {
    const bytes = onnxClassifier({ shape: ['n', 'c', 'h', 'w'] });
    expect((await extractor(bytes)).imageShape).toEqual([224, 224, 3]);
    const own = await extractor(bytes, { imageShape: [8, 8, 3] });
    const { pixels, shape } = picture(8, 8, 3);
    expectNear((await own.embed([{ pixels, shape }]))[0], expectedCode(pixels));
    const last = await extractor(onnxClassifier({ layout: 'nhwc', shape: ['n', 'h', 'w', 'c'] }), {
      imageShape: [8, 8, 3],
      layout: 'nhwc',
    });
    expectNear((await last.embed([{ pixels, shape }]))[0], expectedCode(pixels));
  });

  it('takes bytes from 0 to 255 where the file wants them', async () => {
    const bytes = onnxFile({
      inputs: [valueInfo('images', [1, 2, 2, 3], 2)],
      outputs: [valueInfo('out', [1, 2, 2, 3])],
      nodes: [node('Cast', ['images'], 'out', { to: FLOAT })],
    });
    const own = await extractor(bytes, { latentSpace: 'euclidean' });
    const pixels = Float32Array.of(0, 0.5, 1, 0, 0.5, 1, 0, 0.5, 1, 0, 0.5, 1);
    expect([...(await own.embed([{ pixels, shape: [2, 2, 3] }]))[0]!]).toEqual([0, 128, 255]);
  });

  it('makes one row of the tokens of a transformer only if it is told how', async () => {
    const bytes = onnxFile({
      inputs: [valueInfo('images', ['n', 3, 2, 2])],
      outputs: [valueInfo('last_hidden_state', ['n', 3, 4])],
      weights: [
        message([1, 3], [2, 7], [8, 'shape'], [9, new Uint8Array(BigInt64Array.of(0n, 3n, 4n).buffer)]),
      ],
      nodes: [node('Reshape', ['images', 'shape'], 'last_hidden_state')],
    });
    await expect(extractor(bytes)).rejects.toMatchObject({
      message: expect.stringContaining('gives [3, 4] for a picture'),
      hint: expect.stringContaining("pool: 'first'"),
    });
    const pixels = Float32Array.from({ length: 12 }, (_, i) => i / 12);
    const codes = { first: [0, 3, 6, 9], mean: [1, 4, 7, 10] };
    for (const pool of ['first', 'mean'] as const) {
      const own = await extractor(bytes, {
        pool,
        preprocessing: { mean: 0, scale: 12 },
        latentSpace: 'euclidean',
      });
      expectNear((await own.embed([{ pixels, shape: [2, 2, 3] }]))[0], codes[pool]);
    }
  });

  it('knows that maps of convolutions have channels first, whatever the input', async () => {
    const kernel = weight('kernel', [2, 1, 1, 1], Float32Array.of(1, 3));
    const bytes = onnxFile({
      inputs: [valueInfo('images', ['n', 4, 4, 1])],
      outputs: [valueInfo('maps', ['n', 2, 4, 4])],
      weights: [
        kernel,
        message([1, 4], [2, 7], [8, 'shape'], [9, new Uint8Array(BigInt64Array.of(-1n, 1n, 4n, 4n).buffer)]),
      ],
      nodes: [node('Reshape', ['images', 'shape'], 'planes'), node('Conv', ['planes', 'kernel'], 'maps')],
    });
    const own = await extractor(bytes, { latentSpace: 'euclidean', preprocessing: '0..1' });
    const { pixels, shape } = picture(4, 4, 1);
    const mean = pixels.reduce((sum, value) => sum + value) / 16;
    expectNear((await own.embed([{ pixels, shape }]))[0], [mean, 3 * mean]);
  });

  it('runs a session once at a time', async () => {
    let running = 0;
    let most = 0;
    class Tensor {
      constructor(
        readonly type: string,
        readonly data: Float32Array | Uint8Array,
        readonly dims: readonly number[],
      ) {}
    }
    const run = async (_: unknown, [output]: readonly string[]) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return { [output!]: new Tensor('float32', Float32Array.of(1, 2), [1, 2]) };
    };
    const runtime = { InferenceSession: { create: async () => ({ run }) }, Tensor };
    const own = await extractorFromOnnx(runtime, onnxClassifier());
    await Promise.all([0, 1, 2].map((seed) => own.embed([picture(8, 8, 3, seed), picture(8, 8, 3)])));
    expect(most).toBe(1);
  });

  it('has a digest of file and settings', async () => {
    const given: [Uint8Array, OnnxOptions?][] = [
      [onnxClassifier()],
      [onnxClassifier()],
      [onnxClassifier({ output: 'classes' })],
      [onnxClassifier(), { output: 'active' }],
      [onnxClassifier(), { preprocessing: '-1..1' }],
    ];
    const digests = await Promise.all(
      given.map(async ([bytes, options]) => (await extractor(bytes, options)).digest),
    );
    expect(digests[1]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(digests.length - 1);
  });
});

describe('extractorFromOnnx refuses', () => {
  const refusal = async (bytes: Uint8Array, options: OnnxOptions = {}) => {
    const error = await extractor(bytes, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).message).toMatch(/^small: /);
    return error as ModelError;
  };

  it('an output that there is not, and names the nearest first', async () => {
    const { message: text, hint } = await refusal(onnxClassifier(), { output: 'pooledd' });
    expect(text).toBe('small: it has no output pooledd');
    expect(hint).toMatch(/^Nearest of its 5: pooled, /);
  });

  it.each<[string, Uint8Array, string]>([
    [
      'a network of texts',
      model([valueInfo('input_ids', ['n', 'length'], 7)]),
      'its input input_ids is int64 [?, ?]',
    ],
    ['16-bit images', model([valueInfo('images', [1, 3, 8, 8], 10)]), 'is float16 [1, 3, 8, 8]'],
    ['two inputs', model([valueInfo('a', [1, 3, 8, 8]), valueInfo('b', [1])]), 'it has 2 inputs (a, b)'],
    ['eight images at once', onnxClassifier({ shape: [8, 3, 8, 8] }), 'it takes 8 images at once'],
    ['images of terabytes', onnxClassifier({ shape: [1, 3, 1e6, 1e6] }), 'too large'],
    ['an unknown operation', model([valueInfo('x', [1, 3, 8, 8])], 'Quantum'), 'ONNX Runtime cannot load it'],
    ['no network', message([1, 8], [7, message([2, 'graph of nothing'])]), 'without a network'],
    [
      'weights of terabytes',
      model([valueInfo('x', [1, 3, 8, 8])], 'Relu', [weight('w', [1e6, 1e6], new Float32Array(4))]),
      'w is [1000000, 1000000], but has 16 bytes',
    ],
    [
      'weights of negative sides',
      model([valueInfo('x', [1, 3, 8, 8])], 'Relu', [weight('w', [-1, -4], new Float32Array(4))]),
      'w is [-1, -4]',
    ],
    [
      'weights in another file',
      model([valueInfo('x', [1, 3, 8, 8])], 'Relu', [message([1, 4], [8, 'w'], [14, 1])]),
      'are in another file',
    ],
    ['a row of one value', model([valueInfo('x', [1, 3, 8, 8])], 'ReduceMean'), 'for a picture'],
    ['values of another type', model([valueInfo('x', [1, 3, 8, 8])], 'Shape'), 'y gives int64'],
  ])('%s', async (_, bytes, text) => {
    expect((await refusal(bytes)).message).toContain(text);
  });

  it('several outputs of which none has the name of features', async () => {
    const bytes = onnxFile({
      inputs: [valueInfo('x', [1, 3, 8, 8])],
      outputs: [valueInfo('a', [1, 3, 8, 8]), valueInfo('b', [1, 3, 8, 8])],
      nodes: [node('Relu', ['x'], 'a'), node('Abs', ['x'], 'b')],
    });
    expect((await refusal(bytes)).hint).toBe('Name one by output: a, b.');
    expect(await extractor(bytes, { output: 'b' })).toMatchObject({ latentSize: 3 });
  });

  it('what is no runtime', async () => {
    const wrong = (runtime: unknown) => extractorFromOnnx(runtime as OnnxRuntime, onnxClassifier());
    await expect(wrong(undefined)).rejects.toThrow(UsageError);
    await expect(wrong(import('onnxruntime-web'))).rejects.toThrow('the runtime is a promise');
  });

  it('damaged files with an error of the library, or reads them', async () => {
    const bytes = onnxClassifier();
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const loaded = await extractorFromOnnx(runtime, damaged(bytes, how)).catch((error: unknown) => error);
        if (loaded instanceof Error) expect(loaded).toBeInstanceOf(FewshotError);
        else (loaded as { dispose(): void }).dispose();
      }),
      { numRuns: fuzzRuns(200) },
    );
  });
});

/** A network of a single operation. */
function model(inputs: readonly Uint8Array[], op = 'Relu', weights: readonly Uint8Array[] = []): Uint8Array {
  const [first] = inputs;
  const name = new TextDecoder().decode(first!.subarray(2, 2 + first![1]!));
  return onnxFile({ inputs, weights, outputs: [message([1, 'y'])], nodes: [node(op, [name], 'y')] });
}
