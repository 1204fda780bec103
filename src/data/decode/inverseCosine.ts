/** Cosines and sines of multiples of π/16, and √2, as integers of 12 bits. */
const [COS1, SIN1, COS3, SIN3, COS6, SIN6] = [4017, 799, 3406, 2276, 1567, 3784];
const [ROOT, HALF_ROOT] = [5793, 2896];
const work = new Int32Array(64);

/**
 * The inverse cosine transform of one block: Loeffler, Ligtenberg, Moschytz, "Practical Fast 1-D DCT Algorithms with 11
 * Multiplications", 1989. Rounds as jpeg-js and pdf.js do, so that pictures stay what they were.
 */
export function inverseCosine(
  values: Int16Array,
  from: number,
  steps: Uint16Array,
  samples: Uint8Array,
  to: number,
  stride: number,
): void {
  for (let i = 0; i < 64; i++) work[i] = values[from + i]! * steps[i]!;
  for (let at = 0; at < 64; at += 8) {
    if (
      (work[at + 1]! |
        work[at + 2]! |
        work[at + 3]! |
        work[at + 4]! |
        work[at + 5]! |
        work[at + 6]! |
        work[at + 7]!) ===
      0
    ) {
      work.fill((ROOT * work[at]! + 512) >> 10, at, at + 8);
    } else transform(at, 1, 8, 4);
  }
  for (let at = 0; at < 8; at++) {
    let rest = 0;
    for (let i = at + 8; i < 64; i += 8) rest |= work[i]!;
    if (rest === 0) {
      const value = (ROOT * work[at]! + 8192) >> 14;
      for (let i = at; i < 64; i += 8) work[i] = value;
    } else transform(at, 8, 12, 0);
  }
  for (let i = 0; i < 64; i++) {
    const sample = 128 + ((work[i]! + 8) >> 4);
    samples[to + (i >> 3) * stride + (i & 7)] = sample < 0 ? 0 : sample > 255 ? 255 : sample;
  }
}

/** Transforms 8 values, `step` apart. Products of the first stage lose `bits`; values that get no product gain `gain`. */
function transform(at: number, step: number, bits: number, gain: number): void {
  const value = (i: number) => work[at + i * step]!;
  const half = 1 << (bits - 1);
  let v0 = (ROOT * value(0) + half) >> bits;
  let v1 = (ROOT * value(4) + half) >> bits;
  let v2 = value(2);
  let v3 = value(6);
  let v4 = (HALF_ROOT * (value(1) - value(7)) + half) >> bits;
  let v7 = (HALF_ROOT * (value(1) + value(7)) + half) >> bits;
  let v5 = value(3) << gain;
  let v6 = value(5) << gain;
  let t = (v0 - v1 + 1) >> 1;
  v0 = (v0 + v1 + 1) >> 1;
  v1 = t;
  t = (v2 * SIN6 + v3 * COS6 + half) >> bits;
  v2 = (v2 * COS6 - v3 * SIN6 + half) >> bits;
  v3 = t;
  t = (v4 - v6 + 1) >> 1;
  v4 = (v4 + v6 + 1) >> 1;
  v6 = t;
  t = (v7 + v5 + 1) >> 1;
  v5 = (v7 - v5 + 1) >> 1;
  v7 = t;
  t = (v0 - v3 + 1) >> 1;
  v0 = (v0 + v3 + 1) >> 1;
  v3 = t;
  t = (v1 - v2 + 1) >> 1;
  v1 = (v1 + v2 + 1) >> 1;
  v2 = t;
  t = (v4 * SIN3 + v7 * COS3 + 2048) >> 12;
  v4 = (v4 * COS3 - v7 * SIN3 + 2048) >> 12;
  v7 = t;
  t = (v5 * SIN1 + v6 * COS1 + 2048) >> 12;
  v5 = (v5 * COS1 - v6 * SIN1 + 2048) >> 12;
  v6 = t;
  work[at] = v0 + v7;
  work[at + 7 * step] = v0 - v7;
  work[at + step] = v1 + v6;
  work[at + 6 * step] = v1 - v6;
  work[at + 2 * step] = v2 + v5;
  work[at + 5 * step] = v2 - v5;
  work[at + 3 * step] = v3 + v4;
  work[at + 4 * step] = v3 - v4;
}
