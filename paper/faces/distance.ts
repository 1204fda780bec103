/**
 * Signed distances to a few solids, and smooth unions and intersections: negative inside, positive outside. The distance to an
 * ellipsoid is a lower bound, exact on the surface, so a ray marcher may step by it. After Inigo Quilez,
 * https://iquilezles.org/articles/distfunctions and https://iquilezles.org/articles/smin.
 */

type Triple = readonly [number, number, number];

/** Upright ellipsoid: its center, and the reciprocals of its half axes. */
export interface Ellipsoid {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export function ellipsoidOf([x, y, z]: Triple, [a, b, c]: Triple): Ellipsoid {
  return { x, y, z, a: 1 / a, b: 1 / b, c: 1 / c };
}

export function ellipsoid(of: Ellipsoid, x: number, y: number, z: number): number {
  const u = (x - of.x) * of.a;
  const v = (y - of.y) * of.b;
  const w = (z - of.z) * of.c;
  const level = u * u + v * v + w * w;
  const s = u * of.a;
  const t = v * of.b;
  const r = w * of.c;
  // At the center both terms are 0, and any number well below 0 does.
  return (level - Math.sqrt(level) - 1e-9) / Math.sqrt(s * s + t * t + r * r + 1e-12);
}

export function sphere(x: number, y: number, z: number, radius: number): number {
  return Math.sqrt(x * x + y * y + z * z) - radius;
}

/** Distance to the union of two solids, with a fillet of width `k` where they meet. */
export function join(d: number, e: number, k: number): number {
  const h = k - Math.abs(d - e);
  return h > 0 ? Math.min(d, e) - (h * h) / (4 * k) : Math.min(d, e);
}

/** Distance to the intersection of two solids, with edges rounded by width `k`. */
export function intersect(d: number, e: number, k: number): number {
  return -join(-d, -e, k);
}

/** 0 up to `from`, 1 from `to` on, smooth between; `from` may be the larger. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
