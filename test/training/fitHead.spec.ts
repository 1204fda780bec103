import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { headCode } from '../../src/models/featureHead.js';
import { fitHead } from '../../src/training/fitHead.js';
import { onWasm } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

const SIZE = 12;
const of = { where: 'a code', name: 'the head' };

/** Unit codes of classes that differ in the first half of the values, and vary within in two values of the second half. */
function scene(classes: number, each: number, seed: number) {
  const random = randomStream(seed, 'scene');
  const codes: Float32Array[] = [];
  const labels: number[] = [];
  for (let label = 0; label < classes; label++) {
    const center = Float32Array.from({ length: SIZE }, (_, i) => (i < SIZE / 2 ? random.normal() : 0));
    for (let i = 0; i < each; i++) {
      const code = center.map((value, j) => value + (j >= SIZE - 2 ? 2 : 0.2) * random.normal());
      const length = Math.hypot(...code);
      codes.push(code.map((value) => value / length));
      labels.push(label);
    }
  }
  return { codes, labels };
}

/** Share of codes that are nearest to the first code of their class, among the first codes of all. */
function oneShot(
  { codes, labels }: ReturnType<typeof scene>,
  through: (code: Float32Array) => Float32Array,
): number {
  const mapped = codes.map(through);
  const first = mapped.filter((_, i) => labels.indexOf(labels[i]!) === i);
  const nearest = mapped.map((code) => {
    const cosines = first.map((other) => other.reduce((sum, value, j) => sum + value * code[j]!, 0));
    return cosines.indexOf(Math.max(...cosines));
  });
  return nearest.filter((label, i) => label === labels[i]).length / codes.length;
}

describe('a head', () => {
  it('makes classes that it has not seen easier to tell apart', async () => {
    const base = scene(20, 12, 1);
    const head = await fitHead(base.codes, base.labels, { steps: 20, shrinkage: 0.1 });
    const novel = scene(10, 12, 2);
    const before = oneShot(novel, (code) => code);
    expect(oneShot(novel, (code) => headCode(head, code, of))).toBeGreaterThan(before + 0.1);
  });

  it('gives codes of length 1', async () => {
    const { codes, labels } = scene(4, 4, 3);
    const head = await expectNoLeak(() => fitHead(codes, labels, { steps: 2 }));
    for (const code of codes) expect(Math.hypot(...headCode(head, code, of))).toBeCloseTo(1, 5);
  });

  it('whitens differences within classes up to the shrinkage', async () => {
    const { codes, labels } = scene(5, 8, 4);
    const shrinkage = 0.5;
    const { kernel } = await fitHead(codes, labels, { steps: 0, shrinkage });
    const rows = codes.map((code, i) => {
      const own = codes.filter((_, j) => labels[j] === labels[i]);
      return Array.from(
        code,
        (value, d) => value - own.reduce((sum, other) => sum + other[d]!, 0) / own.length,
      );
    });
    const within = new Matrix(rows)
      .transpose()
      .mmul(new Matrix(rows))
      .div(codes.length - 5);
    const shrunk = Matrix.add(within, Matrix.eye(SIZE).mul((shrinkage * within.trace()) / SIZE));
    const k = Matrix.from1DArray(SIZE, SIZE, Array.from(kernel));
    const white = k.mmul(shrunk).mmul(k);
    const scale = white.get(0, 0);
    for (let i = 0; i < SIZE; i++)
      for (let j = 0; j < SIZE; j++) expect(white.get(i, j) / scale).toBeCloseTo(i === j ? 1 : 0, 4);
  });

  it('changes nothing with endless shrinkage and no steps', async () => {
    const { codes, labels } = scene(3, 3, 5);
    const head = await fitHead(codes, labels, { steps: 0, shrinkage: Number.POSITIVE_INFINITY });
    for (const code of codes) {
      for (const [i, value] of headCode(head, code, of).entries()) expect(value).toBeCloseTo(code[i]!, 6);
    }
  });

  it('depends on the seed, and on nothing else', async () => {
    const { codes, labels } = scene(6, 6, 6);
    const options = { steps: 5, ways: 3, shots: 3 };
    const [first, again, other] = [
      await fitHead(codes, labels, options),
      await fitHead(codes, labels, options),
      await fitHead(codes, labels, { ...options, seed: 1 }),
    ];
    expect(again.kernel).toEqual(first.kernel);
    expect(other.kernel).not.toEqual(first.kernel);
  });

  it('learns: the loss falls', async () => {
    const { codes, labels } = scene(8, 8, 7);
    const options = {
      shrinkage: Number.POSITIVE_INFINITY,
      ways: 8,
      shots: 8,
      learningRate: 0.01,
      margin: 0.5,
    };
    const [early, late] = [
      await fitHead(codes, labels, { ...options, steps: 1 }),
      await fitHead(codes, labels, { ...options, steps: 60 }),
    ];
    expect(late.loss).toBeLessThan(early.loss);
  });

  it('refuses what no head can be learned from', async () => {
    const { codes, labels } = scene(3, 3, 8);
    await expect(
      fitHead(
        codes,
        labels.map(() => 0),
      ),
    ).rejects.toThrow(/two or more classes/);
    await expect(fitHead(codes, labels.slice(1))).rejects.toThrow(/8 labels for 9 codes/);
    await expect(fitHead([...codes.slice(1), new Float32Array(3)], labels)).rejects.toThrow(/codes\[8\]/);
    await expect(fitHead(codes, labels, { steps: -1 })).rejects.toThrow(/steps/);
    await expect(fitHead(codes, labels, { margin: 4 })).rejects.toThrow(/margin/);
  });

  it('stops at a signal', async () => {
    const { codes, labels } = scene(3, 3, 9);
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('enough'));
    await expect(fitHead(codes, labels, { onProgress, signal: stop.signal })).rejects.toThrow('enough');
  });
});
