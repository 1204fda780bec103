import { concat, from, lastValueFrom, NEVER, Observable, Subject, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallucinate, hallucinations } from '../../src/augment/hallucinate.js';
import { UsageError } from '../../src/core/errors.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import type { Model } from '../../src/models/model.js';
import { pullThrough } from '../../src/stream/pullThrough.js';
import { onWasm, tinyModel } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';
import {
  arriving,
  expectIdentical,
  hallucinated,
  photo,
  photos,
  recording,
  streamed,
} from './hallucinated.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel();
});
afterAll(() => model.dispose());

const labels = (text: string) => [...text];
/** R for a real image, h for a hallucinated one. */
const kinds = (images: readonly LabeledImage[]) =>
  images.map(({ provenance }) => (provenance === undefined ? 'R' : 'h')).join('');

/** Images of two classes without end, and how many were read. */
function endless() {
  const read = { count: 0, closed: false };
  function* source() {
    try {
      for (;;) yield photo(read.count % 2 === 0 ? 'cat' : 'dog', read.count++ >> 1);
    } finally {
      read.closed = true;
    }
  }
  return { read, images: source() };
}

describe('hallucinate by ratio', () => {
  it('lets each real image pass at once, and gives bursts of full batches, the rest at the end', async () => {
    const images = await streamed(model, arriving(labels('aaaaaaa')), { ratio: 1, batchSize: 3 });
    // Two fall due with the second image, one with each later one.
    expect(kinds(images)).toBe('RRRhhhRRRhhhRh');
    expect(hallucinated(images).map(({ provenance }) => provenance!.index)).toEqual([...Array(7).keys()]);
  });

  it('emits bursts while the source is open', () => {
    const seen: LabeledImage[] = [];
    const subscription = concat(from(photos('a', 5)), NEVER)
      .pipe(hallucinate(model, { ratio: 1, batchSize: 2 }))
      .subscribe((image) => seen.push(image));
    expect(kinds(seen)).toBe('RRhhRRhhR');
    subscription.unsubscribe();
  });

  it.each([
    [0.25, 100, 25],
    [0.29, 100, 29],
    [0.1, 30, 3],
    [1 / 3, 9, 3],
    [2.5, 7, 17],
    [0.4, 2, 0],
    [7, 2, 14],
    [7, 1, 0],
  ])('gives %f for each of %i images of a class: %i', async (ratio, real, made) => {
    const images = await streamed(model, photos('a', real), { ratio });
    expect(hallucinated(images).length).toBe(made);
  });

  it('counts each class by itself, and lets batches span classes', async () => {
    const { decoded, recorder } = recording(model);
    const images = await streamed(recorder, arriving(labels('aabababbbbac')), { ratio: 0.5, batchSize: 3 });
    const count = (label: Label) => hallucinated(images, label).length;
    expect(['a', 'b', 'c'].map(count)).toEqual([2, 3, 0]);
    expect(decoded).toEqual([3, 2]);
  });

  it('makes image i from samples that came before it was due', async () => {
    const images = await streamed(model, photos('a', 12), { ratio: 3, batchSize: 4 });
    for (const { provenance } of hallucinated(images)) {
      const known = Math.max(2, Math.floor(provenance!.index / 3) + 1);
      expect(Math.max(...provenance!.parents)).toBeLessThan(known);
    }
  });

  it('works on an endless source, reads none ahead, and leaves it when the reader does', async () => {
    const { read, images } = endless();
    await expectNoLeak(async () => {
      const taken = await lastValueFrom(
        from(images).pipe(hallucinate(model, { ratio: 2, batchSize: 8 }), take(3000), toArray()),
      );
      expect(hallucinated(taken).length).toBeGreaterThan(1980);
      expect(read).toEqual({ count: taken.length - hallucinated(taken).length, closed: true });
    });
  });

  it('makes no more of a large ratio than is taken', async () => {
    const { decoded, recorder } = recording(model);
    const options = { ratio: 1e12, batchSize: 4 };
    await lastValueFrom(from(photos('a', 9)).pipe(hallucinate(recorder, options), take(11), toArray()));
    expect(decoded).toEqual([4, 4, 4]);
  });

  it('reads no more of an endless iterable than a generator is asked for', () => {
    const { read, images } = endless();
    const made = hallucinations(model, images, { ratio: 1, batchSize: 4 });
    for (let i = 0; i < 8; i++) expect(made.next().value).toMatchObject({ provenance: {} });
    expect(read.count).toBe(8);
    made.return();
    expect(read.closed).toBe(true);
  });

  it('is the same as a stream, as a generator and pulled', async () => {
    const images = arriving(labels('abbabaabbbaaa'));
    const options = { ratio: 1.5, batchSize: 4, seed: 3 };
    const whole = await streamed(model, images, options);
    expectIdentical([...hallucinations(model, images, options)], hallucinated(whole));
    const pulled = [...pullThrough(images, hallucinate(model, options))];
    expect(kinds(pulled)).toBe(kinds(whole));
    expectIdentical(hallucinated(pulled), hallucinated(whole));
  });

  it('keeps the order when the reader feeds the source from within', () => {
    const source = new Subject<LabeledImage>();
    const seen: LabeledImage[] = [];
    source.pipe(hallucinate(model, { ratio: 1, batchSize: 1 })).subscribe((image) => {
      seen.push(image);
      if (seen.length === 3) source.next(photo('a', 2));
    });
    for (const image of photos('a', 2)) source.next(image);
    source.complete();
    expect(kinds(seen)).toBe('RRhhRh');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the ratio %f', async (ratio) => {
    await expect(streamed(model, photos('a', 3), { ratio })).rejects.toThrow(UsageError);
  });

  it('refuses neither and both of perClass and ratio, before the source is subscribed to', async () => {
    let subscribed = false;
    const source = new Observable<LabeledImage>(() => {
      subscribed = true;
    });
    for (const [options, word] of [
      [{}, 'neither'],
      [{ perClass: 1, ratio: 1 }, 'both'],
    ] as const) {
      await expect(lastValueFrom(source.pipe(hallucinate(model, options)))).rejects.toThrow(
        expect.objectContaining({ constructor: UsageError, message: expect.stringContaining(word) }),
      );
    }
    expect(subscribed).toBe(false);
  });
});

