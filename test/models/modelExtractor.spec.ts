import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { baseCodes } from '../../src/models/baseCodes.js';
import { extractorOf } from '../../src/models/modelExtractor.js';
import { noiseBatch, onWasm, tinyModel, tinyStyled } from './tiny.js';

onWasm();

it('gives codes without their style part, of length 1, where that is asked for', async () => {
  const model = {
    ...(await tinyModel(1, tinyStyled)),
    base: baseCodes([Float32Array.of(0.6, 0, 0, 0.8)], [1]),
  };
  const batch = noiseBatch(3, model.imageShape);
  const [pixels, whole] = [
    batch.arraySync().map((image) => Float32Array.from(image.flat(2))),
    model.encode(batch),
  ];
  const pictures = pixels.map((values) => ({ pixels: values, shape: model.imageShape }));
  const [all, parts] = [extractorOf(model), extractorOf(model, { style: false })];
  expect([all.latentSize, all.styleSize, parts.latentSize, parts.styleSize]).toEqual([4, 2, 2, 0]);
  const rows = whole.arraySync();
  for (const [i, code] of (await parts.embed(pictures)).entries()) {
    expect(code).toHaveLength(2);
    expect(Math.hypot(...code)).toBeCloseTo(1, 5);
    expect(code[0]! / code[1]!).toBeCloseTo(rows[i]![0]! / rows[i]![1]!, 3);
  }
  expect((await all.embed(pictures))[0]).toHaveLength(4);
  expect(parts.base!.codes[0]).toHaveLength(2);
  expect(parts.digest).not.toBe(all.digest);
  tf.dispose([batch, whole]);
  model.dispose();
});
