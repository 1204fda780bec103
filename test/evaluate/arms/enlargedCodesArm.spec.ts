import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packImages } from '../../../src/core/image.js';
import { enlargedCodesArm } from '../../../src/evaluate/arms/enlargedCodesArm.js';
import type { TransformOver } from '../../../src/evaluate/arms/variantArm.js';
import type { Model } from '../../../src/models/model.js';
import { centered, centeredModel, planeModel } from '../../augment/hallucinated.js';
import { noise, onWasm, tinyModel, tinyStyled } from '../../models/tiny.js';

onWasm();

let tiny: Model;
let circle: Model;
beforeAll(async () => {
  tiny = await tinyModel(1, tinyStyled);
  circle = centeredModel(tiny, 'sphere');
});
afterAll(() => tiny.dispose());

const texts = { name: 'mine', title: 'mine' };
const optionsOf = (model: Model) => ({
  ...{ model, teachers: [], k: 1, perClass: 5, seed: 3 },
  background: 'black' as const,
});
const at = (label: string, degrees: number) =>
  centered(label, Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
const degreesOf = (values: Float32Array) =>
  Array.from(
    { length: values.length / 2 },
    (_, i) => (Math.atan2(values[2 * i + 1]!, values[2 * i]!) * 180) / Math.PI,
  );

/** Every version lies on the vertical axis, above or below as its image does. */
const upright: TransformOver = () => ({
  name: 'upright',
  options: {},
  apply: ({ pixels }) => Float32Array.of(0.5, pixels[1]! >= 0.5 ? 0.5 + 1 / 16 : 0.5 - 1 / 16),
});

describe('codes of views', () => {
  const arm = enlargedCodesArm(texts, { views: upright });
  const support = packImages([at('a', 0), at('b', 180), at('a', 60)], [1, 2, 1], ['a', 'b']);

  it('are means of an image and its eight versions, to learn from and of queries', () => {
    // The mean direction of one code at an angle and eight at 90 degrees, computed by hand.
    const mean = (degrees: number) => {
      const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180) + 8];
      return (Math.atan2(y, x) * 180) / Math.PI;
    };
    const expected = [mean(0), mean(180), mean(60)];
    for (const found of [arm.features(support, optionsOf(circle)), arm.learn!(support, optionsOf(circle))]) {
      degreesOf(found.values).forEach((degrees, i) => {
        expect(degrees).toBeCloseTo(expected[i]!, 3);
      });
      expect([...found.labels]).toEqual([0, 1, 0]);
    }
  });

  it('tell nothing of the label or place of an image', () => {
    const random = enlargedCodesArm(texts, {
      views: () => ({
        name: 'random',
        options: {},
        apply: (_, draws) => Float32Array.of(0.5 + draws.uniform() / 8, 0.5 + draws.uniform() / 8),
      }),
    });
    const same = packImages([at('a', 0), at('b', 0), at('c', 0)], [1, 2, 1], ['a', 'b', 'c']);
    const [first, ...others] = degreesOf(random.features(same, optionsOf(circle)).values);
    expect(first).not.toBeCloseTo(0, 1);
    expect(others).toEqual([first, first]);
  });

  it('give each query the class of the nearest one, and of the nearest mean', async () => {
    const [a, b] = [-40, -140];
    const asked = packImages([at('b', 150), at('a', 30), at('b', b), at('a', a)], [1, 2, 1], ['a', 'b']);
    const known = packImages([at('a', 0), at('b', 180), at('a', -20), at('b', -160)], [1, 2, 1], ['a', 'b']);
    for (const judge of Object.values(arm.judge))
      expect([...(await judge(known, asked, optionsOf(circle)))]).toEqual([1, 0, 1, 0]);
  });
});

describe('hallucinated codes', () => {
  const arm = enlargedCodesArm(texts, { path: 'transport' });
  const support = packImages([at('a', 10), at('b', 100)], [1, 2, 1], ['a', 'b']);

  it('come after those of the support set, as many of each class as are asked for, the same again', () => {
    const { values, labels, embedded } = arm.learn!(support, optionsOf(circle));
    expect(embedded).toBe(2);
    expect([...labels]).toEqual([0, 1, ...Array.from({ length: 10 }, (_, i) => i % 2)]);
    const degrees = degreesOf(values);
    expect(degrees[0]).toBeCloseTo(10, 3);
    expect(degrees[1]).toBeCloseTo(100, 3);
    expect(new Set(degrees.map((value) => value.toFixed(3))).size).toBeGreaterThan(6);
    expect(arm.learn!(support, optionsOf(circle)).values).toEqual(values);
    expect(arm.learn!(support, { ...optionsOf(circle), seed: 4 }).values).not.toEqual(values);
  });

  it('leave the style part out, and have length 1', () => {
    const images = [0, 1].map((label) => ({
      ...{ label, shape: tiny.imageShape },
      pixels: noise(tiny.imageShape, label),
    }));
    const { values, dimension } = arm.learn!(packImages(images, tiny.imageShape, [0, 1]), optionsOf(tiny));
    expect(dimension).toBe(tiny.latentSize - tiny.styleSize);
    for (let i = 0; i < values.length; i += dimension)
      expect(Math.hypot(...values.subarray(i, i + dimension))).toBeCloseTo(1, 5);
  });

  it('are refused without base codes, and off the sphere', () => {
    const { base: _, ...bare } = tiny;
    expect(() => arm.check!(bare, [])).toThrow(/needs base codes/);
    expect(() => arm.check!(planeModel(tiny, 'euclidean'), [])).toThrow(/on a sphere/);
    expect(() => arm.check!(tiny, [])).not.toThrow();
    expect(arm).toMatchObject({ hallucinates: true, needsBase: true, asksTeachers: false });
  });
});
