import { partsOf } from './parts.js';

/** Weaker ink joins no strokes, and strokes with less than this share of the largest are specks. */
const [WEAK, SPECK] = [0.25, 0.01];
/** Ruled lines lie within the least of these parts of the border that holds some, as shares of the side. */
const BORDERS = [0.04, 0.08, 0.13];
/** A ruled line is no thicker than this and no more crooked, as shares of the side. */
const [THIN, CROOKED] = [0.045, 0.01];
/** Three sides of a frame have ruled lines along this share of them, or two that meet along the second share. */
const [ALONG, ALL_ALONG] = [0.5, 0.9];

/**
 * Clears what is no stroke of a drawing: lines ruled around it, and specks with far less ink than the largest stroke.
 *
 * @returns places of the ruled lines
 */
export function keepStrokes(strength: Float32Array, rows: number, columns: number): readonly number[] {
  const { pixels } = partsOf((i) => strength[i]! > WEAK, rows, columns);
  const masses = pixels.map((part) => part.reduce((sum, i) => sum + strength[i]!, 0));
  const least = (kept: readonly number[]) => SPECK * kept.reduce((most, n) => Math.max(most, masses[n]!), 0);
  const reach = pixels.map((part) =>
    part.reduce((most, i) => Math.max(most, sideOf(i, rows, columns).away), 0),
  );
  let strokes = [...pixels.keys()];
  let ruled: number[] = [];
  for (const border of BORDERS) {
    const outer = strokes.filter((n) => reach[n]! <= border);
    const inner = strokes.filter((n) => reach[n]! > border);
    const lines = outer.flatMap((n) => [...pixels[n]!]);
    if (!inner.some((n) => masses[n]! >= least(strokes)) || !isFrame(lines, rows, columns)) continue;
    [strokes, ruled] = [inner, lines];
    break;
  }
  const enough = least(strokes);
  const kept = new Set(strokes.filter((n) => masses[n]! >= enough));
  for (const [n, part] of pixels.entries()) if (!kept.has(n)) for (const i of part) strength[i] = 0;
  return ruled;
}

/** Side of the picture that a pixel is nearest to (top, left, bottom, right), how far it is away, and where along it, in shares of the side. */
function sideOf(i: number, rows: number, columns: number) {
  const [y, x] = [Math.floor(i / columns) / Math.max(1, rows - 1), (i % columns) / Math.max(1, columns - 1)];
  const away = [y, x, 1 - y, 1 - x];
  const side = away.indexOf(Math.min(...away));
  return { side, away: away[side]!, along: side % 2 === 0 ? x : y };
}

/** True if strokes along the border are straight thin lines that go around. */
function isFrame(strokes: readonly number[], rows: number, columns: number): boolean {
  const bins = 64;
  const reach = [0, 1, 2, 3].map((side) => {
    const [sums, counts, nearest, farthest] = [0, 1, 2, 3].map(() => new Float64Array(bins)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    nearest.fill(1);
    for (const i of strokes) {
      const { side: own, away, along } = sideOf(i, rows, columns);
      if (own !== side) continue;
      const bin = Math.min(bins - 1, Math.floor(along * bins));
      sums[bin]! += away;
      counts[bin]!++;
      nearest[bin] = Math.min(nearest[bin]!, away);
      farthest[bin] = Math.max(farthest[bin]!, away);
    }
    // Bins near corners hold ends of the neighboring sides.
    const used = [...counts.keys()].filter((bin) => counts[bin]! > 0);
    const thin = used.filter((bin) => farthest[bin]! - nearest[bin]! <= THIN);
    const line = fitted(thin.map((bin) => [bin / bins, sums[bin]! / counts[bin]!]));
    const straight = thin.filter(
      (bin) => Math.abs(line(bin / bins) - sums[bin]! / counts[bin]!) <= CROOKED + 0.5 / rows,
    );
    return straight.length >= 0.85 * used.length ? straight.length / bins : 0;
  });
  const some = reach.filter((share) => share >= ALONG).length;
  return some >= 3 || reach.some((share, side) => share >= ALL_ALONG && reach[(side + 1) % 4]! >= ALL_ALONG);
}

/** Straight line through points with the least squared distance. */
function fitted(points: readonly (readonly number[])[]): (x: number) => number {
  const mean = (of: (point: readonly number[]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point[0]!), mean((point) => point[1]!)];
  const varies = mean((point) => (point[0]! - x) ** 2);
  const slope = varies > 0 ? mean((point) => (point[0]! - x) * (point[1]! - y)) / varies : 0;
  return (at) => y + slope * (at - x);
}
