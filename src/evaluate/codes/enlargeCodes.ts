import { baseOf, latentPath, type PathName } from '../../augment/paths.js';
import type { Label } from '../../core/image.js';
import { randomStream } from '../../core/random.js';
import type { CodeSpace } from '../../models/extractor.js';
import type { CodesArm } from './codeArms.js';
import { dot, type LearnedCodes } from './codeClassifiers.js';

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
  };
}

/**
 * Codes along a path between those of a class. A path without base codes stays in the span of its parents and keeps all distances.
 * So it is walked among coordinates of the parents, of which there are as many as parents instead of hundreds.
 */
function hallucinated(
  codes: readonly Float32Array[],
  label: Label,
  { path: name, space, perClass, seed }: EnlargeCodesOptions & { readonly path: PathName },
): Float32Array[] {
  const path = latentPath(name);
  if (codes.length < path.samplesNeeded) return [];
  const base = baseOf(path, space);
  const products = base === undefined ? productsOf(codes) : undefined;
  return Array.from({ length: perClass }, (_, index) => {
    const random = randomStream(seed, 'hallucinate', name, label, index);
    const { parents, omega, base: used = [] } = path.choose(codes.length, random, base);
    const own = parents.map((i) => codes[i]!);
    if (products === undefined) {
      return path.walk([...own, ...used.map((i) => base!.codes[i]!)], omega, space.styleSize);
    }
    const coordinates = coordinatesOf(parents, products);
    return combined(own, sharesOf(path.walk(coordinates, omega, space.styleSize), coordinates));
  });
}

/** Products of all pairs of codes. */
function productsOf(codes: readonly Float32Array[]): readonly Float64Array[] {
  const wide = codes.map((code) => new Float64Array(code));
  return wide.map((one) => Float64Array.from(wide, (other) => dot(one, 0, other, 0, one.length)));
}

/** Share of its length below which a code adds no direction to those before it. */
const DEPENDENT = 1e-5;

/** Coordinates of codes in an orthonormal basis of their span: rows of the Cholesky factor of their products. */
function coordinatesOf(chosen: readonly number[], products: readonly Float64Array[]): Float32Array[] {
  const rows = chosen.map(() => new Float64Array(chosen.length));
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j <= i; j++) {
      const other = rows[j]!;
      let rest = products[chosen[i]!]![chosen[j]!]!;
      for (let m = 0; m < j; m++) rest -= row[m]! * other[m]!;
      if (j < i) row[j] = other[j] === 0 ? 0 : rest / other[j]!;
      else row[i] = rest > DEPENDENT ** 2 * products[chosen[i]!]![chosen[i]!]! ? Math.sqrt(rest) : 0;
    }
  }
  return rows.map((row) => new Float32Array(row));
}

/** Shares of codes in a point of their span, by the coordinates of all. */
function sharesOf(point: Float32Array, coordinates: readonly Float32Array[]): number[] {
  const shares = coordinates.map(() => 0);
  for (let m = shares.length - 1; m >= 0; m--) {
    const own = coordinates[m]![m]!;
    if (own === 0) continue;
    let rest = point[m]!;
    for (let i = m + 1; i < shares.length; i++) rest -= shares[i]! * coordinates[i]![m]!;
    shares[m] = rest / own;
  }
  return shares;
}

/** The sum of codes, each times its share. */
function combined(codes: readonly Float32Array[], shares: readonly number[]): Float32Array {
  const sum = new Float64Array(codes[0]!.length);
  for (const [i, code] of codes.entries()) {
    const share = shares[i]!;
    for (let d = 0; d < sum.length; d++) sum[d]! += share * code[d]!;
  }
  return new Float32Array(sum);
}

/** The mean of codes, on the sphere at length 1. */
export function meanCode(
  list: readonly Float32Array[],
  { latentSize, latentSpace }: Pick<CodeSpace, 'latentSize' | 'latentSpace'>,
): Float32Array {
  const mean = new Float64Array(latentSize);
  for (const code of list) for (let i = 0; i < latentSize; i++) mean[i]! += code[i]! / list.length;
  const length = latentSpace === 'sphere' ? Math.hypot(...mean) : 1;
  return Float32Array.from(mean, (value) => value / (length || 1));
}
