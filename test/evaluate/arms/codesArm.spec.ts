import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ImageSet, packImages } from '../../../src/core/image.js';
import { codesArm } from '../../../src/evaluate/arms/codesArm.js';
import type { Model } from '../../../src/models/model.js';
import { centered, centeredModel } from '../../augment/hallucinated.js';
import { onWasm, tinyModel, tinyStyled } from '../../models/tiny.js';

onWasm();

let tiny: Model;
beforeAll(async () => {
  tiny = await tinyModel(1, tinyStyled);
});
afterAll(() => tiny.dispose());

const setOf = (...degrees: number[]): ImageSet => {
  const images = degrees.map((degree) => {
    const angle = (degree * Math.PI) / 180;
    return centered(degree < 90 ? 'a' : 'b', Math.cos(angle), Math.sin(angle));
  });
  return packImages(images, [1, 2, 1], ['a', 'b']);
};

describe('codes', () => {
  it('of the same queries are made once, for both classifiers and every episode', async () => {
    const circle = centeredModel(tiny, 'sphere');
    const encode = vi.fn(circle.encode);
    const model: Model = { ...circle, encode };
    const options = { model, teachers: [], k: 1, perClass: 5, background: 'black', seed: 3 } as const;
    const support = setOf(0, 20, 160, 180);
    const judged = async (query: ImageSet) => {
      const before = encode.mock.calls.length;
      const answers = [
        [...(await codesArm.judge.knn(support, query, options))],
        [...(await codesArm.judge.cnn(support, query, options))],
      ];
      // The support set is encoded for each classifier.
      return { answers, encoded: encode.mock.calls.length - before - 2 };
    };
    const answer = [0, 1, 1];
    const right = { answers: [answer, answer], encoded: 1 };
    expect(await judged(setOf(10, 170, 130))).toEqual(right);
    expect(await judged(setOf(10, 170, 130))).toEqual({ ...right, encoded: 0 });
    expect(await judged(setOf(10, 130, 170))).toEqual(right);
    expect(await judged(setOf(10, 30, 170))).toMatchObject({
      answers: [
        [0, 0, 1],
        [0, 0, 1],
      ],
    });
  });
});