describe('the bank of hallucinate', () => {
  it('chooses parents among bankSize samples, numbered by arrival', async () => {
    const images = await streamed(model, photos('a', 40), { perClass: 60, bankSize: 3 });
    const parents = new Set(hallucinated(images).flatMap(({ provenance }) => provenance!.parents));
    expect(parents.size).toBe(3);
    expect(Math.max(...parents)).toBeGreaterThan(2);
  });

  it('encodes each image once at most, and none that was forgotten before it was needed', async () => {
    const images = arriving(labels('ab'.repeat(60)));
    const { encoded, recorder } = recording(model);
    await streamed(recorder, images, { ratio: 0.2, bankSize: 3, batchSize: 4 });
    const seen = encoded.flat();
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeLessThan(60);
    const { encoded: atEnd, recorder: second } = recording(model);
    await streamed(second, images, { perClass: 20, bankSize: 3 });
    expect(atEnd.map(({ length }) => length)).toEqual([6]);
  });

  it('remembers an image as it was when it came, whatever its next owner writes into it', async () => {
    const expected = await streamed(model, photos('a', 4), { perClass: 6 });
    const lastly = from(photos('a', 4)).pipe(hallucinate(model, { perClass: 6 }));
    const found: LabeledImage[] = [];
    lastly.subscribe((image) => {
      found.push({ ...image, pixels: image.pixels.slice() });
      image.pixels.fill(0.5);
    });
    expectIdentical(hallucinated(found), hallucinated(expected));
  });
});

describe('the class filter of hallucinate', () => {
  it('hallucinates these classes alone and lets the others pass', async () => {
    const images = arriving(labels('abcabcabc'));
    const found = await streamed(model, images, { perClass: 4, classes: ['b', 'nowhere'] });
    expect(found.slice(0, 9)).toEqual(images);
    const whole = await streamed(model, images, { perClass: 4 });
    expectIdentical(hallucinated(found), hallucinated(whole, 'b'));
    const running = await streamed(model, images, { ratio: 1, classes: ['b'] });
    expect(new Set(hallucinated(running).map(({ label }) => label))).toEqual(new Set(['b']));
    expect(running.length).toBe(12);
  });

  it('does not look at images of other classes', async () => {
    const large: LabeledImage = { pixels: new Float32Array(4), shape: [2, 2, 1], label: 'a' };
    const found = await streamed(model, [large, ...photos('b', 2)], { perClass: 1, classes: ['b'] });
    expect(found.map(({ label }) => label)).toEqual(['a', 'b', 'b', 'b']);
  });
});
