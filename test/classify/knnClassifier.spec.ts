import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnnClassifier, type KnnPrediction } from '../../src/classify/knnClassifier.js';
import { knnEngineNames } from '../../src/classify/knnEngine.js';
import { knnEngine } from '../../src/classify/knnEngines.js';
import type { KnnInput } from '../../src/classify/knnInput.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import { noise, onWasm, tinyModel } from '../models/tiny.js';
import reference from '../reference/knn.json' with { type: 'json' };
import { expectNoLeak } from '../tensors.js';
import { type Problem, problems, squaredDistances } from './data.js';

onWasm();

/** Names that the classes of a problem get, numbers and strings mixed. */
const names: readonly Label[] = ['cat', 7, '__proto__', -1.5];

const rowsOf = (values: Float32Array, dimension: number) =>
  Array.from({ length: values.length / dimension }, (_, i) =>
    values.slice(i * dimension, (i + 1) * dimension),
  );

function learned({ references, k }: Problem, engine: (typeof knnEngineNames)[number]): KnnClassifier {
  const classifier = new KnnClassifier({ k, engine });
  for (const [i, row] of rowsOf(references.values, references.dimension).entries()) {
    classifier.add(row, names[references.labels[i]!]!);
  }
  return classifier;
}

/** Labels and shares of the votes by the documented rule, spelled out. */
function expected(problem: Problem): { label: Label; shares: Map<Label, number> }[] {
  const { references, queries, k } = problem;
  return rowsOf(queries, references.dimension).map((_, query) => {
    const distances = squaredDistances(problem, query);
    const near = [...distances.keys()].sort((a, b) => distances[a]! - distances[b]! || a - b).slice(0, k);
    const labels = near.map((i) => names[references.labels[i]!]!);
    const shares = new Map<Label, number>();
    for (const label of labels) shares.set(label, (shares.get(label) ?? 0) + 1 / k);
    const most = Math.max(...labels.map((label) => labels.filter((other) => other === label).length));
    const label = labels.find((own) => labels.filter((other) => other === own).length === most)!;
    return { label, shares };
  });
}

function preUnequalDistances(problem: Problem): void {
  const asked = problem.queries.length / problem.references.dimension;
  for (let query = 0; query < asked; query++) {
    const distances = squaredDistances(problem, query);
    fc.pre(new Set(distances).size === distances.length);
  }
}

function expectLike(predictions: readonly KnnPrediction[], problem: Problem): void {
  const wanted = expected(problem);
  expect(predictions.map(({ label }) => label)).toEqual(wanted.map(({ label }) => label));
  for (const [i, { confidences }] of predictions.entries()) {
    const classes = [...new Set(problem.references.labels)].map((label) => names[label]!);
    expect(Object.keys(confidences).sort()).toEqual(classes.map(String).sort());
    for (const label of classes)
      expect(confidences[label]).toBeCloseTo(wanted[i]!.shares.get(label) ?? 0, 10);
  }
}

