import * as tf from '@tensorflow/tfjs';
import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  type OperatorFunction,
  of,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { hallucinate, hallucinations } from '../../src/augment/hallucinate.js';
import type { HallucinateOptions } from '../../src/augment/hallucinateOptions.js';
import { latentPath, pathNames } from '../../src/augment/paths.js';
import { DataError, UsageError } from '../../src/core/errors.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import type { Model } from '../../src/models/model.js';
import { angle } from '../../src/sphere/angle.js';
import { lerp } from '../../src/sphere/lerp.js';
import { slerp } from '../../src/sphere/slerp.js';
import { noise, onWasm, tinyArchitecture, tinyModel, tinyStyled } from '../models/tiny.js';
import { expectClose } from '../sphere/points.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel(1, tinyStyled);
});
afterAll(() => model.dispose());

const shape = tinyArchitecture.imageShape;
const photo = (label: Label, i: number): LabeledImage => ({ pixels: noise(shape, label, i), shape, label });
const photos = (label: Label, count: number) => Array.from({ length: count }, (_, i) => photo(label, i));
const support = [...photos('cat', 3), ...photos(7, 4)];

/** Everything that comes of these images, or the error notification. */
const run = (images: readonly LabeledImage[], options: HallucinateOptions, with_ = model) =>
  lastValueFrom(from(images).pipe(hallucinate(with_, options), toArray()), { defaultValue: [] });

/** The hallucinated images of one class. */
const made = async (label: Label, images: readonly LabeledImage[], options: HallucinateOptions) =>
  (await run(images, options)).filter((image) => image.provenance !== undefined && image.label === label);

/** The model, with counts of what it was asked for. */
function counting() {
  const calls = { encoded: [] as number[], decoded: [] as number[] };
  const counted: Model = {
    ...model,
    encode(images) {
      calls.encoded.push(images.shape[0]);
      return model.encode(images);
    },
    decode(codes) {
      calls.decoded.push(codes.shape[0]);
      return model.decode(codes);
    },
  };
  return { calls, counted };
}

/** Expects the same images, pixels within 1e-5. */
function expectSame(found: readonly LabeledImage[], expected: readonly LabeledImage[]): void {
  const about = ({ pixels: _, provenance, ...rest }: LabeledImage) => {
    const { angle: radians, ...certain } = provenance!;
    return { ...rest, ...certain, radians: expect.closeTo(radians!, 5) };
  };
  expect(found.map((image) => ({ ...about(image), radians: image.provenance!.angle }))).toEqual(
    expected.map(about),
  );
  for (const [i, { pixels }] of found.entries()) {
    const worst = Math.max(...pixels.map((value, j) => Math.abs(value - expected[i]!.pixels[j]!)));
    expect(worst, `image ${i}`).toBeLessThan(1e-5);
  }
}

