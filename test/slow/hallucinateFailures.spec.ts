import * as tf from '@tensorflow/tfjs';
import {
  concat,
  config,
  finalize,
  from,
  lastValueFrom,
  map,
  Observable,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hallucinate } from '../../src/augment/hallucinate.js';
import type { HallucinateOptions } from '../../src/augment/hallucinateOptions.js';
import { DataError } from '../../src/core/errors.js';
import type { LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { Model } from '../../src/models/model.js';
import { pullThrough } from '../../src/stream/pullThrough.js';
import {
  arriving,
  hallucinated,
  photo,
  photos,
  planeModel,
  point,
  streamed,
} from '../augment/hallucinated.js';
import { onWasm, tinyModel } from '../models/tiny.js';
import { expectNoLeak } from '../tensors.js';

onWasm();

let model: Model;
beforeAll(async () => {
  model = await tinyModel();
});
afterAll(() => model.dispose());

const failure = new Error('on purpose');
const modes: [string, HallucinateOptions][] = [
  ['perClass', { perClass: 7, batchSize: 3 }],
  ['ratio', { ratio: 1.5, batchSize: 3 }],
  ['ratio and label check', { ratio: 1.5, batchSize: 3, labelCheck: true }],
];

/** Runs to the end or the error, and says what came before it and whether the source was let go. */
function watch(source: Observable<LabeledImage>, options: HallucinateOptions, with_ = model) {
  const seen: LabeledImage[] = [];
  let left = 0;
  let error: unknown;
  const leave = finalize<LabeledImage>(() => left++);
  source.pipe(leave, hallucinate(with_, options)).subscribe({
    next: (image) => seen.push(image),
    error: (reason: unknown) => {
      error = reason;
    },
  });
  return { seen, left, error };
}

describe.each(modes)('hallucinate by %s', (_, options) => {
  it('passes on the error of the source, after all that came before it', async () => {
    await expectNoLeak(() => {
      const images = arriving([...'aabbab']);
      const source = concat(
        from(images),
        throwError(() => failure),
      );
      const { seen, left, error } = watch(source, options);
      expect(error).toBe(failure);
      expect(left).toBe(1);
      expect(seen.filter(({ provenance }) => provenance === undefined)).toEqual(images);
    });
  });

  it.each<[string, LabeledImage, RegExp]>([
    [
      'another size',
      { ...photo('a', 0), shape: [2, 2, 1], pixels: new Float32Array(4) },
      /^image 4 \(class a\).*2×2×1/,
    ],
    [
      'other channels',
      { ...photo('a', 0), shape: [12, 12, 3], pixels: new Float32Array(432) },
      /^image 4 .*12×12×3/,
    ],
    ['too few values', { ...photo('a', 0), pixels: new Float32Array(3) }, /^image 4 .*has 3 values/],
    [
      'NaN',
      { ...photo('a', 0), pixels: photo('a', 0).pixels.with(9, Number.NaN) },
      /^image 4 .*NaN at value 9/,
    ],
    [
      'infinity',
      { ...photo('a', 0), pixels: photo('a', 0).pixels.with(9, Number.NEGATIVE_INFINITY) },
      /^image 4 .*-Infinity at value 9/,
    ],
    ...[undefined, null, ''].map((label): [string, LabeledImage, RegExp] => [
      `the label ${JSON.stringify(label)}`,
      { ...photo('a', 0), label: label as string },
      /^image 4 has no label/,
    ]),
  ])('names an image with %s, in its place, and leaves the source', async (_name, image, words) => {
    await expectNoLeak(() => {
      const before = arriving([...'aabb']);
      const { seen, left, error } = watch(from([...before, image, ...before]), options);
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).toMatch(words);
      expect(left).toBe(1);
      expect(seen.filter(({ provenance }) => provenance === undefined)).toEqual(before);
    });
  });

  it('passes on what the model throws, as it is, at whichever call', async () => {
    for (const part of ['encode', 'decode'] as const) {
      for (const failing of [1, 2, 3]) {
        let calls = 0;
        const broken = {
          ...model,
          [part]: (input: tf.Tensor) => {
            if (++calls === failing) throw failure;
            return (model[part] as (input: tf.Tensor) => tf.Tensor)(input);
          },
        } as Model;
        const images = arriving([...'aabbabcc']);
        await expectNoLeak(() => {
          const { seen, left, error } = watch(from(images), options, broken);
          if (calls < failing) return;
          expect(error).toBe(failure);
          expect(left).toBe(1);
          const real = seen.filter(({ provenance }) => provenance === undefined);
          expect(real).toEqual(images.slice(0, real.length));
          expect(hallucinated(seen).length % 3).toBe(0);
        });
      }
    }
  });

  it('stops the source and frees everything when an operator after it throws', async () => {
    for (let moment = 0; moment < 14; moment++) {
      let left = 0;
      let count = 0;
      await expectNoLeak(() =>
        expect(
          lastValueFrom(
            from(arriving([...'aabbabab'])).pipe(
              finalize(() => left++),
              hallucinate(model, options),
              map((image) => {
                if (count++ === moment) throw failure;
                return image;
              }),
            ),
          ),
        ).rejects.toBe(failure),
      );
      expect(left).toBe(1);
    }
  });

  it('stops the source and frees everything when a loop over it throws', async () => {
    let closed = false;
    function* source() {
      try {
        yield* arriving([...'aabbababab']);
      } finally {
        closed = true;
      }
    }
    await expectNoLeak(() => {
      expect(() => {
        let count = 0;
        for (const _image of pullThrough(source(), hallucinate(model, options)))
          if (++count === 9) throw failure;
      }).toThrow(failure);
    });
    expect(closed).toBe(true);
  });

  it('leaves no trace after 1,000 subscriptions that end at random moments', async () => {
    const random = randomStream('moments');
    const images = arriving([...'abacbbac']);
    let open = 0;
    const endless = new Observable<LabeledImage>((subscriber) => {
      open++;
      subscriber.add(() => open--);
      for (let i = 0; !subscriber.closed && i < 40; i++) subscriber.next(images[i % images.length]!);
      subscriber.complete();
    });
    await expectNoLeak(() => {
      for (let cycle = 0; cycle < 500; cycle++) {
        endless.pipe(hallucinate(model, options), take(1 + random.integer(60))).subscribe();
      }
      for (let cycle = 0; cycle < 500; cycle++) {
        const source = new Subject<LabeledImage>();
        const subscription = source.pipe(hallucinate(model, options)).subscribe();
        for (let i = random.integer(12); i > 0; i--) source.next(images[i % images.length]!);
        subscription.unsubscribe();
        expect(source.observed).toBe(false);
      }
    });
    expect(open).toBe(0);
  });
});

