import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/core/errors.js';
import { baseCodes } from '../../src/models/baseCodes.js';
import { weightShapes } from '../../src/models/efficientNetLite.js';
import { EXTRACTOR_SCHEMA, type ExtractorCard } from '../../src/models/extractorCard.js';
import { decodeExtractor, encodeExtractor } from '../../src/models/extractorFile.js';
import { withHead } from '../../src/models/featureHead.js';
import { encodeModelFile } from '../../src/models/modelFile.js';
import { decodeSafetensors, type StoredTensor } from '../../src/models/safetensors.js';
import { damage, damaged, fuzzRuns } from '../damage.js';
import { expectNoLeak } from '../tensors.js';
import { noise, onWasm, tinyFile } from './tiny.js';
import { tinyExtractor, tinyHead, tinyHeadCard } from './tinyExtractor.js';

onWasm();

const featuresOf = async () => tinyExtractor();
const picture = () => ({ pixels: noise([5, 7, 3], 'picture'), shape: [5, 7, 3] as const });
const base = () =>
  baseCodes(
    [0, 1, 2, 3].map((i) => Float32Array.of(+(i === 0), +(i === 1), +(i === 2), +(i === 3))),
    [0, 0, 1, 1],
  );

const netCard = (): ExtractorCard => ({
  name: 'my-net',
  network: 'efficientnet-lite0',
  input: { side: 64, least: 32, most: 96, mean: 127, scale: 128 },
  data: { name: 'noise', images: 1234, classes: 7 },
  license: 'MIT',
  command: 'make it',
  scores: {},
  versions: {},
});

/** Small random weights of the right shapes, made once. */
const netWeights = (() => {
  let made: ReadonlyMap<string, StoredTensor> | undefined;
  return () => (made ??= makeWeights());
})();

function makeWeights(): Map<string, StoredTensor> {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return new Map(
    [...weightShapes].map(([name, shape]) => {
      const size = shape.reduce((product, side) => product * side, 1);
      const fan = size / (shape.at(-1) === 1 ? shape[2]! : shape.at(-1)!);
      return [
        name,
        { shape, values: Float32Array.from({ length: size }, () => (4 * next()) / Math.sqrt(fan)) },
      ];
    }),
  );
}

/** A file with tensors and a card of any kind, whose digest fits. */
const forged = (tensors: ReadonlyMap<string, StoredTensor>, card: unknown) =>
  encodeModelFile(tensors, EXTRACTOR_SCHEMA, card, 'F16');

async function expectRefused(bytes: Uint8Array, words: RegExp): Promise<void> {
  await expectNoLeak(async () => {
    const error = await decodeExtractor(bytes, 'my.safetensors', { featuresOf }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).message).toMatch(/^my\.safetensors: /);
    expect((error as ModelError).message).toMatch(words);
  });
}

