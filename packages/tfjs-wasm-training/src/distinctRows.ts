/** Rows without those that have come before. */
export interface DistinctRows {
  /** The first of the same rows, in their order. */
  readonly first: Int32Array;
  /** For each row the next one that is the same, or −1. */
  readonly next: Int32Array;
}

/** Finds the rows, of `width` values each, that have the same bits. */
export function distinctRows(values: Float32Array, width: number): DistinctRows {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const count = values.length / width;
  const first: number[] = [];
  const next = new Int32Array(count).fill(-1);
  const last = new Int32Array(count);
  // The first rows that have a hash in common.
  const known = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const hash = hashOf(bits, row * width, width);
    const alike = known.get(hash);
    const same = alike?.find((other) => areSame(bits, other * width, row * width, width));
    if (same !== undefined) {
      next[last[same]!] = row;
      last[same] = row;
      continue;
    }
    first.push(row);
    last[row] = row;
    if (alike === undefined) known.set(hash, [row]);
    else alike.push(row);
  }
  return { first: Int32Array.from(first), next };
}

/** Like FNV-1a, of 32 bits at a time, in four strands. Floats differ in high bits, so these go down, too. */
function hashOf(bits: Int32Array, from: number, width: number): number {
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let j = from; j < from + width; j += 4) {
    a = Math.imul(a ^ (a >>> 15) ^ bits[j]!, 0x01000193);
    b = Math.imul(b ^ (b >>> 15) ^ bits[j + 1]!, 0x01000193);
    c = Math.imul(c ^ (c >>> 15) ^ bits[j + 2]!, 0x01000193);
    d = Math.imul(d ^ (d >>> 15) ^ bits[j + 3]!, 0x01000193);
  }
  return Math.imul(Math.imul(Math.imul(a, 31) + b, 31) + c, 31) + d;
}

function areSame(bits: Int32Array, one: number, other: number, width: number): boolean {
  for (let j = 0; j < width; j++) if (bits[one + j] !== bits[other + j]) return false;
  return true;
}