describe.each(knnEngineNames)('KnnClassifier with the engine %s', (engine) => {
  it('counts the votes of the nearest', async () => {
    await fc.assert(
      fc.asyncProperty(problems(1_000), async (problem) => {
        preUnequalDistances(problem);
        const predictions = await expectNoLeak(() =>
          learned(problem, engine).predictAll(rowsOf(problem.queries, problem.references.dimension)),
        );
        expectLike(predictions, problem);
      }),
      { numRuns: 60 },
    );
  });

  it.each(reference.cases.map((stored, index) => [index, stored] as const))(
    'labels as scikit-learn does, case %i',
    async (_, { dimension, k, references, labels, queries, expected }) => {
      const classifier = new KnnClassifier({ k, engine });
      const rows = rowsOf(Float32Array.from(references), dimension);
      for (const [i, row] of rows.entries()) classifier.add(row, labels[i]!);
      const predictions = await classifier.predictAll(rowsOf(Float32Array.from(queries), dimension));
      expect(predictions.map(({ label }) => label)).toEqual(expected);
    },
  );

  it('predicts the same after it was saved and loaded', async () => {
    await fc.assert(
      fc.asyncProperty(problems(3), async (problem) => {
        const original = learned(problem, engine);
        const copy = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(original)));
        const queries = rowsOf(problem.queries, problem.references.dimension);
        expect(await copy.predictAll(queries)).toEqual(await original.predictAll(queries));
        expect(copy.toJSON()).toEqual(original.toJSON());
      }),
      { numRuns: 60 },
    );
  });

  it('gives a tied vote to the class with the nearest member', async () => {
    const classifier = new KnnClassifier({ k: 2, engine });
    classifier.add(Float32Array.of(100), 'far');
    classifier.add(Float32Array.of(4), 'second');
    classifier.add(Float32Array.of(0), 'first');
    expect(await classifier.predict(Float32Array.of(1))).toEqual({
      label: 'first',
      confidences: { far: 0, second: 0.5, first: 0.5 },
    });
  });

  it('learns on between questions; all vote while there are fewer than k', async () => {
    const classifier = new KnnClassifier({ k: 3, engine });
    classifier.add(Float32Array.of(0, 0), 'a');
    const ask = async () => (await classifier.predict(Float32Array.of(1, 1))).confidences;
    expect(await ask()).toEqual({ a: 1 });
    classifier.add(Float32Array.of(1, 1), 'b');
    expect(await ask()).toEqual({ a: 0.5, b: 0.5 });
    classifier.add(Float32Array.of(1, 1), 'b');
    classifier.add(Float32Array.of(2, 1), 'b');
    expect(await ask()).toEqual({ a: 0, b: 1 });
    expect(classifier.count).toBe(4);
    expect(classifier.classes).toEqual(['a', 'b']);
  });

  it('answers by the examples that it had when asked', async () => {
    const classifier = new KnnClassifier({ engine });
    classifier.add(Float32Array.of(0), 'a');
    const answer = classifier.predict(Float32Array.of(5));
    classifier.add(Float32Array.of(5), 'b');
    expect(await answer).toEqual({ label: 'a', confidences: { a: 1 } });
  });
});

it('agrees with the exact engine', async () => {
  const values = noise([60, 40, 1], 'references');
  const queries = noise([30, 40, 1], 'queries');
  const labels = Int32Array.from({ length: 60 }, (_, i) => i % 4);
  const classifier = new KnnClassifier({ k: 5 });
  for (const [i, row] of rowsOf(values, 40).entries()) classifier.add(row, labels[i]!);
  const wanted = await knnEngine('exact').predict({ values, dimension: 40, labels }, queries, {
    k: 5,
    classes: 4,
  });
  const predictions = await classifier.predictAll(rowsOf(queries, 40));
  expect(predictions.map(({ label }) => label)).toEqual([...wanted]);
});

const imageOf = (label: Label, ...keys: (string | number)[]): LabeledImage => ({
  pixels: noise([12, 12, 1], ...keys),
  shape: [12, 12, 1],
  label,
});

