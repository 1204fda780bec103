import { randomStream } from './random.js';

/**
 * Slot of an arrival in a reservoir of `size` items, or `undefined` if the arrival is not kept: Algorithm R (Vitter,
 * "Random sampling with a reservoir", 1985). Arrivals fill the reservoir; from then on number *n* (from 0) is kept with
 * probability size / (n + 1) and replaces a random item. Each arrival draws from a random stream of its own (keys, n), so
 * the content depends on nothing but these arrivals and their order.
 */
export function reservoirSlot(
  arrival: number,
  size: number,
  ...keys: readonly (number | string)[]
): number | undefined {
  const slot = arrival < size ? arrival : randomStream(...keys, arrival).integer(arrival + 1);
  return slot < size ? slot : undefined;
}
