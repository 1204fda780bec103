import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import type { HallucinateOptions } from '../../src/augment/hallucinateOptions.js';
import type { Model } from '../../src/models/model.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { pullThrough } from '../../src/stream/pullThrough.js';
import { toAsyncIterable } from '../../src/stream/toAsyncIterable.js';
import { onWasm, tinyModel } from '../models/tiny.js';
import { photos, recording } from './hallucinated.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel();
});
afterAll(() => model.dispose());

describe.each<[string, HallucinateOptions]>([
  ['perClass', { perClass: 5000, batchSize: 4 }],
  ['ratio', { ratio: 2500, batchSize: 4 }],
])('hallucinate by %s', (_, options) => {
  it('decodes no further than its reader reads', async () => {
    const { decoded, recorder } = recording(model);
    const images = toAsyncIterable(fromPull(photos('a', 2)).pipe(hallucinate(recorder, options)));
    let read = 0;
    for await (const _ of images) if (++read === 11) break;
    // Two real images, and nine of the third call.
    expect(decoded).toEqual([4, 4, 4]);
  });

  it('decodes no further than pullThrough is asked', () => {
    const { decoded, recorder } = recording(model);
    const images = pullThrough(photos('a', 2), hallucinate(recorder, options));
    for (let read = 0; read < 3; read++) images.next();
    images.return?.();
    expect(decoded).toEqual([4]);
  });
});
