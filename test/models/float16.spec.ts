import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../../src/models/safetensors.js';
import reference from '../reference/float16.json' with { type: 'json' };

const singles = new Float32Array(Uint32Array.from(reference.singles).buffer);
const back = new Float32Array(Uint32Array.from(reference.back).buffer);

/** Bytes as the numbers that they store, every NaN as one. */
function halvesOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 2 }, (_, i) => {
    const half = view.getUint16(2 * i, true);
    return (half & 0x7fff) > 0x7c00 ? 0x7e00 : half;
  });
}

describe('half precision', () => {
  it('rounds as NumPy does: ties, subnormals, overflow, infinities and NaN', () => {
    const found = halvesOf(encodeFloat16(singles));
    const wrong = found.flatMap((half, i) =>
      half === reference.halves[i] ? [] : [{ value: singles[i], half, numpy: reference.halves[i] }],
    );
    expect(wrong).toEqual([]);
  });

  it('reads what NumPy reads', () => {
    const found = decodeFloat16(encodeFloat16(singles));
    const wrong = [...found].filter((value, i) => !Object.is(value, back[i]));
    expect(wrong).toEqual([]);
  });

  it('gives back every one of its 65,536 numbers', () => {
    const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
    const bytes = new Uint8Array(all.buffer);
    expect(halvesOf(encodeFloat16(decodeFloat16(bytes)))).toEqual(halvesOf(bytes));
  });

  it('reads bytes that start anywhere in a buffer', () => {
    const bytes = new Uint8Array([0xff, ...encodeFloat16(Float32Array.of(0.5, -2))]);
    expect([...decodeFloat16(bytes.subarray(1))]).toEqual([0.5, -2]);
  });
});
