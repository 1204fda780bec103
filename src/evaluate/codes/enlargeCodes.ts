import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import type { Label } from '../../core/image.js';
import { packPoints } from '../../core/points.js';
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
  // Code by code, one of each class after another, so that any number of each are a part of the list from its start.
  const add = (lists: readonly (readonly Float32Array[])[]) => {
    const most = Math.max(...lists.map(({ length }) => length));
    for (let i = 0; i < most; i++) {
      for (const [label, codes] of lists.entries())
        if (i < codes.length) rows.push({ code: codes[i]!, label });
    }
    return rows.length;
  };
  const embedded = add(own);
  add(made);
  const dimension = space.latentSize;
  const values = new Float32Array(rows.length * dimension);
  for (const [i, { code }] of rows.entries()) values.set(code, i * dimension);
  return {
    ...{ values, dimension, labels: Int32Array.from(rows, ({ label }) => label) },
    ...{ classes: support.length, latentSpace: space.latentSpace, embedded },
    // Other paths use base codes, which lie beside the span of the real ones.
    inSpan: path === undefined || latentPath(path).baseNeeded === 0,
  };
}

/** Up to so many codes of a class share one basis; of more, the parents of each hallucinated code have their own. */
const MOST_SHARED = 16;

/**
 * Codes along a path between those of a class. A path without base codes stays in the span of its parents and keeps all distances,
 * so it is walked in a basis, which has few values instead of hundreds.
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
  const shared = codes.length <= MOST_SHARED ? inBasis(codes, dimension) : undefined;
  return Array.from({ length: perClass }, (_, index) => {
    const random = randomStream(seed, 'hallucinate', name, label, index);
    const { parents, omega, base: used = [] } = path.choose(codes.length, random, base);
    if (base !== undefined) {
      const points = [...parents.map((i) => codes[i]!), ...used.map((i) => base.codes[i]!)];
      return path.walk(points, omega, space.styleSize);
    }
    const { points, basis } =
      shared === undefined
        ? inBasis(
            parents.map((i) => codes[i]!),
            dimension,
          )
        : { ...shared, points: parents.map((i) => shared.points[i]!) };
    return lifted(path.walk(points, omega, space.styleSize), basis, dimension);
  });
}

/** Points in an orthonormal basis of their span. */
function inBasis(points: readonly Float32Array[], dimension: number) {
  const packed = packPoints(points, dimension);
  const basis = basisOf(packed, dimension);
  const size = basis.length / dimension;
  const small = new Float32Array(projected(packed, basis, dimension));
  return { basis, points: points.map((_, i) => small.subarray(i * size, (i + 1) * size)) };
}

/** The point that has these coordinates in a basis. */
function lifted(point: Float32Array, basis: Float64Array, dimension: number): Float32Array {
  const sum = new Float64Array(dimension);
  for (const [b, share] of point.entries()) {
    for (let d = 0; d < dimension; d++) sum[d]! += share * basis[b * dimension + d]!;
  }
  return new Float32Array(sum);
}