describe('images', () => {
  it('are compared by their pixels', async () => {
    const classifier = new KnnClassifier();
    classifier.addAll([imageOf('a', 1), imageOf('b', 2)]);
    classifier.add({ pixels: imageOf('c', 3).pixels, shape: [12, 12, 1] }, 'c');
    for (const [label, key] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const) {
      expect((await classifier.predict(imageOf('?', key))).label).toBe(label);
    }
    expect(classifier.toJSON()).toMatchObject({ shape: [12, 12, 1], dimension: 144 });
  });

  it('are compared by their codes where there is an encoder', async () => {
    const model = await tinyModel();
    const images = Array.from({ length: 300 }, (_, i) => imageOf(i % 3, i));
    const codes = tf.tidy(() =>
      rowsOf(
        model
          .encode(tf.stack(images.map(({ pixels }) => tf.tensor3d(pixels, [12, 12, 1]))) as tf.Tensor4D)
          .dataSync() as Float32Array,
        model.latentSize,
      ),
    );
    const byCodes = new KnnClassifier({ k: 4 });
    for (const [i, code] of codes.entries()) byCodes.add(code, i % 3);
    const byImages = new KnnClassifier({ k: 4, encoder: model });
    const queries = Array.from({ length: 20 }, (_, i) => imageOf('?', 'query', i));
    await expectNoLeak(async () => {
      byImages.addAll(images);
      await byImages.predictAll(queries);
    });
    const oneByOne = new KnnClassifier({ k: 4, encoder: model });
    for (const image of images.slice(0, 20)) oneByOne.add(image, image.label);
    expect(byImages.toJSON().values).toBe(byCodes.toJSON().values);
    expect(byImages.toJSON().values.startsWith(oneByOne.toJSON().values.slice(0, 400))).toBe(true);
    const copy = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(byImages)), { encoder: model });
    expect(await copy.predictAll(queries)).toEqual(await byImages.predictAll(queries));
    model.dispose();
  });

  it('of a classifier with an encoder need that encoder again', async () => {
    const [model, other] = await Promise.all([tinyModel(1), tinyModel(2)]);
    const classifier = new KnnClassifier({ encoder: model });
    classifier.add(imageOf('a', 1), 'a');
    const json = JSON.parse(JSON.stringify(classifier));
    expect(() => KnnClassifier.fromJSON(json)).toThrow(
      expect.objectContaining({
        name: 'ModelError',
        message: expect.stringMatching(
          `made with encoder ${model.digest.slice(0, 12)}…, but no encoder was given$`,
        ),
      }),
    );
    expect(() => KnnClassifier.fromJSON(json, { encoder: other })).toThrow(
      /but encoder [0-9a-f]{12}… was given/,
    );
    expect(() => KnnClassifier.fromJSON(json, { encoder: { ...model, latentSize: 9 } })).toThrow(
      'has codes of 4 values, but its encoder makes 9',
    );
    expect(() => KnnClassifier.fromJSON(new KnnClassifier().toJSON(), { encoder: model })).toThrow(
      /made with no encoder, but encoder/,
    );
    tf.dispose([...model.weights.values(), ...other.weights.values()]);
  });

  it('of which one cannot be added are all left out', () => {
    const classifier = new KnnClassifier();
    classifier.add(imageOf('a', 1), 'a');
    const broken = { ...imageOf('b', 2), pixels: noise([12, 12, 1], 2).fill(Number.NaN, 7, 8) };
    expect(() => classifier.addAll([imageOf('b', 3), broken])).toThrow(/^image 1 .*holds NaN at value 7/);
    expect(() => classifier.addAll([imageOf('b', 3), { ...imageOf('b', 3), shape: [9, 16, 1] }])).toThrow(
      /^image 1 .*is 9×16×1, but 12×12×1 is expected/,
    );
    expect(() => classifier.addAll([imageOf('b', 3), imageOf('', 3)])).toThrow('example 1 has no label');
    expect(classifier.count).toBe(1);
    expect(classifier.classes).toEqual(['a']);
  });
});

