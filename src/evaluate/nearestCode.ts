/** The nearest of some codes to a point. */
export interface NearestCode {
  readonly index: number;
  /** Of the angle between them, in [−1, 1]: 1 for the same direction. */
  readonly cosine: number;
}

/**
 * The code whose direction is nearest to that of a point; the first of several. What lies between two images means little by itself:
 * the nearest real image shows what is there.
 *
 * @param codes `[d]` each, of any length
 * @param without indices that are passed over, such as those of the ends of a path
 * @returns undefined where no code is left, or the point or all codes are zero
 */
export function nearestCode(
  point: Float32Array,
  codes: readonly Float32Array[],
  without: readonly number[] = [],
): NearestCode | undefined {
  const length = Math.hypot(...point);
  let nearest: NearestCode | undefined;
  for (const [index, code] of codes.entries()) {
    if (without.includes(index)) continue;
    let [dot, square] = [0, 0];
    for (let i = 0; i < code.length; i++) {
      dot += point[i]! * code[i]!;
      square += code[i]! * code[i]!;
    }
    const cosine = Math.min(1, Math.max(-1, dot / (length * Math.sqrt(square))));
    if (Number.isFinite(cosine) && cosine > (nearest?.cosine ?? -2)) nearest = { index, cosine };
  }
  return nearest;
}
