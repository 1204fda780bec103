import fc from 'fast-check';

/** How many damaged files of a kind to try; more by `FUZZ_RUNS`, as CONTRIBUTING.md tells. */
export const fuzzRuns = (few: number): number => Number(process.env.FUZZ_RUNS ?? few);

export type Damage = readonly (readonly ['set' | 'cut' | 'drop' | 'insert', number, number])[];

/** What may happen to a file. */
export const damage: fc.Arbitrary<Damage> = fc.array(
  fc.tuple(
    fc.constantFrom('set', 'set', 'set', 'cut', 'drop', 'insert'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.oneof(fc.constantFrom(0, 255, 128, 1, 0x2f, 0x2e, 0x22, 0x7f), fc.nat(255)),
  ),
  { minLength: 1, maxLength: 8 },
);

/** Changes bytes, takes some away, or puts some in. */
export function damaged(file: Uint8Array, how: Damage): Uint8Array {
  let bytes = [...file];
  for (const [what, share, value] of how) {
    const place = Math.floor(share * bytes.length);
    if (what === 'set') bytes[place] = value;
    if (what === 'cut') bytes = bytes.slice(0, place);
    if (what === 'drop') bytes.splice(place, 1 + (value % 16));
    if (what === 'insert') bytes.splice(place, 0, value, value);
  }
  return Uint8Array.from(bytes);
}
