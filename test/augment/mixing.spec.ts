import fc from 'fast-check';
import { concat, from, NEVER, type Observable, of, take, throwError } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { cutmix, type MixingOptions, mixup, symmetricBeta } from '../../src/augment/mixing.js';
import { DataError } from '../../src/core/errors.js';
import type { Label, LabeledImage } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import reference from '../reference/beta.json' with { type: 'json' };
import { randomImage, through } from './images.js';

const imagesOf = (labels: readonly Label[]) => labels.map((label, i) => randomImage(i, [3, 4, 2], label));
const labelsOf = fc.array(fc.constantFrom('a', 'b', 3), { minLength: 0, maxLength: 20 });
const weightOf = (image: LabeledImage, label: Label) =>
  image.labels!.find((share) => share.label === label)?.weight ?? 0;

/** What was emitted before an error, and the error. */
function untilError(source: Observable<LabeledImage>): Promise<{ seen: LabeledImage[]; error: unknown }> {
  const seen: LabeledImage[] = [];
  return new Promise((resolve) => {
    source.subscribe({ next: (image) => seen.push(image), error: (error) => resolve({ seen, error }) });
  });
}

describe('mixup', () => {
  it('blends pixels and labels of each image and its partner by a share from Beta(α, α)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), fc.nat(1000), async (count, seed) => {
        // Labels are all different, so that the shares tell the partner.
        const images = imagesOf(Array.from({ length: count }, (_, i) => i));
        const found = await through(images, mixup({ alpha: 2, seed }));
        expect(found.length).toBe(count);
        const partners = found.map((image, i) => {
          const share = symmetricBeta(randomStream(seed, 'mixup', i), 2);
          const partner = image.labels![1]!.label as number;
          expect(image.labels).toEqual([
            { label: i, weight: share },
            { label: partner, weight: 1 - share },
          ]);
          expect(image.label).toBe(share >= 0.5 ? i : partner);
          for (const [at, value] of image.pixels.entries()) {
            const expected = share * images[i]!.pixels[at]! + (1 - share) * images[partner]!.pixels[at]!;
            expect(value).toBeCloseTo(expected, 6);
          }
          return partner;
        });
        // Everyone is a partner once, and never its own.
        expect([...partners].sort((a, b) => a - b)).toEqual([...images.keys()]);
        expect(partners.some((partner, i) => partner === i)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('chooses partners at random, others for another seed', async () => {
    const images = imagesOf(Array.from({ length: 40 }, (_, i) => i));
    const partners = async (seed: number) =>
      (await through(images, mixup({ seed }))).map(({ labels }) => labels![1]!.label);
    expect(await partners(1)).toEqual(await partners(1));
    expect(await partners(1)).not.toEqual(await partners(2));
    const steps = new Set((await partners(1)).map((partner, i) => ((partner as number) - i + 40) % 40));
    expect(steps.size).toBeGreaterThan(10);
  });

  it.each([mixup, cutmix])(
    'keeps the shares at 1 in all, and the label at the heaviest: %o',
    async (operator) => {
      await fc.assert(
        fc.asyncProperty(labelsOf, fc.nat(1000), async (labels, seed) => {
          const once = await through(imagesOf(labels), operator({ alpha: 1, seed, window: 6 }));
          // Twice, so that soft labels are mixed as well.
          for (const found of [
            once,
            await through(once, operator({ alpha: 1, seed: seed + 1, window: 9 })),
          ]) {
            expect(found.length).toBe(labels.length);
            for (const image of found) {
              if (image.labels === undefined) continue;
              const weights = image.labels.map(({ weight }) => weight);
              expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
              expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
              expect(weightOf(image, image.label)).toBe(Math.max(...weights));
              expect(new Set(image.labels.map(({ label }) => label)).size).toBe(weights.length);
              expect(image.pixels.every((value) => value >= 0 && value <= 1 + 1e-6)).toBe(true);
            }
          }
        }),
        { numRuns: 30 },
      );
    },
  );

  it('mixes within windows, gives a window out when it is full, and the rest at the end', async () => {
    const images = imagesOf([0, 1, 2, 3, 4, 5, 6, 7]);
    const seen: LabeledImage[] = [];
    concat(from(images), NEVER)
      .pipe(mixup({ window: 3 }))
      .subscribe((image) => seen.push(image));
    expect(seen.length).toBe(6);
    for (const [i, { labels }] of seen.entries()) {
      expect(Math.floor((labels![1]!.label as number) / 3)).toBe(Math.floor(i / 3));
    }
    expect((await through(images, mixup({ window: 3 }))).slice(0, 6)).toEqual(seen);
  });

  it('lets a lone image pass as it is', async () => {
    const images = imagesOf(['a', 'b', 'a']);
    expect((await through(images.slice(0, 1), mixup()))[0]).toBe(images[0]);
    expect((await through(images, mixup({ window: 2 })))[2]).toBe(images[2]);
  });

  it('gives images of one class the label of the class', async () => {
    for (const { label, labels } of await through(imagesOf(['a', 'a', 'a']), mixup())) {
      expect([label, labels!.length, labels![0]!.label]).toEqual(['a', 1, 'a']);
      expect(labels![0]!.weight).toBeCloseTo(1, 12);
    }
  });

  it('tells both parents and the share of the second', async () => {
    const made = { parents: [7, 8], path: 'slerp', omega: 0.1, angle: 2, index: 3, seed: 9, model: 'f00' };
    const images = imagesOf(['a', 'b', 'b']).map((image, i) =>
      i === 2 ? { ...image, provenance: made } : image,
    );
    const found = await through(images, mixup({ seed: 4 }));
    const numbers = [0, 0, 1];
    for (const [i, { labels, provenance }] of found.entries()) {
      expect(provenance).toMatchObject({ index: i, seed: 4, path: i === 2 ? 'slerp+mixup' : 'mixup' });
      expect(provenance!.parents[0]).toBe(numbers[i]);
      expect(provenance).not.toHaveProperty('angle');
      if (i === 0) expect(provenance!.omega).toBeCloseTo(1 - labels![0]!.weight, 12);
    }
    expect(found[2]!.provenance!.model).toBe('f00');
    const pair = await through(imagesOf(['a', 'a']), mixup());
    expect(pair.map(({ provenance }) => provenance!.parents)).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('makes nothing that is not taken', () => {
    const seen: LabeledImage[] = [];
    from(imagesOf([0, 1, 2, 3]))
      .pipe(mixup({ window: 4 }), take(2))
      .subscribe((image) => seen.push(image));
    expect(seen.length).toBe(2);
  });

  it('is an operator on images', () => {
    expectTypeOf(of(randomImage(1)).pipe(mixup())).toEqualTypeOf<Observable<LabeledImage>>();
  });
});

describe.each([
  ['mixup', mixup],
  ['cutmix', cutmix],
] as const)('%s with bad input', (name, operator) => {
  it.each<[string, Partial<LabeledImage>, RegExp]>([
    ['another size', { shape: [4, 3, 2] }, /^image 3 \(class b\) is 4×3×2, but 3×4×2 is expected$/],
    ['NaN', { pixels: new Float32Array(24).fill(Number.NaN) }, /^image 3 \(class b\) holds NaN at value 0$/],
    ['no label', { label: undefined as never }, /^image 3 has no label$/],
  ])('names an image with %s, and loses none before it', async (_what, change, message) => {
    const images = imagesOf(['a', 'b', 'c', 'b', 'a']).map((image, i) =>
      i === 3 ? { ...image, ...change } : image,
    );
    const { seen, error } = await untilError(from(images).pipe(operator()));
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
    expect(seen).toEqual(await through(images.slice(0, 3), operator()));
  });

  it('passes an error of the source on, after what came before it', async () => {
    const images = imagesOf(['a', 'b', 'c']);
    const { seen, error } = await untilError(
      concat(
        from(images),
        throwError(() => 'torn'),
      ).pipe(operator()),
    );
    expect([seen.length, error]).toEqual([3, 'torn']);
  });

  it.each<[MixingOptions, string]>([
    [{ alpha: 0 }, 'alpha is 0, but must be a number above 0 and up to 1000'],
    [{ alpha: Number.NaN }, 'alpha is NaN, but must be a number above 0 and up to 1000'],
    [{ alpha: 1e9 }, 'alpha is 1000000000, but must be a number above 0 and up to 1000'],
    [{ window: 1 }, 'window is 1, but must be a whole number of at least 2'],
    [{ seed: 0.5 }, 'seed is 0.5, but must be a whole number'],
  ])('refuses %j', (options, message) => {
    expect(() => operator(options)).toThrow(
      expect.objectContaining({ message: `${name}: ${message}`, name: 'UsageError' }),
    );
  });
});

/** Images all of one value, which tells the image that gave a pixel. */
const plain = (count: number, height: number, width: number): LabeledImage[] =>
  Array.from({ length: count }, (_, i) => ({
    pixels: new Float32Array(height * width * 2).fill(i / 512),
    shape: [height, width, 2],
    label: i,
  }));

describe('cutmix', () => {
  it('pastes a rectangle of the partner, and shares the label by area', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1000),
        async (height, width, seed) => {
          for (const [i, image] of (await through(plain(5, height, width), cutmix({ seed }))).entries()) {
            const partner = image.labels![1]!.label as number;
            const pasted = [...image.pixels.keys()].filter((at) => image.pixels[at] === partner / 512);
            const rows = new Set(pasted.map((at) => Math.floor(at / (2 * width)))).size;
            const columns = new Set(pasted.map((at) => Math.floor(at / 2) % width)).size;
            expect(pasted.length).toBe(2 * rows * columns);
            expect(image.pixels.every((value) => value === i / 512 || value === partner / 512)).toBe(true);
            expect(image.labels![1]!.weight).toBeCloseTo((rows * columns) / (height * width), 12);
            expect(image.labels![0]!.weight).toBeCloseTo(1 - image.labels![1]!.weight, 12);
            expect(image.provenance).toMatchObject({ path: 'cutmix', omega: image.labels![1]!.weight, seed });
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes the size of the rectangle from Beta(α, α), and its position from everywhere', async () => {
    const [side, count] = [40, 400];
    const found = await through(plain(count, side, side), cutmix({ alpha: 3, seed: 2, window: count }));
    let whole = 0;
    const hits = new Float64Array(side * side);
    for (const [i, image] of found.entries()) {
      const share = symmetricBeta(randomStream(2, 'cutmix', i), 3);
      const length = Math.floor(side * Math.sqrt(1 - share));
      // Cut off at the border, the rectangle is smaller than was drawn.
      expect(image.labels![1]!.weight).toBeLessThanOrEqual(length ** 2 / side ** 2 + 1e-9);
      if (Math.abs(image.labels![1]!.weight - length ** 2 / side ** 2) < 1e-9) whole++;
      for (let at = 0; at < side * side; at++) if (image.pixels[2 * at] !== i / 512) hits[at]!++;
    }
    expect(whole).toBeGreaterThan(count / 50);
    // The corners are hit about a quarter as often as the middle.
    const middle = hits[(side / 2) * side + side / 2]!;
    for (const corner of [0, side - 1, side * (side - 1), side * side - 1]) {
      expect(hits[corner]!).toBeGreaterThan(middle / 8);
      expect(hits[corner]!).toBeLessThan(middle);
    }
  });
});

const COUNT = 20_000;

describe('symmetricBeta', () => {
  it.each(reference.cases.map(({ alpha, quantiles }) => [alpha, quantiles] as const))(
    'has the quantiles of SciPy for alpha %d',
    (alpha, quantiles) => {
      const numbers = Array.from({ length: COUNT }, (_, i) =>
        symmetricBeta(randomStream(1, 'beta', i), alpha),
      );
      expect(numbers.every((value) => value >= 0 && value <= 1)).toBe(true);
      for (const [i, quantile] of quantiles.entries()) {
        const share = reference.probabilities[i]!;
        // Single numbers are not told apart from 1.
        if (quantile === 1) continue;
        const below = numbers.filter((value) => value <= quantile).length / COUNT;
        // Within four standard errors.
        expect(Math.abs(below - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / COUNT));
      }
    },
  );

  it('is a number for the smallest alpha too', () => {
    const numbers = Array.from({ length: 500 }, (_, i) => symmetricBeta(randomStream(i), 1e-3));
    expect(numbers.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(numbers.filter((value) => value < 0.5).length).toBeGreaterThan(200);
    expect(numbers.filter((value) => value > 0.5).length).toBeGreaterThan(200);
  });
});