describe('forgetting', () => {
  const filled = () => {
    const knn = new KnnClassifier();
    for (const [value, label] of [
      [1, 'b'],
      [2, 'a'],
      [3, 'b'],
      [4, 7],
      [5, 'a'],
    ] as const) {
      knn.add([value], label);
    }
    return knn;
  };
  /** Labels and values of the examples in their order. */
  const contentOf = (knn: KnnClassifier) => {
    const { classes, labels, values } = knn.toJSON();
    const bytes = Buffer.from(values, 'base64');
    return labels.map((label, i) => [classes[label], bytes.readFloatLE(4 * i)]);
  };

  it('undoes the last, or one of a class by its place from either end', () => {
    const knn = filled();
    expect(knn.remove()).toBe(true);
    expect(contentOf(knn)).toEqual([
      ['b', 1],
      ['a', 2],
      ['b', 3],
      [7, 4],
    ]);
    expect(knn.remove('b', 0)).toBe(true);
    expect(contentOf(knn)).toEqual([
      ['a', 2],
      ['b', 3],
      [7, 4],
    ]);
    knn.add([6], 'b');
    expect(knn.remove('b')).toBe(true);
    expect(contentOf(knn)).toEqual([
      ['a', 2],
      ['b', 3],
      [7, 4],
    ]);
  });

  it('counts examples per class, and keeps the order of classes as long as they have some', () => {
    const knn = filled();
    expect([knn.counts, knn.classes]).toEqual([{ b: 2, a: 2, 7: 1 }, ['b', 'a', 7]]);
    knn.remove('b', 0);
    expect([knn.counts, knn.classes]).toEqual([{ b: 1, a: 2, 7: 1 }, ['b', 'a', 7]]);
    expect(KnnClassifier.fromJSON(knn.toJSON()).classes).toEqual(['b', 'a', 7]);
    knn.remove('b');
    expect([knn.counts, knn.classes]).toEqual([{ a: 2, 7: 1 }, ['a', 7]]);
    knn.add([1], 'b');
    expect(knn.classes).toEqual(['a', 7, 'b']);
  });

  it('clears a class by its label or by its key in counts, or all, and then takes another size', async () => {
    const knn = filled();
    expect(knn.clear('a')).toBe(2);
    expect(knn.clear('7')).toBe(1);
    expect(knn.counts).toEqual({ b: 2 });
    expect(await knn.predict([5])).toEqual({ label: 'b', confidences: { b: 1 } });
    expect(knn.clear()).toBe(2);
    expect([knn.count, knn.classes, knn.counts]).toEqual([0, [], {}]);
    await expect(knn.predict([5])).rejects.toThrow(UsageError);
    knn.add([1, 2], 'a');
    expect(knn.toJSON()).toMatchObject({ dimension: 2, labels: [0] });
  });

  it('does nothing where there is nothing', () => {
    const knn = filled();
    expect([knn.remove('c'), knn.remove('a', 2), knn.remove('a', -3), knn.remove('a', 0.5)]).toEqual(
      Array(4).fill(false),
    );
    expect([knn.clear('c'), new KnnClassifier().clear(), new KnnClassifier().remove()]).toEqual([
      0,
      0,
      false,
    ]);
    expect(knn.count).toBe(5);
  });

  it.each(knnEngineNames)('answers with %s as if what is gone had never come', async (engine) => {
    await fc.assert(
      fc.asyncProperty(problems(3), fc.array(fc.nat(30), { maxLength: 8 }), async (problem, places) => {
        const knn = learned(problem, engine);
        const { references, queries, k } = problem;
        const rest = rowsOf(references.values, references.dimension).map(
          (row, i) => [row, names[references.labels[i]!]!] as const,
        );
        for (const place of places) {
          if (place >= rest.length || rest.length === 1) continue;
          const [[, label]] = rest.splice(place, 1) as [readonly [Float32Array, Label]];
          const position = rest.slice(0, place).filter(([, other]) => other === label).length;
          expect(knn.remove(label, position)).toBe(true);
        }
        const fresh = new KnnClassifier({ k, engine });
        for (const label of knn.classes) {
          // Engines that go class by class go by the order of classes, which removals keep.
          fresh.add(new Float32Array(references.dimension), label);
        }
        for (const [row, label] of rest) fresh.add(row, label);
        for (const label of knn.classes) fresh.remove(label, 0);
        expect(knn.toJSON()).toEqual(fresh.toJSON());
        const asked = rowsOf(queries, references.dimension);
        expect(await knn.predictAll(asked)).toEqual(await fresh.predictAll(asked));
      }),
      { numRuns: 40 },
    );
  });

  it('does not reach a question that was asked before', async () => {
    for (const engine of knnEngineNames) {
      const knn = new KnnClassifier({ engine });
      knn.add([0], 'a');
      knn.add([5], 'b');
      const answer = knn.predict([5]);
      knn.remove();
      knn.add([9], 'a');
      expect((await answer).label).toBe('b');
    }
  });
});