describe('the file of a head', () => {
  it('gives the codes of its head on the features that it names', async () => {
    const bytes = await encodeExtractor({ head: tinyHead(), base: base() }, tinyHeadCard());
    const extractor = await decodeExtractor(bytes, 'tiny-head', { featuresOf });
    const [code] = await extractor.embed([picture()]);
    const [features] = await tinyExtractor().embed([picture()]);
    const { center, kernel } = tinyHead();
    const sums = [0, 1, 2, 3].map((k) =>
      features!.reduce((sum, value, i) => sum + (value - center[i]!) * kernel[4 * i + k]!, 0),
    );
    for (const [k, value] of code!.entries()) expect(value).toBeCloseTo(sums[k]! / Math.hypot(...sums), 2);
    expect(Math.hypot(...code!)).toBeCloseTo(1, 6);
    expect(extractor).toMatchObject({
      name: 'tiny-head',
      latentSize: 4,
      latentSpace: 'sphere',
      styleSize: 0,
    });
    expect(extractor.seen).toEqual({ name: 'noise', classes: ['a', 'b'] });
    expect(extractor.base).toEqual(base());
    expect(extractor.imageShape).toEqual([2, 2, 3]);
  });

  it('is asked for by name, digest and side', async () => {
    const card = tinyHeadCard();
    const features = { ...card.features!, side: 160 };
    const asked: unknown[] = [];
    await decodeExtractor(await encodeExtractor({ head: tinyHead() }, { ...card, features }), 'tiny-head', {
      featuresOf: async (wanted) => {
        asked.push(wanted);
        return tinyExtractor();
      },
    });
    expect(asked).toEqual([features]);
  });

  it('is refused without its features, and on those of another digest', async () => {
    const bytes = await encodeExtractor({ head: tinyHead() }, tinyHeadCard());
    await expect(decodeExtractor(bytes, 'tiny-head')).rejects.toThrow(
      /features of tiny, which are not given/,
    );
    let disposed = 0;
    const other = { ...tinyExtractor(), digest: 'f'.repeat(64), dispose: () => disposed++ };
    await expect(decodeExtractor(bytes, 'tiny-head', { featuresOf: async () => other })).rejects.toThrow(
      /trained on features of tiny with SHA-256 0123456789ab…, but these have ffffffffffff…/,
    );
    expect(disposed).toBe(1);
  });

  it('is refused for features of another number', async () => {
    const head = { center: new Float32Array(11), kernel: new Float32Array(44).fill(1), latentSize: 4 };
    await expectRefused(await encodeExtractor({ head }, tinyHeadCard()), /its head does not fit/);
  });

  it.each<[string, Record<string, StoredTensor>, RegExp]>([
    [
      'a kernel alone',
      { 'head/kernel': { shape: [12, 4], values: new Float32Array(48) } },
      /\[12,4\] with a center \[undefined\]/,
    ],
    [
      'a center alone',
      { 'head/center': { shape: [12], values: new Float32Array(12) } },
      /with a center \[12\]/,
    ],
    ['no head', {}, /neither a network nor a head/],
    [
      'values that are not finite',
      {
        'head/center': { shape: [1], values: Float32Array.of(Number.NaN) },
        'head/kernel': { shape: [1, 2], values: new Float32Array(2) },
      },
      /not finite/,
    ],
    [
      'codes of no values',
      {
        'head/center': { shape: [1], values: new Float32Array(1) },
        'head/kernel': { shape: [1, 0], values: new Float32Array(0) },
      },
      /its head is \[1,0\]/,
    ],
    [
      'a tensor too many',
      {
        'head/center': { shape: [1], values: new Float32Array(1) },
        'head/kernel': { shape: [1, 2], values: new Float32Array(2) },
        stem: { shape: [1], values: new Float32Array(1) },
      },
      /holds a weight stem/,
    ],
  ])('is refused with %s', async (_, tensors, words) => {
    await expectRefused(await forged(new Map(Object.entries(tensors)), tinyHeadCard()), words);
  });

  it('says what it is', async () => {
    const bytes = await encodeExtractor({ head: tinyHead() }, tinyHeadCard());
    const extractor = await decodeExtractor(bytes, 'tiny-head', { featuresOf });
    expect(extractor.describe()).toEqual([
      'mean colors',
      'seen: 10 images of 2 classes of noise',
      'command: fewshot train',
      'license: MIT',
      `file: ${bytes.length.toLocaleString('en')} bytes`,
    ]);
  });
});

describe('the digest of an extractor', () => {
  const digestOf = async (head = tinyHead(), inner = tinyExtractor(), kept?: ReturnType<typeof base>) =>
    (await withHead(inner, head, kept === undefined ? {} : { base: kept })).digest;

  it('is that of features, head and base codes', async () => {
    const digest = await digestOf();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await digestOf()).toBe(digest);
    const { center, kernel } = tinyHead();
    const others = [
      await digestOf({ center: center.map((value) => value + 0.1), kernel, latentSize: 4 }),
      await digestOf({ center, kernel: kernel.map((value) => -value), latentSize: 4 }),
      await digestOf({ center: center.slice(0, 12), kernel: kernel.slice(0, 24), latentSize: 2 }),
      await digestOf(tinyHead(), { ...tinyExtractor(), digest: 'f'.repeat(64) }),
      await digestOf(tinyHead(), tinyExtractor(), base()),
    ];
    expect(new Set([digest, ...others]).size).toBe(6);
  });

  it('of a net is that of weights, side and mean', async () => {
    const digests: string[] = [];
    for (const mean of [127, 0]) {
      const card = { ...netCard(), input: { ...netCard().input!, mean } };
      const bytes = await encodeExtractor({ weights: netWeights() }, card);
      for (const side of [64, 80]) {
        const extractor = await decodeExtractor(bytes, 'net', { side });
        digests.push(extractor.digest);
        extractor.dispose();
      }
    }
    expect(new Set(digests).size).toBe(4);
  });
});

