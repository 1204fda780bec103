import fc from 'fast-check';

/** Padding of a convolution: by name, or margins of each side. */
export function padsUpTo(most: number) {
  const margin = fc.integer({ min: 0, max: most });
  return fc.oneof(
    fc.constantFrom('same' as const, 'valid' as const),
    fc.tuple(margin, margin, margin, margin).map(([top, bottom, left, right]) => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]),
  );
}
