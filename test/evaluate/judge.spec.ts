import { describe, expect, it } from 'vitest';
import { imagesOf, packImages } from '../../src/core/image.js';
import type { EnlargedSupport } from '../../src/evaluate/arms/arm.js';
import { judges } from '../../src/evaluate/judge.js';
import { noise, onWasm } from '../models/tiny.js';

onWasm();

const shape = [8, 8, 1] as const;
const images = ['a', 'b', 'a', 'b'].map((label, i) => ({
  pixels: noise([...shape], label, i),
  shape,
  label,
}));
const set = packImages(images, shape, ['a', 'b']);

/** A support set as it is, over and over. */
const support = (recipe?: EnlargedSupport['recipe']): EnlargedSupport => ({
  ...(recipe === undefined ? {} : { recipe }),
  references: () => [...imagesOf(set)],
  *training() {
    for (;;) yield* imagesOf(set);
  },
});

describe('the judge by a CNN', () => {
  const judge = (recipe?: EnlargedSupport['recipe']) =>
    judges.cnn({ images: support(recipe), query: set, seed: 1 }, { cnn: 'fast', cnnSteps: 2 });

  it('gives each query a class', async () => {
    const found = await judge();
    expect(found).toHaveLength(4);
    for (const label of found) expect([0, 1]).toContain(label);
  });

  it('trains it as the images ask for', async () => {
    await expect(judge({ dropout: { maps: 1, hidden: 0 } })).rejects.toThrow(/dropout\.maps/);
    expect(await judge({ dropout: { maps: 0, hidden: 0 } })).toHaveLength(4);
  });
});
