/**
 * Gradient of the t-SNE cost, after equation 5 of van der Maaten and Hinton, *Visualizing Data using t-SNE* (2008):
 * 4 Σⱼ (pᵢⱼ − qᵢⱼ) wᵢⱼ (yᵢ − yⱼ) with wᵢⱼ = 1 / (1 + |yᵢ − yⱼ|²) and qᵢⱼ = wᵢⱼ / Σ w. The sum is only known at the end, so
 * what attracts and what repels are added up apart, in one pass over the pairs.
 *
 * @param points of two or three dimensions
 * @param affinities p, `n · n` values that are the same both ways
 * @param exaggeration factor of p
 */
export function tsneGradient(
  points: readonly (readonly number[])[],
  affinities: Float64Array,
  exaggeration: number,
): number[][] {
  const count = points.length;
  // Always three columns, of which the last is 0 in a plane: loops over dimensions would take most of the time.
  const columns = () =>
    [0, 1, 2].map(() => new Float64Array(count)) as [Float64Array, Float64Array, Float64Array];
  const [x, y, z] = columns();
  for (const [i, point] of points.entries()) [x[i], y[i], z[i]] = [point[0]!, point[1]!, point[2] ?? 0];
  const attraction = columns();
  const repulsion = columns();
  const [ax, ay, az] = attraction;
  const [rx, ry, rz] = repulsion;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const row = i * count;
    const [xi, yi, zi] = [x[i]!, y[i]!, z[i]!];
    let [axi, ayi, azi, rxi, ryi, rzi] = [0, 0, 0, 0, 0, 0];
    for (let j = i + 1; j < count; j++) {
      const dx = xi - x[j]!;
      const dy = yi - y[j]!;
      const dz = zi - z[j]!;
      const w = 1 / (1 + dx * dx + dy * dy + dz * dz);
      sum += w;
      const pull = affinities[row + j]! * w;
      const push = w * w;
      axi += pull * dx;
      ayi += pull * dy;
      azi += pull * dz;
      rxi += push * dx;
      ryi += push * dy;
      rzi += push * dz;
      ax[j]! -= pull * dx;
      ay[j]! -= pull * dy;
      az[j]! -= pull * dz;
      rx[j]! -= push * dx;
      ry[j]! -= push * dy;
      rz[j]! -= push * dz;
    }
    ax[i]! += axi;
    ay[i]! += ayi;
    az[i]! += azi;
    rx[i]! += rxi;
    ry[i]! += ryi;
    rz[i]! += rzi;
  }
  return points.map((point, i) =>
    // Each pair was met once, but counts both ways.
    point.map((_, d) => 4 * (exaggeration * attraction[d]![i]! - repulsion[d]![i]! / (2 * sum))),
  );
}
