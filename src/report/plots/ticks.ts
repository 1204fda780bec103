/** A round distance of ticks, in shares, that cuts a reach into few enough parts. */
export const stepOf = (reach: number): number =>
  [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((size) => reach / size <= 7.5) ?? 0.5;

/** Round ticks, in shares, that span the values: two to nine of them, none above 1. */
export function ticksOf(low: number, high: number): number[] {
  const step = stepOf(high - low);
  const top = Math.round(1 / step);
  const first = Math.min(Math.floor(low / step + 1e-9), top - 1);
  const last = Math.min(Math.max(Math.ceil(high / step - 1e-9), first + 1), top);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** A share as an axis names it, in %. */
export const percentOf = (share: number) => String(Number((100 * share).toFixed(1)));
