import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import type { Architecture } from '../../../src/models/architecture.js';
import type { Model } from '../../../src/models/model.js';
import { onWasm, tinyArchitecture, tinyModel } from '../../../test/models/tiny.js';
import { expectNoLeak } from '../../../test/tensors.js';
import { interpolationOnLines } from '../../data/lineInterpolation.js';
import { drawLine, renderLines } from '../../data/lines.js';

onWasm();

const SIDE = 32;
const lineArchitecture: Architecture = { ...tinyArchitecture, imageShape: [SIDE, SIDE, 1] };

/** The direction, as a unit vector, in which the light of an image lies. */
function directionOf(pixels: Float32Array): [number, number] {
  let [right, up] = [0, 0];
  for (const [i, value] of pixels.entries()) {
    right += value * ((i % SIDE) + 0.5 - SIDE / 2);
    up -= value * (Math.floor(i / SIDE) + 0.5 - SIDE / 2);
  }
  const length = Math.hypot(right, up);
  return [right / length, up / length];
}

/** A model that knows lines perfectly: a code is a point of the circle, at the line's angle. */
async function perfect(seen: Float32Array[] = []): Promise<Model> {
  const model = await tinyModel(1, lineArchitecture);
  return {
    ...model,
    latentSize: 2,
    encode(images) {
      const values = images.dataSync<'float32'>();
      const lines = Array.from({ length: images.shape[0] }, (_, i) =>
        values.slice(i * SIDE ** 2, (i + 1) * SIDE ** 2),
      );
      seen.push(...lines);
      return tf.tensor2d(lines.map(directionOf));
    },
    decode(codes) {
      const lines = (codes.arraySync() as [number, number][]).map(([x, y]) => drawLine(Math.atan2(y, x)));
      return tf.tensor4d(Float32Array.from(lines.flatMap((line) => [...line])), [
        lines.length,
        SIDE,
        SIDE,
        1,
      ]);
    },
  };
}

describe('interpolationOnLines', () => {
  it('finds nothing wrong with a perfect model along the circle, and uneven steps along the straight line', async () => {
    const model = await perfect();
    const options = { pairs: 6, steps: 8, seed: 1 };
    const arc = await expectNoLeak(() => interpolationOnLines(model, 'slerp', options));
    expect(Object.keys(arc).sort()).toEqual(['meanDistance', 'smoothness', 'undefinedSmoothness']);
    expect(arc.meanDistance).toBeLessThan(1e-3);
    expect(Math.abs(arc.smoothness)).toBeLessThan(0.02);
    const straight = interpolationOnLines(model, 'lerp', options);
    expect(straight.meanDistance).toBeLessThan(1e-3);
    expect(straight.smoothness).toBeGreaterThan(5 * Math.abs(arc.smoothness));
    expect(interpolationOnLines(model, 'lerp', options)).toEqual(straight);
    model.dispose();
  });

  it('takes 256 pairs by default, of lines that no training has seen', async () => {
    const seen: Float32Array[] = [];
    const model = await perfect(seen);
    interpolationOnLines(model, 'slerp', { steps: 2, seed: 2020 });
    expect(seen).toHaveLength(512);
    const learnt = renderLines({ count: 512, seed: 2020 }).source.images().pixels;
    for (const [i, pixels] of seen.entries())
      expect(pixels).not.toEqual(learnt.slice(i * SIDE ** 2, (i + 1) * SIDE ** 2));
    seen.length = 0;
    interpolationOnLines(model, 'slerp', { pairs: 2, steps: 2, seed: 1 });
    const first = seen.slice(0, 4);
    interpolationOnLines(model, 'slerp', { pairs: 2, steps: 2, seed: 2 });
    expect(seen.slice(4)).not.toEqual(first);
    model.dispose();
  });

  it('finds much wrong with an untrained model', async () => {
    const model = await tinyModel(1, lineArchitecture);
    expect(
      interpolationOnLines(model, 'slerp', { pairs: 3, steps: 4, seed: 1 }).meanDistance,
    ).toBeGreaterThan(0.05);
    model.dispose();
  });

  it('refuses models of other images, paths that they lack, and numbers out of range', async () => {
    const [small, flat] = [
      await tinyModel(),
      await tinyModel(1, { ...lineArchitecture, latentSpace: 'euclidean' }),
    ];
    expect(() => interpolationOnLines(small, 'lerp', { seed: 1 })).toThrow(UsageError);
    expect(() => interpolationOnLines(small, 'lerp', { seed: 1 })).toThrow(
      /images of 12×12×1, but lines have 32×32×1/,
    );
    expect(() => interpolationOnLines(flat, 'slerp', { seed: 1 })).toThrow(/needs codes on a sphere/);
    expect(() => interpolationOnLines(flat, 'lerp', { seed: 1, pairs: 0 })).toThrow(/pairs is 0/);
    expect(() => interpolationOnLines(flat, 'lerp', { seed: 1, steps: 1 })).toThrow(/steps is 1/);
    expect(() => interpolationOnLines(flat, 'lerp', { seed: -1 })).toThrow(/seed is -1/);
    small.dispose();
    flat.dispose();
  });
});
