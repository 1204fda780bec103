import { tensor2d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { hallucinations, loadExtractor, loadModel, type Model } from 'fewshot-atnl/browser';
import { normalizeFor } from 'fewshot-atnl/models';
import type { Kind, Made, Picture, Seen } from '../protocol.js';

/** Hallucinations of each class. */
const PER_CLASS = 24;
const SEED = 7;
/**
 * Distance of photos that is near in any case. Pictures taken in one second are almost the same, and what they say about the
 * distance of the next one is too little.
 */
const NEAR = 0.8;

/** An encoder with all that this page wants of it. */
export interface Space {
  readonly name: string;
  /** The model, where it is a part of saved classifiers: it says whose codes they hold. */
  readonly encoder?: Model;
  /** A picture as the encoder sees it, and its code; undefined for one with nothing in it. */
  see(picture: Picture, polarity?: 'light'): Promise<Seen | undefined>;
  /** Codes of pixels as the encoder takes them. */
  encode(images: readonly Float32Array[]): Float32Array[];
  /** What is made of the examples of a class. */
  make(label: number, examples: readonly Seen[]): Made[];
  /** What the decoder draws of a code; undefined without one. */
  draw(code: Float32Array): Float32Array | undefined;
  /** The part of a code that says what is seen, at its own length. */
  contentOf(code: Float32Array): Float32Array;
  /** What a classifier compares, and how many values that is. */
  readonly featureSize: number;
  featuresOf(code: Float32Array): Float32Array;
  /** Distance of features below which nothing is unknown. */
  readonly near: number;
  /** A code that has such features. */
  codeOf(features: Float32Array): Float32Array;
}

/** Opens the encoder of a tab. */
export async function openSpace(kind: Kind, address: string): Promise<Space> {
  return kind === 'photos' ? photos(address) : drawings(kind, await loadModel(address));
}

function drawings(kind: Exclude<Kind, 'photos'>, model: Model): Space {
  const { imageShape, latentSize, styleSize } = model;
  const shape = imageShape as Picture['shape'];
  const size = imageShape[0] * imageShape[1];
  // The card of a model says how its drawings lie in their frame; that of MNIST's says nothing, as it takes MNIST's own.
  const normalized = {
    light: normalizeFor(model, { fit: 'ink-light' }),
    any: normalizeFor(model, { fit: 'ink' }),
  };
  const contentSize = latentSize - styleSize;
  // Symbols are compared by what is drawn and not by the hand that drew it, as `extractorOf(model, { style: false })` does.
  const byContent = kind === 'symbols' && styleSize > 0;

  function encode(images: readonly Float32Array[]): Float32Array[] {
    const packed = new Float32Array(images.length * size);
    for (const [i, pixels] of images.entries()) packed.set(pixels, i * size);
    const codes = tidy(() => model.encode(tensor4d(packed, [images.length, ...shape])).dataSync<'float32'>());
    return images.map((_, i) => codes.slice(i * latentSize, (i + 1) * latentSize));
  }

  return {
    name: model.card.name,
    ...(byContent ? {} : { encoder: model }),
    async see(picture, polarity) {
      const { pixels } = normalized[polarity ?? 'any'](picture);
      return pixels.some((value) => value > 0) ? { pixels, code: encode([pixels])[0]! } : undefined;
    },
    encode,
    make(label, examples) {
      const support = examples.map(({ pixels = new Float32Array(size) }) => ({ pixels, shape, label }));
      const path = byContent ? 'restyle' : 'slerp';
      const images = [...hallucinations(model, support, { perClass: PER_CLASS, seed: SEED, path })];
      const codes = images.length === 0 ? [] : encode(images.map(({ pixels }) => pixels));
      return images.map(({ pixels, provenance }, i) => ({
        pixels,
        code: codes[i]!,
        provenance: provenance!,
      }));
    },
    draw: (code) =>
      tidy(() =>
        model
          .decode(tensor2d(code, [1, latentSize]))
          .dataSync<'float32'>()
          .slice(),
      ),
    near: 0,
    featureSize: byContent ? contentSize : latentSize,
    contentOf: (code) => code.subarray(0, contentSize),
    featuresOf: (code) => (byContent ? code.slice(0, contentSize).map((value) => Math.SQRT2 * value) : code),
    codeOf(features) {
      if (!byContent) return features;
      // In the hand of a training image, as features know no hand. Both parts have length √½.
      const code = model.base?.codes[0]?.slice() ?? new Float32Array(latentSize);
      code.set(features.map((value) => value / Math.SQRT2));
      return code;
    },
  };
}

async function photos(address: string): Promise<Space> {
  const extractor = await loadExtractor(address);
  return {
    name: extractor.name,
    async see(picture) {
      const [code] = await extractor.embed([picture]);
      return code && { code };
    },
    encode: () => [],
    make: (label, examples) =>
      [
        ...hallucinations(
          extractor,
          examples.map(({ code }) => ({ code, label })),
          { perClass: PER_CLASS, seed: SEED },
        ),
      ].map(({ code, provenance }) => ({ code, provenance: provenance! })),
    draw: () => undefined,
    near: NEAR,
    featureSize: extractor.latentSize,
    contentOf: (code) => code,
    featuresOf: (code) => code,
    codeOf: (features) => features,
  };
}
