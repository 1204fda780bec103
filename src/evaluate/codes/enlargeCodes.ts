import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import type { Label } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import type { CodeSpace } from '../../models/extractor.js';
import type { CodesArm } from './codeArms.js';
import { basisOf, type LearnedCodes, projected } from './codeClassifiers.js';

/** Codes of the supports of an episode, class by class. */
export interface CodeSupport {
  readonly label: Label;
  readonly codes: readonly Float32Array[];
  /** Codes of the variants of each. */
  readonly variants: readonly (readonly Float32Array[])[];
}

/** Settings of an evaluation that arms depend on. */
export interface EnlargeCodesOptions {
  readonly space: CodeSpace;
  /** Codes to hallucinate per class. */
  readonly perClass: number;
  /** Seed of the episode: the same for every arm. */
  readonly seed: number;
}

/** The codes that classifiers learn from: real ones first, then those of variants, then hallucinated ones. */
export function enlargeCodes(
  { varies, path }: Pick<CodesArm, 'varies' | 'path'>,
  support: readonly CodeSupport[],
  { space, perClass, seed }: EnlargeCodesOptions,
): LearnedCodes {
  const own = support.map(({ codes, variants }) => [...codes, ...(varies ? variants.flat() : [])]);
  const made = support.map(({ label }, c) =>
    path === undefined ? [] : hallucinated(own[c]!, label, { path, space, perClass, seed }),
  );
  const rows: { readonly code: Float32Array; readonly label: number }[] = [];
  const real = Math.max(...support.map(({ codes }) => codes.length));
  for (let shot = 0; shot < real; shot++) {
    for (const [label, { codes }] of support.entries()) {
      if (shot < codes.length) rows.push({ code: codes[shot]!, label });
    }
  }
  for (const [label, codes] of own.entries()) {
    for (const code of codes.slice(support[label]!.codes.length)) rows.push({ code, label });
  }
  const spanned = rows.length;
  for (const [label, codes] of made.entries()) for (const code of codes) rows.push({ code, label });
  const dimension = space.latentSize;
  const values = new Float32Array(rows.length * dimension);
  for (const [i, { code }] of rows.entries()) values.set(code, i * dimension);
  return {
    ...{ values, dimension, labels: Int32Array.from(rows, ({ label }) => label) },
    ...{ classes: support.length, latentSpace: space.latentSpace },
    // Other paths use base codes, which lie beside the span of the real ones.
    spanned: path !== undefined && latentPath(path).baseNeeded > 0 ? rows.length : spanned,
  };
}

/**
 * Codes along a path between those of a class. A path without base codes stays in the span of the codes and keeps all
 * distances, so it is walked in a basis of that, which has few values.
 */
function hallucinated(
  codes: readonly Float32Array[],
  label: Label,
  { path: name, space, perClass, seed }: EnlargeCodesOptions & { readonly path: PathName },
): Float32Array[] {
  const path = latentPath(name);
  if (codes.length < path.samplesNeeded) return [];
  const base = baseOf(path, space);
  const dimension = space.latentSize;
  const packed = new Float32Array(codes.length * dimension);
  for (const [i, code] of codes.entries()) packed.set(code, i * dimension);
  const basis = base === undefined && codes.length < dimension / 2 ? basisOf(packed, dimension) : undefined;
  const size = basis === undefined ? dimension : basis.length / dimension;
  const small = basis === undefined ? packed : Float32Array.from(projected(packed, basis, dimension));
  const parentOf = (index: number) => small.subarray(index * size, (index + 1) * size);
  return Array.from({ length: perClass }, (_, index) => {
    const random = randomStream(seed, 'hallucinate', name, label, index);
    const { parents, omega, base: used = [] } = path.choose(codes.length, random, base);
    const points = [...parents.map(parentOf), ...used.map((i) => base!.codes[i]!)];
    const point = path.walk(points, omega, space.styleSize);
    return basis === undefined ? point : lifted(point, basis, dimension);
  });
}

/** The point that has these coordinates in a basis. */
function lifted(point: Float32Array, basis: Float64Array, dimension: number): Float32Array {
  const sum = new Float64Array(dimension);
  for (const [b, share] of point.entries()) {
    for (let d = 0; d < dimension; d++) sum[d]! += share * basis[b * dimension + d]!;
  }
  return Float32Array.from(sum);
}
