import { combine, dot } from '../../sphere/points.js';

export interface CubeRule {
  distance: (u: readonly number[], v: readonly number[]) => number;
  semantics: (a: number, b: number) => number;
  margin: number;
  negative?: 'anchor' | 'positive';
  neighborhood?: number;
  over?: 'active' | 'selected';
}

export const angleOf = (u: readonly number[], v: readonly number[]) =>
  Math.acos(Math.max(1e-6 - 1, Math.min(1 - 1e-6, dot(u, v))));

export function euclideanOf(u: readonly number[], v: readonly number[]): number {
  const difference = combine(1, u, -1, v);
  return Math.sqrt(dot(difference, difference));
}

/** The triplet loss as its definition reads: every triple of the batch in turn, in double precision. */
export function cubeLoss(codes: readonly number[][], labels: readonly number[], rule: CubeRule): number {
  const { distance, semantics, margin, negative = 'anchor', over = 'active' } = rule;
  const hinges: number[] = [];
  for (const a of codes.keys()) {
    for (const p of codes.keys()) {
      for (const n of codes.keys()) {
        const gap = semantics(labels[a]!, labels[n]!) - semantics(labels[a]!, labels[p]!);
        if (p === a || gap < 1e-9 || gap > (rule.neighborhood ?? Number.POSITIVE_INFINITY)) continue;
        const away = distance(codes[negative === 'anchor' ? a : p]!, codes[n]!);
        const hinge = Math.max(0, distance(codes[a]!, codes[p]!) - away + margin * gap);
        if (hinge > 0 || over === 'selected') hinges.push(hinge);
      }
    }
  }
  return hinges.length === 0 ? 0 : hinges.reduce((sum, hinge) => sum + hinge) / hinges.length;
}
