import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ModelError } from '../../src/core/errors.js';
import {
  decodeFloat16,
  decodeSafetensors,
  encodeFloat16,
  encodeSafetensors,
  type StoredTensor,
  sha256,
  type TensorFile,
} from '../../src/models/safetensors.js';
import reference from '../reference/float16.json' with { type: 'json' };

const reserved = new Set(['__metadata__', '__proto__', 'constructor', 'prototype']);
const name = fc.string({ unit: 'binary' }).filter((text) => !reserved.has(text));

/** Multiples of 1/8 up to 100: both precisions hold them. */
const value = fc.integer({ min: -800, max: 800 }).map((eighths) => eighths / 8);

const tensor: fc.Arbitrary<StoredTensor> = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, side) => product * side, 1);
  return fc.record({
    shape: fc.constant(shape),
    values: fc
      .array(value, { minLength: length, maxLength: length })
      .map((values) => Float32Array.from(values)),
  });
});

const file = fc.record({
  tensors: fc.array(fc.tuple(name, tensor), { maxLength: 5 }).map((entries) => new Map(entries)),
  metadata: fc.dictionary(name, fc.string({ unit: 'binary' }), { maxKeys: 4, noNullPrototype: true }),
  precision: fc.constantFrom('F16' as const, 'F32' as const),
});

const small = encodeSafetensors(
  new Map([
    ['a', { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['b', { shape: [], values: Float32Array.of(-0.5) }],
  ]),
  { schema: 'x' },
  'F32',
);

/** What comes out of bytes, or the error; anything but a ModelError fails the test. */
function attempt(bytes: Uint8Array): TensorFile | ModelError {
  try {
    return decodeSafetensors(bytes, 'some/file');
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).message).toMatch(/^some\/file: /);
    return error as ModelError;
  }
}

