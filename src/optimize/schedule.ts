/** Share of the learning rate at `step` of `steps`: from 1 down to 0 along half a cosine. */
export function cosineDecay(step: number, steps: number): number {
  return (1 + Math.cos((Math.PI * step) / steps)) / 2;
}