describe('inputs of other kinds', () => {
  const pixels = [
    [[0.1], [0.2], [0.3]],
    [[0.4], [0.5], [0.6]],
  ];
  const flat = Float32Array.from(pixels.flat(2));

  it.each<[string, KnnInput]>([
    ['a Float64Array', Float64Array.from(flat)],
    ['an array of numbers', [...flat]],
    ['a row of features', [[...flat]]],
    ['features in a tensor', tf.tensor1d(flat)],
    ['a row of features in a tensor', tf.tensor2d(flat, [1, 6])],
  ])('%s are features', (_, input) => {
    const knn = new KnnClassifier();
    knn.add(input, 'a');
    const plain = new KnnClassifier();
    plain.add(flat, 'a');
    expect(knn.toJSON()).toEqual(plain.toJSON());
  });

  it.each<[string, KnnInput]>([
    ['lists of rows', pixels.map((row) => row.flat())],
    ['lists of rows of channels', pixels],
    ['a batch of one', [pixels]],
    ['rows of typed arrays', pixels.map((row) => Float32Array.from(row.flat()))],
    ['a tensor', tf.tensor3d(pixels)],
    ['a gray tensor', tf.tensor2d(flat, [2, 3])],
    ['a tensor of a batch of one', tf.tensor4d([pixels])],
    ['a variable', tf.variable(tf.tensor3d(pixels))],
  ])('%s are an image', async (_, input) => {
    const knn = new KnnClassifier();
    await expectNoLeak(async () => {
      knn.add(input, 'a');
      await knn.predict(input);
    });
    expect(knn.toJSON()).toMatchObject({ shape: [2, 3, 1], dimension: 6 });
    const plain = new KnnClassifier();
    plain.add({ pixels: flat, shape: [2, 3, 1] }, 'a');
    expect(knn.toJSON()).toEqual(plain.toJSON());
    if (input instanceof tf.Tensor) expect(input.isDisposed).toBe(false);
  });

  it('are bytes, whole numbers and truth values, too', () => {
    const knn = new KnnClassifier();
    knn.add(Uint8ClampedArray.of(0, 1), 'a');
    knn.add(Int16Array.of(0, 1), 'a');
    knn.add(tf.tensor1d([0, 1], 'int32'), 'a');
    knn.add(tf.tensor1d([false, true], 'bool'), 'a');
    const plain = new KnnClassifier();
    for (let i = 0; i < 4; i++) plain.add(Float32Array.of(0, 1), 'a');
    expect(knn.toJSON()).toEqual(plain.toJSON());
  });

  const disposed = tf.tensor1d([1]);
  disposed.dispose();
  it.each<[RegExp, unknown]>([
    [/input 0 is a Promise/, Promise.resolve([1])],
    [/input 0 is null/, null],
    [/input 0 is undefined/, undefined],
    [/input 0 is true/, true],
    [/input 0 is the number 3/, 3],
    [/input 0 is the text 'cat.png'/, 'cat.png'],
    [/input 0 is a Map/, new Map()],
    [/input 0 is a DataView/, new DataView(new ArrayBuffer(4))],
    [/value 0 of input 0 is the bigint 1/, BigInt64Array.of(1n)],
    [/value 1 of input 0 is the text '2'/, [1, '2']],
    [/value 1 of input 0 is null/, [1, null]],
    [/input 0 is uneven/, [[1, 2], [1]]],
    [/value 1 of input 0 is an Array/, [1, [2]]],
    [/input 0 has the shape \[2,1,1,1\]/, [[[[1]]], [[[1]]]]],
    [/input 0 has the shape \[2,0\]/, [[], []]],
    [/features 0 have 0 values/, []],
    [/features 0 hold Infinity at value 0/, [1e300]],
    [/input 0 is a tensor that was disposed/, disposed],
    [/input 0 is a tensor of string/, tf.tensor1d(['a'])],
    [/input 0 has no shape/, tf.scalar(1)],
    [/the field pixels of input 0 is a Uint8Array/, { pixels: Uint8Array.of(1), shape: [1, 1, 1] }],
    [/the field pixels of input 0 is undefined/, { shape: [1, 1, 1] }],
    [/the field shape of input 0 is undefined/, { pixels: Float32Array.of(1) }],
    [/the field shape of input 0 is \[1,1\]/, { pixels: Float32Array.of(1), shape: [1, 1] }],
    [/the field shape of input 0 is \[1,0,1\]/, { pixels: new Float32Array(0), shape: [1, 0, 1] }],
  ])('%s is refused', async (message, input) => {
    const refused = expect.objectContaining({ name: 'DataError', message: expect.stringMatching(message) });
    const knn = new KnnClassifier();
    expect(() => knn.add(input as KnnInput, 'a')).toThrow(refused);
    expect(knn.count).toBe(0);
    knn.add([1], 'a');
    await expect(knn.predict(input as KnnInput)).rejects.toThrow(refused);
  });

  it('are awaited, where they are promises', async () => {
    const knn = new KnnClassifier();
    const waits = expect.objectContaining({ name: 'DataError', hint: expect.stringContaining('await') });
    const late = Promise.resolve([]) as never;
    expect(() => knn.add(late, 'a')).toThrow(waits);
    expect(() => knn.add([1], late)).toThrow(waits);
    expect(() => knn.addAll(late)).toThrow(waits);
    knn.add([1], 'a');
    await expect(knn.predictAll(late)).rejects.toThrow(waits);
  });

  it.each([true, {}, [], Symbol.iterator, Number.POSITIVE_INFINITY, null, '', Number.NaN])(
    'the label %s is refused',
    (label) => {
      const knn = new KnnClassifier();
      expect(() => knn.add([1], label as Label)).toThrow(DataError);
      expect(() => knn.addAll([{ ...imageOf('a', 1), label: label as Label }])).toThrow(DataError);
      expect(knn.count).toBe(0);
    },
  );

  it('are told from codes where there is an encoder', async () => {
    const model = await tinyModel();
    const knn = new KnnClassifier({ encoder: model });
    expect(() => knn.add(new Float32Array(144), 'a')).toThrow(
      expect.objectContaining({ name: 'DataError', hint: expect.stringContaining('shape: [12, 12, 1]') }),
    );
    knn.add(tf.zeros([12, 12, 1]), 'a');
    expect(knn.counts).toEqual({ a: 1 });
    model.dispose();
  });
});

