import { createHash } from 'node:crypto';

/** Of a SHA-256, in words of 32 bits: enough that two of any number of images never agree by chance. */
const WORDS = 4;

/** Finds what is there more than once among things that are numbered from 0. */
export interface SameBytes {
  add(place: number, bytes: Uint8Array): void;
  /** The places of each that is there more than once, by their first. */
  groups(): readonly (readonly number[])[];
}

/** Room for `count` things, of which each takes 20 bytes. */
export function sameBytes(count: number): SameBytes {
  const words = new Uint32Array(WORDS * count);
  const places = new Uint32Array(count);
  let length = 0;
  const compare = (a: number, b: number): number => {
    for (let i = 0; i < WORDS; i++) {
      const difference = words[WORDS * a + i]! - words[WORDS * b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return {
    add(place, bytes) {
      const digest = createHash('sha256').update(bytes).digest();
      for (let i = 0; i < WORDS; i++) words[WORDS * place + i] = digest.readUInt32LE(4 * i);
      places[length++] = place;
    },
    groups() {
      const sorted = places.subarray(0, length).sort((a, b) => compare(a, b) || a - b);
      const groups: number[][] = [];
      for (const [i, place] of sorted.entries()) {
        if (i === 0 || compare(sorted[i - 1]!, place) !== 0) continue;
        if (groups.at(-1)?.at(-1) === sorted[i - 1]) groups.at(-1)!.push(place);
        else groups.push([sorted[i - 1]!, place]);
      }
      return groups.sort(([a], [b]) => a! - b!);
    },
  };
}