describe('the file of a net', () => {
  it('gives the codes of its own head, and is freed whole', async () => {
    const kernel = Float32Array.from({ length: 320 * 3 }, (_, i) => Math.cos(i));
    const head = { center: new Float32Array(320).fill(0.01), kernel, latentSize: 3 };
    await expectNoLeak(async () => {
      const bytes = await encodeExtractor({ weights: netWeights(), head }, netCard());
      const extractor = await decodeExtractor(bytes, 'my-net');
      const codes = await extractor.embed([picture(), picture()]);
      expect(codes.map(({ length }) => length)).toEqual([3, 3]);
      expect(codes[0]).toEqual(codes[1]);
      expect(extractor.imageShape).toEqual([64, 64, 3]);
      expect(extractor.describe()).toContain('head: linear, to 3 values of length 1');
      extractor.dispose();
    });
  });

  it('refuses pictures of sides beyond its range', async () => {
    const bytes = await encodeExtractor({ weights: netWeights() }, netCard());
    for (const side of [31, 97]) {
      await expect(decodeExtractor(bytes, 'my-net', { side })).rejects.toMatchObject({
        message: `my-net: takes pictures of 32 to 96 pixels, not of ${side}`,
        options: ['side'],
        hint: 'Leave it out for 64.',
      });
    }
  });

  it('is refused with a weight of another shape, without one, and with one too many', async () => {
    const [kernel, bias] = ['stem/kernel', 'stem/bias'].map((name) => netWeights().get(name)!);
    const one = { shape: [1], values: new Float32Array(1) };
    const lost = { shape: [32], values: new Float32Array(32).fill(Number.NaN) };
    const withWeights = (weights: Record<string, StoredTensor>) =>
      forged(new Map(Object.entries(weights)), netCard());
    await expectRefused(
      await withWeights({ 'stem/kernel': kernel!, 'stem/bias': bias! }),
      /block0\/depthwise\/kernel is missing/,
    );
    await expectRefused(
      await withWeights({ 'stem/kernel': one }),
      /stem\/kernel is \[1\], but .* \[3,3,3,32\]/,
    );
    await expectRefused(await withWeights({ more: one }), /holds a weight more/);
    await expectRefused(
      await withWeights({ 'stem/kernel': kernel!, 'stem/bias': lost }),
      /stem\/bias holds values that are not finite/,
    );
  });

  it.each<[string, object]>([
    ['network', { network: 'resnet' }],
    ['input.side', { input: { ...netCard().input, side: 1e6 } }],
    ['input.most', { input: { ...netCard().input, most: 1e9 } }],
    ['input.scale', { input: { ...netCard().input, scale: 0 } }],
    ['input', { input: { ...netCard().input, side: 20 } }],
    ['its top', { features: { name: 'tiny', sha256: '' } }],
    ['its top', { input: undefined }],
    ['extra', { extra: 1 }],
  ])('is refused when its card is wrong at %s (%j)', async (at, change) => {
    await expectRefused(
      await forged(new Map(), { ...netCard(), ...change }),
      new RegExp(`card is wrong at ${at}:`),
    );
  });

  it('is no autoencoder, nor an autoencoder an extractor', async () => {
    await expect(decodeExtractor(await tinyFile(), 'tiny')).rejects.toMatchObject({
      message: `tiny: is of version fewshot.model/1, but this release reads ${EXTRACTOR_SCHEMA}`,
      hint: 'It is an autoencoder: load it by loadModel.',
    });
  });

  it('says which card cannot be written', async () => {
    const card = { ...netCard(), license: 3 } as never;
    await expect(encodeExtractor({ weights: netWeights() }, card)).rejects.toThrow(
      /the card is wrong at license/,
    );
  });
});

describe('a file in 8 bits', () => {
  it('has large 1×1 kernels in steps of their channels, and the rest in half precision', async () => {
    const weights = netWeights();
    const bytes = await encodeExtractor({ weights }, netCard(), 8);
    expect(bytes.length).toBeLessThan(3.6e6);
    const stored = decodeSafetensors(bytes, 'net').tensors;
    expect([...stored.keys()]).toEqual([...weights.keys()]);
    const halves = decodeSafetensors(await encodeExtractor({ weights }, netCard()), 'net').tensors;
    for (const [name, { shape, values }] of weights) {
      const found = stored.get(name)!.values;
      if (!(name.includes('block') && shape[0] === 1 && values.length >= 10_000)) {
        expect(found).toEqual(halves.get(name)!.values);
        continue;
      }
      const channels = shape.at(-1)!;
      for (const channel of [0, 1, channels - 1]) {
        const of = (all: Float32Array) =>
          Array.from({ length: all.length / channels }, (_, i) => all[i * channels + channel]!);
        const [before, after] = [of(values), of(found)];
        const step = (Math.max(...before) - Math.min(...before)) / 255;
        const apart = before.map((value, i) => Math.abs(value - after[i]!));
        expect(Math.max(...apart)).toBeLessThan(0.501 * step);
      }
    }
  });
});

describe('a damaged file of an extractor', () => {
  it('is refused with its name, or gives codes', async () => {
    const whole = await encodeExtractor({ head: tinyHead(), base: base() }, tinyHeadCard());
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        try {
          const extractor = await decodeExtractor(damaged(whole, how), 'my.safetensors', { featuresOf });
          const [code] = await extractor.embed([picture()]);
          expect(Math.hypot(...code!)).toBeCloseTo(1, 5);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
          expect((error as ModelError).message).toMatch(/^my\.safetensors: /);
        }
      }),
      { numRuns: fuzzRuns(300) },
    );
  });

  it('cut off anywhere is refused', async () => {
    const whole = await encodeExtractor({ head: tinyHead() }, tinyHeadCard());
    for (let length = 0; length < whole.length; length += 11) {
      await expectRefused(whole.subarray(0, length), /./);
    }
  });
});