describe('what cannot be added or asked', () => {
  const filled = () => {
    const classifier = new KnnClassifier();
    classifier.add(Float32Array.of(1, 2, 3), 1);
    return classifier;
  };

  it.each<[string, (classifier: KnnClassifier) => unknown]>([
    ['features 0 have 2 values, but 3 are expected', (knn) => knn.add(Float32Array.of(1, 2), 1)],
    ['features 0 hold Infinity at value 2', (knn) => knn.add(Float32Array.of(1, 2, 1 / 0), 1)],
    [
      'image 0 has 4 values, but 3 are expected',
      (knn) => knn.add({ pixels: new Float32Array(4), shape: [2, 2, 1] }, 1),
    ],
    ["example 0 has the label '1', but there is a class 1", (knn) => knn.add(Float32Array.of(1, 2, 3), '1')],
    ['example 0 has no label', (knn) => knn.add(Float32Array.of(1, 2, 3), Number.NaN)],
    ['example 0 has no label', (knn) => knn.add(Float32Array.of(1, 2, 3), undefined as unknown as Label)],
  ])('%s', (message, add) => {
    const classifier = filled();
    expect(() => add(classifier)).toThrow(expect.objectContaining({ name: 'DataError', message }));
    expect(classifier.count).toBe(1);
  });

  it('features without values', () => {
    expect(() => new KnnClassifier().add(new Float32Array(0), 'a')).toThrow(
      'features 0 have 0 values, but at least 1 are expected',
    );
  });

  it('questions that do not fit, or come before the first example', async () => {
    await expect(filled().predictAll([Float32Array.of(1, 2, 3), Float32Array.of(1)])).rejects.toThrow(
      expect.objectContaining({
        name: 'DataError',
        message: 'features 1 have 1 values, but 3 are expected',
      }),
    );
    await expect(new KnnClassifier().predict(Float32Array.of(1))).rejects.toThrow(UsageError);
    await expect(new KnnClassifier().predict(Float32Array.of(1))).rejects.toThrow('has no examples');
  });

  it('settings that do not exist', () => {
    expect(() => new KnnClassifier({ k: 0 })).toThrow(UsageError);
    expect(() => new KnnClassifier({ k: 1.5 })).toThrow('k is 1.5');
    expect(() => new KnnClassifier({ engine: 'fast' as 'exact' })).toThrow(/there is no k-NN engine 'fast'/);
  });
});