describe('hallucinate', () => {
  it('passes the originals first: the same objects, in their order', async () => {
    const images = await run(support, { perClass: 2 });
    for (const [i, image] of support.entries()) expect(images[i]).toBe(image);
  });

  it('passes an original at once, before the source completes', () => {
    const seen: LabeledImage[] = [];
    const subscription = concat(from(support), NEVER)
      .pipe(hallucinate(model, { perClass: 2 }))
      .subscribe((image) => seen.push(image));
    expect(seen).toEqual(support);
    subscription.unsubscribe();
  });

  it('adds so many images of each class, in the order of their first samples', async () => {
    const shuffled = [support[3]!, support[0]!, support[4]!, support[1]!];
    const added = (await run(shuffled, { perClass: 5 })).slice(shuffled.length);
    expect(added.map(({ label }) => label)).toEqual([...Array(5).fill(7), ...Array(5).fill('cat')]);
    for (const { pixels, shape: found } of added) {
      expect(found).toEqual(shape);
      expect(pixels.length).toBe(144);
      expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it('keeps the labels 7 and "7" apart', async () => {
    const added = (await run([...photos(7, 2), ...photos('7', 2)], { perClass: 1 })).slice(4);
    expect(added.map(({ label }) => label)).toEqual([7, '7']);
    expect(added[0]!.pixels).not.toEqual(added[1]!.pixels);
  });

  it.each([...pathNames])('tells of each image by %s where it came from', async (path) => {
    const added = await made(7, support, { perClass: 20, seed: 9, path, batchSize: 8 });
    tf.tidy(() => {
      const codes = model.encode(
        tf.stack(photos(7, 4).map(({ pixels }) => tf.tensor3d(pixels, [...shape]))) as tf.Tensor4D,
      );
      const row = (i: number) => codes.slice([i, 0], [1, 4]);
      for (const [i, { provenance }] of added.entries()) {
        const { parents, omega, base, angle: radians, ...rest } = provenance!;
        expect(rest).toEqual({ path, index: i, seed: 9, model: model.digest });
        expect(parents).toHaveLength(latentPath(path).samplesNeeded);
        expect(new Set(parents).size).toBe(parents.length);
        expect(Math.min(...parents) >= 0 && Math.max(...parents) < 4).toBe(true);
        const [least, most] = latentPath(path).reach ?? [0, 1];
        expect(omega! >= least && omega! < most).toBe(true);
        const [from, to] = (
          base === undefined
            ? parents.map(row)
            : base.map((place) => tf.tensor2d(model.base!.codes[place]!, [1, 4]))
        ).slice(-2);
        expectClose(angle(from!, to!), [radians!], 1e-3);
      }
    });
    const sources = added.map(({ provenance }) => [provenance!.parents, provenance!.base].join());
    expect(new Set(sources).size).toBeGreaterThan(6);
  });

  it.each([
    ['slerp', slerp],
    ['lerp', lerp],
  ] as const)('draws what the decoder draws at the place that %s gives', async (path, walk) => {
    for (const { pixels, provenance } of await made('cat', support, { perClass: 6, path })) {
      tf.tidy(() => {
        const [first, second] = provenance!.parents.map((i) =>
          model.encode(tf.tensor4d(photo('cat', i).pixels, [1, ...shape])),
        ) as [tf.Tensor2D, tf.Tensor2D];
        expectClose(model.decode(walk(first, second, provenance!.omega!)).flatten(), [...pixels], 1e-5);
      });
    }
  });

  it('makes image i the same for every batch size', async () => {
    const whole = await made('cat', support, { perClass: 20 });
    for (const batchSize of [1, 7, 128]) {
      expectSame(await made('cat', support, { perClass: 20, batchSize }), whole);
    }
  });

  it('makes image i the same whatever other classes there are, between or before', async () => {
    const alone = await made('cat', photos('cat', 3), { perClass: 8 });
    const between = [0, 1, 2].flatMap((i) => [photo('dog', i), photo('cat', i), photo(7, i)]);
    expectSame(await made('cat', between, { perClass: 8 }), alone);
  });

  it('chooses other places for each class', async () => {
    const [cats, dogs] = await Promise.all(
      ['cat', 'dog'].map((label) => made(label, photos(label, 3), { perClass: 5 })),
    );
    const omegas = (images: LabeledImage[]) => images.map(({ provenance }) => provenance!.omega);
    expect(omegas(cats!)).not.toEqual(omegas(dogs!));
  });

  it('makes image i the same however many are wanted', async () => {
    const many = await made('cat', support, { perClass: 20 });
    expectSame(await made('cat', support, { perClass: 6 }), many.slice(0, 6));
  });

  it('makes the same for the same seed, others for another seed or path', async () => {
    const pixels = async (change: Partial<HallucinateOptions>) =>
      (await made('cat', support, { perClass: 4, seed: 1, ...change })).map((image) => [...image.pixels]);
    const first = await pixels({});
    expect(await pixels({})).toEqual(first);
    expect(await pixels({ seed: 2 })).not.toEqual(first);
    expect(await pixels({ path: 'lerp' })).not.toEqual(first);
  });

  it('gives every subscriber the same anew', async () => {
    const images$ = from(support).pipe(hallucinate(model, { perClass: 3 }), toArray());
    expect(await lastValueFrom(images$)).toEqual(await lastValueFrom(images$));
  });

  it('adds nothing to a class of one image, nor to nothing', async () => {
    const lonely = [photo('dog', 0), ...photos('cat', 2)];
    const added = (await run(lonely, { perClass: 3 })).slice(3);
    expect(added.map(({ label }) => label)).toEqual(['cat', 'cat', 'cat']);
    expect(await run([photo('dog', 0)], { perClass: 3 })).toEqual([photo('dog', 0)]);
    expect(await run([], { perClass: 3 })).toEqual([]);
    expect(await lastValueFrom(EMPTY.pipe(hallucinate(model, { perClass: 3 }), toArray()))).toEqual([]);
  });

  it('decodes no more batches than are taken', async () => {
    const { calls, counted } = counting();
    const taken = (count: number) =>
      lastValueFrom(
        from(support).pipe(hallucinate(counted, { perClass: 40, batchSize: 4 }), take(count), toArray()),
      );
    await taken(support.length);
    expect(calls).toEqual({ encoded: [], decoded: [] });
    await taken(support.length + 1);
    expect(calls.decoded).toEqual([4]);
    calls.decoded.length = 0;
    await expectNoLeak(() => taken(support.length + 9));
    expect(calls.decoded).toEqual([4, 4, 4]);
  });

  it('encodes and decodes in batches of the size asked for', async () => {
    const { calls, counted } = counting();
    await run(support, { perClass: 5, batchSize: 3 }, counted);
    // A batch may hold images of several classes.
    expect(calls).toEqual({ encoded: [3, 3, 1], decoded: [3, 3, 3, 1] });
  });

  it('leaves no tensor when it ends, when the reader leaves, and when the source fails', async () => {
    const failure = new Error('on purpose');
    await expectNoLeak(async () => {
      await run(support, { perClass: 5 });
      await lastValueFrom(from(support).pipe(hallucinate(model, { perClass: 5 }), take(9)));
      const failing = concat(
        from(support),
        throwError(() => failure),
      );
      await expect(lastValueFrom(failing.pipe(hallucinate(model, { perClass: 5 })))).rejects.toBe(failure);
    });
  });

  it('leaves no tensor when the model fails, at whichever call', async () => {
    const failure = new Error('on purpose');
    for (const part of ['encode', 'decode'] as const) {
      for (const failing of [1, 2]) {
        let calls = 0;
        const broken = {
          ...model,
          [part]: (input: tf.Tensor) => {
            if (++calls === failing) throw failure;
            return (model[part] as (input: tf.Tensor) => tf.Tensor)(input);
          },
        } as Model;
        const options = { perClass: 5, batchSize: 3 };
        await expectNoLeak(() => expect(run(support, options, broken)).rejects.toBe(failure));
      }
    }
  });

  it('goes on outside of a tidy in which it was begun', async () => {
    await expectNoLeak(() => {
      const images = hallucinations(model, support, { perClass: 4, batchSize: 1 });
      const first = tf.tidy(() => images.next().value as never) as LabeledImage;
      expectSame([first, ...images], [...hallucinations(model, support, { perClass: 4 })]);
    });
  });

  it.each<[string, Partial<HallucinateOptions>]>([
    ['perClass', { perClass: 0 }],
    ['perClass', { perClass: 2.5 }],
    ['perClass', { perClass: Number.NaN }],
    ['batchSize', { batchSize: 0 }],
    ['path', { path: 'circle' as 'slerp' }],
    ['bankSize', { bankSize: 1 }],
    ['classes', { classes: 'cat' as unknown as Label[] }],
    ['labelCheck', { labelCheck: 'yes' as unknown as boolean }],
    ['detail', { detail: -0.1 }],
    ['detail', { detail: 1.1 }],
    ['detail', { detail: Number.NaN }],
    ['detail', { detail: '1' as unknown as number }],
    ['perClass and ratio', { ratio: 1 }],
  ])('notifies of a %s out of range: %o', async (name, change) => {
    const error: unknown = await run(support, { perClass: 3, ...change }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(name);
  });

  it.each<[string, LabeledImage, RegExp]>([
    [
      'another size',
      { pixels: new Float32Array(4), shape: [2, 2, 1], label: 'cat' },
      /^image 7 .*12×12×1 is expected/,
    ],
    [
      'a value that is no number',
      { ...photo('cat', 0), pixels: photo('cat', 0).pixels.with(3, Number.NaN) },
      /^image 7 .*NaN at value 3/,
    ],
    ['no label', { ...photo('cat', 0), label: undefined as unknown as string }, /^image 7 has no label/],
  ])('notifies of an image with %s, and names it', async (_, image, words) => {
    await expectNoLeak(async () => {
      const error: unknown = await run([...support, image], { perClass: 3 }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).toMatch(words);
    });
  });

  it('is an operator from images to images', () => {
    expectTypeOf(hallucinate(model, { perClass: 1 })).toEqualTypeOf<
      OperatorFunction<LabeledImage, LabeledImage>
    >();
    expectTypeOf(of(photo('cat', 0)).pipe(hallucinate(model, { perClass: 1 }))).toEqualTypeOf<
      Observable<LabeledImage>
    >();
    expectTypeOf<HallucinateOptions['path']>().toEqualTypeOf<
      'slerp' | 'lerp' | 'extrapolate' | 'mean' | 'transport' | 'tangent' | 'restyle' | undefined
    >();
    // @ts-expect-error: numbers are no images
    of(1).pipe(hallucinate(model, { perClass: 1 }));
  });
});