/** A file with this header before `length` zero bytes. */
function fileOf(header: unknown, length: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe('safetensors', () => {
  it('give back names, shapes, values and metadata', () => {
    fc.assert(
      fc.property(file, ({ tensors, metadata, precision }) => {
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata, precision), 'file');
        expect(read.tensors).toEqual(tensors);
        expect(read.metadata).toEqual(metadata);
      }),
    );
  });

  it('keep single precision to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.float()), (numbers) => {
        const values = Float32Array.from(numbers);
        const bytes = encodeSafetensors(new Map([['x', { shape: [values.length], values }]]), {}, 'F32');
        expect(decodeSafetensors(bytes, 'file').tensors.get('x')!.values).toEqual(values);
      }),
    );
  });

  it('hold 8-bit values to half a step of each index of the last axis', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), tensor), (named) => {
        const tensors = new Map(Object.entries(named));
        const bytes = encodeSafetensors(tensors, {}, (name) => (name === 'b' ? 'F32' : 'U8'));
        const read = decodeSafetensors(bytes, 'file').tensors;
        expect([...read.keys()]).toEqual([...tensors.keys()]);
        for (const [name, { shape, values }] of tensors) {
          const ranges = shape.at(-1) ?? 1;
          const found = read.get(name)!;
          expect(found.shape).toEqual(shape);
          for (const [i, value] of values.entries()) {
            const range = values.filter((_, k) => k % ranges === i % ranges);
            const step = name === 'b' ? 0 : (Math.max(...range) - Math.min(...range)) / 255;
            expect(Math.abs(found.values[i]! - value)).toBeLessThanOrEqual(0.5001 * step);
          }
        }
      }),
    );
  });

  it('hold 8-bit values as bytes with step and least value, which any reader sees', () => {
    const values = Float32Array.of(-1, 5, 0, 5, 254, 5);
    const bytes = encodeSafetensors(new Map([['x', { shape: [3, 2], values }]]), {}, 'U8');
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: {},
      x: { dtype: 'U8', shape: [3, 2], data_offsets: [0, 6] },
      'x:step': { dtype: 'F32', shape: [2], data_offsets: [6, 14] },
      'x:least': { dtype: 'F32', shape: [2], data_offsets: [14, 22] },
    });
    expect([...bytes.subarray(8 + length, 14 + length)]).toEqual([0, 0, 1, 0, 255, 0]);
    const data = new DataView(bytes.buffer, 8 + length);
    expect([6, 10, 14, 18].map((at) => data.getFloat32(at, true))).toEqual([1, 0, -1, 5]);
    expect(decodeSafetensors(bytes, 'file').tensors).toEqual(new Map([['x', { shape: [3, 2], values }]]));
  });

  it('refuse two tensors of one name', () => {
    const one = { shape: [1], values: Float32Array.of(1) };
    const tensors = new Map([
      ['x', one],
      ['x:step', one],
    ]);
    expect(() => encodeSafetensors(tensors, {}, 'U8')).toThrow(/two tensors would be named x:step/);
  });

  it('are laid out as the format says', () => {
    const length = Number(new DataView(small.buffer).getBigUint64(0, true));
    expect(length % 8, 'data are aligned to 8 bytes').toBe(0);
    const text = new TextDecoder().decode(small.subarray(8, 8 + length));
    expect(text).toMatch(/^\{.*\} *$/);
    expect(JSON.parse(text)).toEqual({
      __metadata__: { schema: 'x' },
      a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      b: { dtype: 'F32', shape: [], data_offsets: [24, 28] },
    });
    const data = new DataView(small.buffer, 8 + length);
    expect(data.byteLength).toBe(28);
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => data.getFloat32(4 * i, true))).toEqual([1, 2, 3, 4, 5, 6, -0.5]);
  });

  it('are read from any place in memory: a Node buffer shares its pool with others', () => {
    for (const offset of [0, 1, 2, 3, 4, 8]) {
      const pool = Buffer.alloc(offset + small.length + 5, 0x41);
      pool.set(small, offset);
      const read = decodeSafetensors(pool.subarray(offset, offset + small.length), 'file');
      expect(read.tensors.get('a')!.values).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
      expect(read.tensors.get('b')!.values).toEqual(Float32Array.of(-0.5));
    }
  });

  it('cut off after any byte are refused', () => {
    for (let length = 0; length < small.length; length++) {
      expect(attempt(small.subarray(0, length)), `${length} bytes`).toBeInstanceOf(ModelError);
    }
  });

  it('cut off inside the header say so', () => {
    expect(attempt(small.subarray(0, 20))).toMatchObject({
      message: 'some/file: truncated inside its header (20 bytes)',
    });
  });

  it('whose header is not UTF-8 are refused', () => {
    const altered = small.slice();
    altered[altered.indexOf('x'.charCodeAt(0), 8)] = 0xff;
    expect(attempt(altered)).toBeInstanceOf(ModelError);
  });

  it('with bytes behind the last tensor are refused', () => {
    expect(attempt(new Uint8Array([...small, 0]))).toMatchObject({
      message: 'some/file: 1 bytes too long',
    });
  });

  it('with altered bytes are read or refused, never anything else', () => {
    const change = fc.record({ at: fc.nat(small.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const altered = small.slice();
        for (const { at, to } of changes) altered[at] = to;
        attempt(altered);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a header that is not JSON', '{"a":', 0],
    ['a header that is no object', '[]', 0],
    ['an unknown type', { a: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, 8],
    ['a negative side', { a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4],
    ['a shape that its bytes do not fill', { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4],
    ['a tensor that starts behind its end', { a: { dtype: 'F32', shape: [1], data_offsets: [8, 4] } }, 8],
    [
      'tensors that overlap',
      {
        a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      },
      8,
    ],
    ['a tensor that lacks its offsets', { a: { dtype: 'F32', shape: [1] } }, 4],
    ['8-bit values without steps', { a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] } }, 2],
    [
      '8-bit values with steps of another number',
      {
        a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
        'a:step': { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        'a:least': { dtype: 'F32', shape: [4], data_offsets: [8, 24] },
      },
      24,
    ],
    ['metadata that are not strings', { __metadata__: { step: 1 } }, 0],
    ['a number for a tensor', { a: 1 }, 0],
  ])('with %s are refused', (_, header, length) => {
    expect(attempt(fileOf(header, length))).toBeInstanceOf(ModelError);
  });
});

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

describe('sha256', () => {
  it('digests like Node, of the bytes of a view alone', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
    for (const part of [bytes, bytes.subarray(0, 0), bytes.subarray(17, 290)]) {
      expect(await sha256(part)).toBe(createHash('sha256').update(part).digest('hex'));
    }
  });

  it('says what a page without Web Crypto can do', async () => {
    vi.stubGlobal('crypto', {});
    await expect(sha256(new Uint8Array(1))).rejects.toMatchObject({
      name: 'ModelError',
      hint: 'Serve it over https, or from localhost.',
    });
    vi.unstubAllGlobals();
  });
});