describe('the JSON', () => {
  const saved = () => {
    const classifier = new KnnClassifier({ k: 2, engine: 'ml-knn' });
    classifier.add(Float32Array.of(1, -0.5), 'a');
    classifier.add(Float32Array.of(3, 1e-30), 4);
    classifier.add(Float32Array.of(5, 6), 'a');
    return classifier.toJSON();
  };

  it('holds what it says', () => {
    const json = saved();
    const bytes = Buffer.from(json.values, 'base64');
    expect(Array.from({ length: 6 }, (_, i) => bytes.readFloatLE(4 * i))).toEqual(
      [1, -0.5, 3, 1e-30, 5, 6].map(Math.fround),
    );
    expect({ ...json, values: '' }).toEqual({
      schema: 'fewshot.knn/1',
      engine: 'ml-knn',
      k: 2,
      dimension: 2,
      classes: ['a', 4],
      labels: [0, 1, 0],
      values: '',
    });
  });

  it('may be of a classifier without examples', () => {
    const copy = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(new KnnClassifier({ k: 3 }))));
    expect([copy.k, copy.count, copy.classes]).toEqual([3, 0, []]);
    copy.add(Float32Array.of(1), 'a');
    expect(copy.count).toBe(1);
  });

  it('takes many values', () => {
    const classifier = new KnnClassifier();
    classifier.add(noise([100, 200, 1]), 'a');
    expect(KnnClassifier.fromJSON(classifier.toJSON()).toJSON()).toEqual(classifier.toJSON());
  });

  it.each<[RegExp, (json: ReturnType<typeof saved>) => unknown]>([
    [
      /is of version fewshot\.knn\/2, but this release reads fewshot\.knn\/1$/,
      (json) => ({ ...json, schema: 'fewshot.knn/2' }),
    ],
    [/is of an unknown version/, () => null],
    [/is of an unknown version/, () => '{}'],
    [
      /its values are truncated: 21 bytes instead of 24$/,
      (json) => ({ ...json, values: json.values.slice(0, -4) }),
    ],
    [/its values are too long: 27 bytes/, (json) => ({ ...json, values: `${json.values}AAAA` })],
    [/its values are truncated: 24 bytes instead of 36$/, (json) => ({ ...json, dimension: 3 })],
    [/its values are not base64/, (json) => ({ ...json, values: json.values.replace(/^./, '*') })],
    [/its values hold NaN at index 0/, (json) => ({ ...json, values: `AADAfw${json.values.slice(6)}` })],
    [/wrong at labels\.1: 2, but there are 2 classes/, (json) => ({ ...json, labels: [0, 2, 0] })],
    [/wrong at labels\.2/, (json) => ({ ...json, labels: [0, 1, -1] })],
    [/wrong at engine/, (json) => ({ ...json, engine: 'fast' })],
    [/wrong at k/, (json) => ({ ...json, k: 0 })],
    [/has examples of 0 values/, (json) => ({ ...json, dimension: 0, values: '' })],
    [
      /wrong at shape: 1×1×3 has 3 values, but its examples have 2/,
      (json) => ({ ...json, shape: [1, 1, 3] }),
    ],
  ])('is refused: %s', (message, damage) => {
    expect(() => KnnClassifier.fromJSON(damage(saved()))).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringMatching(message) }),
    );
  });
});
