/**
 * Index of the first value that is NaN or infinite, or −1. All values are looked at in one loop without branches first
 * (v − v is 0 for a finite v and NaN for any other), as a callback for each would cost more than a decoder does.
 */
export function firstNonFinite(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
