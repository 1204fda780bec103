import type { LabeledCode } from '../../src/core/code.js';
import type { Label } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { baseCodes } from '../../src/models/baseCodes.js';
import type { CodeSpace, FeatureExtractor, Picture } from '../../src/models/extractor.js';

/** A vector at length 1. */
export const unit = (values: Float32Array): Float32Array =>
  values.map((value) => value / Math.hypot(...values));

/** A random code that the keys name, of length 1. */
export function randomCode(size: number, ...keys: (number | string)[]): Float32Array {
  const random = randomStream('code', ...keys);
  return unit(Float32Array.from({ length: size }, () => random.normal()));
}

/** The i-th code of a class, always the same, near to the others of its class. */
export function codeOf(label: Label, i: number, size = 6, spread = 0.5): LabeledCode {
  const [center, own] = [randomCode(size, 'center', label), randomCode(size, label, i)];
  return { code: unit(center.map((value, j) => value + spread * own[j]!)), label };
}

export const codesOfClass = (label: Label, count: number, size = 6) =>
  Array.from({ length: count }, (_, i) => codeOf(label, i, size));

/** A space of codes with base codes and a style part, so that every path can be walked. */
export const codeSpace = (change: Partial<CodeSpace> = {}): CodeSpace => {
  const size = change.latentSize ?? 6;
  return {
    name: 'fake',
    digest: 'f'.repeat(64),
    latentSize: size,
    latentSpace: 'sphere',
    styleSize: 2,
    base: baseCodes(
      Array.from({ length: 6 }, (_, i) => randomCode(size, 'base', i)),
      [0, 1, 0, 1, 0, 1],
    ),
    ...change,
  };
};

/** The code that `fakeExtractor` gives. */
export const fakeCode = ({ pixels, shape }: Picture): Float32Array =>
  unit(Float32Array.of(...shape, 1 + pixels[0]!, 1 + pixels.at(-1)!, 1));

/** An extractor without a net: it tells of each call, and may wait before it answers. */
export function fakeExtractor(
  wait: (pictures: readonly Picture[]) => Promise<unknown> = async () => {},
): FeatureExtractor & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    ...codeSpace(),
    calls,
    imageShape: [8, 8, 3],
    describe: () => ['fake'],
    async embed(pictures) {
      calls.push(pictures.length);
      await wait(pictures);
      return pictures.map(fakeCode);
    },
    dispose() {},
  };
}
