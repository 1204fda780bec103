import { from, lastValueFrom, type Observable, of, toArray } from 'rxjs';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import { addTo } from '../../src/classify/addTo.js';
import { KnnClassifier } from '../../src/classify/knnClassifier.js';
import { knnEngineNames } from '../../src/classify/knnEngine.js';
import type { LabeledCode } from '../../src/core/code.js';
import { DataError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { codeOf, codeSpace, codesOfClass } from '../augment/fakeExtractor.js';

beforeAll(() => selectBackend('wasm'));

const space = codeSpace();
const codes = [...codesOfClass('a', 5), ...codesOfClass('b', 5), ...codesOfClass('c', 5)];
const queries = ['a', 'b', 'c'].flatMap((label) =>
  Array.from({ length: 6 }, (_, i) => codeOf(label, 50 + i)),
);

const learn = (knn: KnnClassifier) =>
  lastValueFrom(from(codes).pipe(hallucinate(space, { perClass: 20, seed: 3 }), addTo(knn), toArray()));

describe('KnnClassifier on codes', () => {
  it.each([...knnEngineNames])(
    'learns a stream of hallucinated codes, and predicts codes, with %s',
    async (engine) => {
      const knn = new KnnClassifier({ engine, k: 3 });
      const passed = await learn(knn);
      expect(passed).toHaveLength(75);
      expect(knn.counts).toEqual({ a: 25, b: 25, c: 25 });
      const predictions = await knn.predictAll(queries);
      expect(predictions.filter(({ label }, i) => label === queries[i]!.label).length).toBeGreaterThanOrEqual(
        17,
      );
      // A code and its values are one and the same input.
      const plain = new KnnClassifier({ engine, k: 3 });
      for (const { code, label } of passed) plain.add(code, label);
      expect(await plain.predictAll(queries.map(({ code }) => code))).toEqual(predictions);
    },
  );

  it('tells what is unknown by real codes alone', async () => {
    const [real, enlarged] = [new KnnClassifier(), new KnnClassifier()];
    real.addAll(codes);
    await learn(enlarged);
    const options = { falseAlarms: 0.2 };
    const calibration = real.calibrate(options);
    expect(calibration.examples).toBe(15);
    expect(enlarged.calibrate(options)).toEqual(calibration);
    // Codes that a distortion made count no more than hallucinated ones.
    enlarged.addAll(
      codes.map((code) => ({ ...code, provenance: { parents: [0], path: 'affine', index: 0, seed: 0 } })),
    );
    expect(enlarged.calibrate(options)).toEqual(calibration);
  });

  it('keeps which codes were made when it is saved', async () => {
    const knn = new KnnClassifier({ unknown: { falseAlarms: 0.2 } });
    await learn(knn);
    const again = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(knn)));
    expect(again.calibrate()).toEqual(knn.calibrate());
    expect(await again.predictAll(queries)).toEqual(await knn.predictAll(queries));
  });

  it.each<[string, unknown, RegExp]>([
    ['another length', codeOf('a', 0, 5), /^code 1 has 5 values, but 6 are expected/],
    [
      'a value that is not finite',
      { code: codeOf('a', 0).code.with(3, 1 / 0), label: 'a' },
      /Infinity at value 3/,
    ],
    ['a list as its code', { code: [1, 2, 3, 4, 5, 6], label: 'a' }, /Float32Array is needed/],
    ['no label', { code: codeOf('a', 0).code }, /example 1 has no label/],
    [
      'an image',
      { pixels: new Float32Array(4), shape: [2, 2, 1], label: 'a' },
      /image 1 has 4 values, but 6/,
    ],
  ])('refuses a code with %s, and adds none', (_, wrong, words) => {
    const knn = new KnnClassifier();
    expect(() => knn.addAll([codeOf('a', 0), wrong as LabeledCode])).toThrow(DataError);
    expect(() => knn.addAll([codeOf('a', 0), wrong as LabeledCode])).toThrow(words);
    expect(knn.count).toBe(0);
  });
});

describe('addTo', () => {
  it('passes on items of the kind that came', () => {
    const knn = new KnnClassifier();
    expectTypeOf(of(codeOf('a', 0)).pipe(addTo(knn))).toEqualTypeOf<Observable<LabeledCode>>();
    const image: LabeledImage = { pixels: new Float32Array(1), shape: [1, 1, 1], label: 'a' };
    expectTypeOf(of(image).pipe(addTo(knn))).toEqualTypeOf<Observable<LabeledImage>>();
  });
});

describe('prototypes', () => {
  const direction = (items: readonly LabeledCode[]) => {
    const sum = Array.from({ length: 6 }, (_, j) => items.reduce((total, { code }) => total + code[j]!, 0));
    return sum.map((value) => value / Math.hypot(...sum));
  };
  const labels = ['a', 'b', 'c'];

  it('are mean directions, to which cosines are told', async () => {
    const knn = new KnnClassifier({ prototypes: true });
    knn.addAll(codes);
    for (const query of queries) {
      const cosines = labels.map((label) => {
        const prototype = direction(codes.filter((code) => code.label === label));
        return prototype.reduce((sum, value, j) => sum + value * query.code[j]!, 0);
      });
      const powers = cosines.map((cosine) => Math.exp(10 * cosine));
      const { label, similarities, confidences } = await knn.predict(query);
      expect(label).toBe(labels[cosines.indexOf(Math.max(...cosines))]);
      for (const [c, name] of labels.entries()) {
        expect(similarities![name]).toBeCloseTo(cosines[c]!, 6);
        expect(confidences[name]).toBeCloseTo(powers[c]! / powers.reduce((sum, power) => sum + power), 5);
      }
      // Neither the length of the query nor those of examples matter.
      const longer = await knn.predict(query.code.map((value) => 3 * value));
      for (const name of labels) expect(longer.similarities![name]).toBeCloseTo(similarities![name]!, 6);
    }
  });

  it('follow what is added, taken back and saved', async () => {
    const knn = new KnnClassifier({ prototypes: true, unknown: { falseAlarms: 0.2 } });
    knn.addAll(codes);
    const before = await knn.predictAll(queries);
    knn.add(codeOf('b', 99), 'a');
    expect(await knn.predictAll(queries)).not.toEqual(before);
    knn.remove();
    expect(await knn.predictAll(queries)).toEqual(before);
    expect(before.every(({ unknown, distance }) => typeof unknown === 'boolean' && distance! > 0)).toBe(true);
    const again = KnnClassifier.fromJSON(JSON.parse(JSON.stringify(knn)));
    expect(again.prototypes).toBe(true);
    expect(await again.predictAll(queries)).toEqual(before);
    knn.clear('b');
    expect((await knn.predict(queries[7]!)).similarities).not.toHaveProperty('b');
  });

  it('leave what cancels out without similarity', async () => {
    const knn = new KnnClassifier({ prototypes: true });
    for (const sign of [1, -1]) knn.add(Float32Array.of(sign, 0), 'a');
    knn.add(Float32Array.of(0, 1), 'b');
    expect((await knn.predict(Float32Array.of(0, 2))).similarities).toEqual({ a: 0, b: 1 });
    expect((await knn.predict(Float32Array.of(0, 0))).similarities).toEqual({ a: 0, b: 0 });
  });

  it('go with no k', () => {
    expect(() => new KnnClassifier({ prototypes: true, k: 3 })).toThrow(
      /k is 3, but a class has one prototype/,
    );
    expect(() => new KnnClassifier({ prototypes: 1 as never })).toThrow(/prototypes is 1/);
  });
});
