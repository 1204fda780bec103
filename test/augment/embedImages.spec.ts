import { setTimeout as sleep } from 'node:timers/promises';
import {
  concat,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { embed } from '../../src/augment/embedImages.js';
import { geometric } from '../../src/augment/geometric.js';
import { hallucinate } from '../../src/augment/hallucinate.js';
import { affine } from '../../src/augment/transforms/affine.js';
import type { LabeledCode } from '../../src/core/code.js';
import { DataError, ModelError, UsageError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import type { FeatureExtractor } from '../../src/models/extractor.js';
import { fromPull } from '../../src/stream/fromPull.js';
import { toAsyncIterable } from '../../src/stream/toAsyncIterable.js';
import { readAll } from '../stream/sources.js';
import { fakeCode, fakeExtractor } from './fakeExtractor.js';

/** The i-th image, each of another size. */
function picture(i: number, label = 'a'): LabeledImage {
  const shape = [1 + (i % 3), 2, i % 2 === 0 ? 1 : 3] as const;
  return { pixels: new Float32Array(shape[0] * 2 * shape[2]).fill((i % 16) / 16), shape, label };
}
const pictures = (count: number) => Array.from({ length: count }, (_, i) => picture(i));

const codesOf = (images$: Observable<LabeledImage>, extractor: FeatureExtractor, batchSize?: number) =>
  lastValueFrom(images$.pipe(embed(extractor, batchSize === undefined ? {} : { batchSize }), toArray()));

/** The codes that came, and the error behind them. */
const until = (images$: Observable<LabeledImage>, extractor: FeatureExtractor) =>
  readAll(toAsyncIterable(images$.pipe(embed(extractor))));

describe('embed', () => {
  it.each([1, 4, 16, 100])('gives a code of each image, in order, by batches of %i', async (batchSize) => {
    for (const source of [from(pictures(37)), fromPull(() => pictures(37))]) {
      const extractor = fakeExtractor(([first]) => sleep(first!.pixels[0]! < 0.3 ? 5 : 0));
      const codes = await codesOf(source, extractor, batchSize);
      expect(codes).toEqual(pictures(37).map((image) => ({ code: fakeCode(image), label: 'a' })));
      expect(extractor.calls.reduce((sum, size) => sum + size)).toBe(37);
      expect(Math.max(...extractor.calls)).toBe(Math.min(37, batchSize));
    }
  });

  it('keeps labels, soft labels and provenance', async () => {
    const labels = [
      { label: 'a', weight: 0.7 },
      { label: 'b', weight: 0.3 },
    ];
    const [soft, distorted] = await codesOf(
      concat(of({ ...picture(0), labels }), of(picture(3, 'b')).pipe(geometric(affine(), { seed: 7 }))),
      fakeExtractor(),
    );
    expect(soft).toEqual({ code: fakeCode(picture(0)), label: 'a', labels });
    expect(distorted).toMatchObject({ label: 'b', provenance: { path: 'affine', parents: [0], seed: 7 } });
  });

  it('does not wait for a full batch while the source pauses', async () => {
    const camera = new Subject<LabeledImage>();
    const extractor = fakeExtractor();
    const seen: LabeledCode[] = [];
    const subscription = camera.pipe(embed(extractor)).subscribe((code) => seen.push(code));
    await sleep(5);
    for (const i of [0, 1]) camera.next(picture(i));
    await expect.poll(() => seen.length).toBe(2);
    camera.next(picture(2));
    await expect.poll(() => seen.length).toBe(3);
    expect(extractor.calls).toEqual([2, 1]);
    subscription.unsubscribe();
    expect(camera.observed).toBe(false);
  });

  it('fills batches from a source that answers later, but soon', async () => {
    const extractor = fakeExtractor();
    async function* files() {
      for (const image of pictures(8)) {
        await sleep(1);
        yield image;
      }
    }
    await codesOf(fromPull(files), extractor, 4);
    expect(extractor.calls).toEqual([4, 4]);
  });

  it('asks a source for two batches ahead of its reader at most', async () => {
    let pulled = 0;
    function* endless() {
      for (;;) yield picture(pulled++);
    }
    const codes = toAsyncIterable(fromPull(endless).pipe(embed(fakeExtractor(), { batchSize: 4 })))[
      Symbol.asyncIterator
    ]();
    for (let read = 1; read <= 20; read++) {
      await codes.next();
      await sleep(2);
      expect(pulled - read).toBeLessThanOrEqual(12);
    }
    await codes.return();
  });

  it('stops the source when its reader leaves, even while an image is awaited', async () => {
    let closed = false;
    function* endless() {
      try {
        for (let i = 0; ; i++) yield picture(i);
      } finally {
        closed = true;
      }
    }
    const extractor = fakeExtractor();
    await lastValueFrom(fromPull(endless).pipe(embed(extractor, { batchSize: 2 }), take(3)));
    expect(closed).toBe(true);
    const calls = extractor.calls.length;
    await sleep(30);
    expect(extractor.calls.length).toBe(calls);

    const source = new Subject<LabeledImage>();
    const subscription = source.pipe(embed(extractor)).subscribe();
    await sleep(5);
    expect(source.observed).toBe(true);
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });

  it('emits no code after it was unsubscribed from, though a batch was under way', async () => {
    const extractor = fakeExtractor(() => sleep(150));
    const seen: LabeledCode[] = [];
    const subscription = concat(from(pictures(3)), NEVER)
      .pipe(embed(extractor, { batchSize: 3 }))
      .subscribe((code) => seen.push(code));
    await expect.poll(() => extractor.calls.length, { interval: 2 }).toBe(1);
    subscription.unsubscribe();
    await sleep(200);
    expect(seen).toEqual([]);
  });

  it('names an image that cannot be used, after the codes of those before it', async () => {
    const bad = { ...picture(5), pixels: picture(5).pixels.with(0, 200) };
    const { items, error } = await until(from([...pictures(5), bad, picture(6)]), fakeExtractor());
    expect(items).toHaveLength(5);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(/^image 5 \(class a\) holds 200 at value 0/);
  });

  it('names an image that the extractor refuses by its number in the stream', async () => {
    const extractor = fakeExtractor(async (batch) => {
      if (batch.some(({ pixels }) => pixels[0] === 1)) throw new DataError('too white', { hint: 'Darker.' });
    });
    const white = { ...picture(18), pixels: picture(18).pixels.map(() => 1) };
    const { items, error } = await until(from([...pictures(18), white, picture(3)]), extractor);
    expect(items).toHaveLength(18);
    expect(error).toMatchObject({ message: 'image 18 (class a): too white', hint: 'Darker.' });
  });

  it('passes on what the extractor or the source throws, after the codes before it', async () => {
    const failure = new Error('on purpose');
    const broken = fakeExtractor(async () => {
      throw failure;
    });
    expect(await until(from(pictures(3)), broken)).toEqual({ items: [], error: failure });
    const failing = concat(
      from(pictures(3)),
      throwError(() => failure),
    );
    const { items, error } = await until(failing, fakeExtractor());
    expect([items.length, error]).toEqual([3, failure]);
  });

  it.each<[string, (codes: Float32Array[]) => unknown]>([
    ['too few codes', (codes) => codes.slice(1)],
    ['a code of another length', (codes) => codes.map((code) => code.slice(1))],
    ['a code that is not finite', (codes) => codes.map((code) => code.with(2, Number.NaN))],
    ['lists of numbers', (codes) => codes.map((code) => [...code])],
    ['nothing', () => undefined],
  ])('ends with an error at %s', async (_, spoil) => {
    const fake = fakeExtractor();
    const spoiled = {
      ...fake,
      embed: async (batch: Parameters<FeatureExtractor['embed']>[0]) =>
        spoil(await fake.embed(batch)) as Float32Array[],
    };
    await expect(codesOf(from(pictures(3)), spoiled)).rejects.toThrow(ModelError);
  });

  it('feeds hallucinate at its pace', async () => {
    let pulled = 0;
    function* endless() {
      for (;;) yield picture(pulled++);
    }
    const extractor = fakeExtractor();
    const stream = fromPull(endless).pipe(
      embed(extractor, { batchSize: 4 }),
      hallucinate(extractor, { ratio: 2, batchSize: 2 }),
    );
    const read: LabeledCode[] = [];
    for await (const code of toAsyncIterable(stream)) if (read.push(code) === 30) break;
    expect(read.filter(({ provenance }) => provenance !== undefined).length).toBeGreaterThan(15);
    expect(pulled).toBeLessThanOrEqual(10 + 12);
  });

  it('refuses a batch size out of range, and what is no extractor', () => {
    for (const batchSize of [0, 1.5, Number.NaN])
      expect(() => embed(fakeExtractor(), { batchSize })).toThrow(UsageError);
    for (const wrong of [undefined, {}, Promise.resolve(fakeExtractor()), { ...fakeExtractor(), embed: 1 }])
      expect(() => embed(wrong as FeatureExtractor)).toThrow(
        /embed: the extractor is .*must be a feature extractor/,
      );
  });

  it('is an operator from images to codes', () => {
    expectTypeOf(of(picture(0)).pipe(embed(fakeExtractor()))).toEqualTypeOf<Observable<LabeledCode>>();
  });
});