describe('hallucinate', () => {
  afterEach(() => {
    config.onUnhandledError = null;
  });

  it('goes on when a callback throws, which RxJS reports by itself', async () => {
    const report = vi.fn();
    config.onUnhandledError = report;
    let count = 0;
    await expectNoLeak(() => {
      from(photos('a', 3))
        .pipe(hallucinate(model, { perClass: 4 }))
        .subscribe(() => {
          count++;
          throw failure;
        });
    });
    await vi.waitFor(() => expect(report).toHaveBeenCalledTimes(7));
    expect(count).toBe(7);
  });

  it('names the image for which the model finds no code', async () => {
    const broken: Model = {
      ...planeModel(model, 'euclidean'),
      encode: (images) => images.reshape([-1, 2]).div(tf.sub(images.reshape([-1, 2]), 0.5)) as tf.Tensor2D,
    };
    const images = [point('a', 1, 1), point('b', 1, 1), point('b', 0.5, 1)];
    await expect(streamed(broken, [...images, ...images], { perClass: 1 })).rejects.toThrow(
      expect.objectContaining({
        constructor: DataError,
        message: expect.stringContaining('image 1 of class b'),
      }),
    );
  });

  it('is quiet on an empty stream and for a class of one image', async () => {
    for (const [, options] of modes) {
      expect(await streamed(model, [], options)).toEqual([]);
      expect(await streamed(model, [photo('a', 0), photo('b', 0)], options)).toEqual([
        photo('a', 0),
        photo('b', 0),
      ]);
      const one = await streamed(model, photos('a', 4), options);
      expect(hallucinated(one).length).toBeGreaterThan(5);
    }
  });
});
