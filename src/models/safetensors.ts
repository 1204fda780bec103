import { Float16Array } from '@petamoriken/float16';
import * as v from 'valibot';
import { refuse } from '../core/checks.js';
import { ModelError, UsageError } from '../core/errors.js';
import {
  checkBytes,
  checkFields,
  checkFloats,
  checkText,
  listOf,
  oneAmong,
  whole,
} from '../core/kindChecks.js';

/** Rounds to half precision (IEEE 754 binary16, ties to even): two bytes a value. */
export function encodeFloat16(values: Float32Array): Uint8Array {
  return new Uint8Array(new Float16Array(values).buffer);
}

/** Values of half-precision bytes. */
export function decodeFloat16(bytes: Uint8Array): Float32Array {
  halves ??= everyHalf();
  const inPlace = bytes.byteOffset % 2 === 0 && bytes.length % 2 === 0;
  const stored = inPlace
    ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
    : new Uint16Array(aligned(bytes));
  const values = new Float32Array(stored.length);
  for (let i = 0; i < values.length; i++) values[i] = halves[stored[i]!]!;
  return values;
}

/** The value of each of the 65,536 halves: looking one up is many times faster than converting it. */
let halves: Float32Array | undefined;

/** By the definition of binary16, as a library takes longer for them than a model for all else. */
function everyHalf(): Float32Array {
  const values = new Float32Array(1 << 16);
  for (let exponent = 0; exponent < 31; exponent++) {
    const scale = 2 ** (Math.max(1, exponent) - 25);
    for (let part = 0; part < 1024; part++)
      values[1024 * exponent + part] = scale * (exponent === 0 ? part : 1024 + part);
  }
  values.fill(Number.NaN, 31 * 1024, 1 << 15)[31 * 1024] = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 1 << 15; i++) values[(1 << 15) + i] = -values[i]!;
  return values;
}

/** A copy at the start of a buffer. Not by `slice`, which on a Node buffer gives a view of the whole pool. */
const aligned = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;

/** A named array of a tensor file. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Format of stored values: half precision (2 bytes), single precision (4 bytes), or `U8`: 256 steps from the least to the
 * greatest value of each index of the last axis, such as the channels that a convolution gives (1 byte). Step and least value
 * are then two tensors of single precision, `NAME:step` and `NAME:least`.
 */
export type Precision = 'F16' | 'F32' | 'U8';

/** One format for all tensors, or the format of each by its name and values. */
export type Precisions = Precision | ((name: string, tensor: StoredTensor) => Precision);

/** Contents of a tensor file. `data` are the bytes after the header, of which digests are taken. */
export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly data: Uint8Array;
}

const MAX_HEADER_BYTES = 1 << 20;
const BYTES_PER_VALUE: Record<Precision, number> = { F16: 2, F32: 4, U8: 1 };

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.strictObject({
  dtype: v.picklist(['F16', 'F32', 'U8']),
  shape: v.array(natural),
  data_offsets: v.tuple([natural, natural]),
});
const metadataSchema = v.record(v.string(), v.string());

/** A tensor as it stands in a file. */
interface Entry {
  readonly name: string;
  readonly dtype: Precision;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const [STEP, LEAST] = [':step', ':least'];

/** Number of ranges that 8-bit values of a shape are stored in. */
const rangesOf = (shape: readonly number[]): number => (shape.includes(0) ? 0 : (shape.at(-1) ?? 1));

function entriesOf(name: string, { shape, values }: StoredTensor, dtype: Precision): Entry[] {
  if (dtype === 'F16') return [{ name, dtype, shape, bytes: encodeFloat16(values) }];
  const single = (of: string, shape: readonly number[], { buffer, byteOffset, byteLength }: Float32Array) =>
    ({ name: of, dtype: 'F32', shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) }) as const;
  if (dtype === 'F32') return [single(name, shape, values)];
  const ranges = rangesOf(shape);
  const { bytes, step, least } = toSteps(values, ranges);
  return [
    { name, dtype, shape, bytes },
    single(`${name}${STEP}`, [ranges], step),
    single(`${name}${LEAST}`, [ranges], least),
  ];
}

function toSteps(values: Float32Array, ranges: number) {
  const least = new Float32Array(ranges).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(ranges).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const range = i % ranges;
    least[range] = Math.min(least[range]!, values[i]!);
    most[range] = Math.max(most[range]!, values[i]!);
  }
  const step = least.map((low, range) => (most[range]! - low) / 255);
  const bytes = Uint8Array.from(values, (value, i) => {
    const range = i % ranges;
    return step[range] === 0 ? 0 : Math.min(255, Math.round((value - least[range]!) / step[range]!));
  });
  return { bytes, step, least };
}

function fromSteps(bytes: Uint8Array, step: Float32Array, least: Float32Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < values.length; i++) {
    const range = i % step.length;
    values[i] = least[range]! + step[range]! * bytes[i]!;
  }
  return values;
}

/** Throws a `UsageError` unless a value is a map of tensors, each with as many values as its shape needs. */
export function checkTensors(value: unknown, of: string): asserts value is ReadonlyMap<string, StoredTensor> {
  if (!(value instanceof Map)) refuse('tensors', value, 'a Map of { shape, values } by name', of);
  for (const [name, tensor] of value) {
    if (typeof name !== 'string') refuse('the name of a tensor', name, 'a text', of);
    const what = `${of}: ${name}`;
    const { shape, values } = checkFields(what, tensor as StoredTensor, {
      shape: listOf(whole(0)),
      values: checkFloats,
    });
    const size = shape.reduce((product, side) => product * side, 1);
    if (size !== values.length)
      throw new UsageError(`${what} has ${values.length} values, but its shape needs ${size}`);
  }
}

/** Tensors as they stand in a file, in the order of the map. Throws a `UsageError` for arguments of the wrong kind. */
function allEntries(tensors: ReadonlyMap<string, StoredTensor>, precisions: Precisions, of: string): Entry[] {
  checkTensors(tensors, of);
  const check = oneAmong(Object.keys(BYTES_PER_VALUE));
  const entries = [...tensors].flatMap(([name, tensor]) => {
    const precision = typeof precisions === 'function' ? precisions(name, tensor) : precisions;
    check('precision', precision, of);
    return entriesOf(name, tensor, precision);
  });
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw new UsageError(`${of}: two tensors would be named ${name}`);
    names.add(name);
  }
  return entries;
}

function joined(entries: readonly Entry[]): Uint8Array {
  const data = new Uint8Array(entries.reduce((length, { bytes }) => length + bytes.length, 0));
  let offset = 0;
  for (const { bytes } of entries) {
    data.set(bytes, offset);
    offset += bytes.length;
  }
  return data;
}

/** Joins tensors into the data part of a file, in the order of the map. */
export function packTensors(tensors: ReadonlyMap<string, StoredTensor>, precision: Precisions): Uint8Array {
  return joined(allEntries(tensors, precision, 'packTensors'));
}

/** Writes the safetensors format (https://github.com/huggingface/safetensors): any of its readers opens the file. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
  precision: Precisions,
): Uint8Array {
  const entries = allEntries(tensors, precision, 'encodeSafetensors');
  if (!v.is(metadataSchema, metadata))
    refuse('metadata', metadata, 'an object of texts', 'encodeSafetensors');
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of entries) {
    const end = offset + bytes.length;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  // The format aligns the data to 8 bytes by padding the header with spaces.
  const headerLength = Math.ceil(encoded.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(encoded, 8);
  file.set(joined(entries), 8 + headerLength);
  return file;
}

/** Reads a safetensors file whose tensors are F16, F32 or U8. `name` stands in the errors. Throws a `ModelError`. */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  checkText('name', name, 'decodeSafetensors');
  checkBytes(`the file ${name}`, bytes);
  const { header, data } = readHeader(bytes, name);
  const damaged = (what: string) =>
    new ModelError(`${name}: ${what}`, { hint: 'The file is damaged; copy or train it again.' });
  const { __metadata__, ...entries } = header;
  const metadata = v.safeParse(metadataSchema, __metadata__ ?? {});
  if (!metadata.success) throw damaged('its metadata are not strings');
  const tensors = new Map<string, StoredTensor>();
  const stepped = new Map<string, { readonly shape: readonly number[]; readonly bytes: Uint8Array }>();
  let [expectedEnd, taken] = [0, 0];
  for (const [tensorName, entry] of Object.entries(entries)) {
    const parsed = v.safeParse(entrySchema, entry);
    if (!parsed.success) throw damaged(`tensor ${tensorName} has an invalid header entry`);
    const { dtype, shape, data_offsets } = parsed.output;
    const [start, end] = data_offsets;
    const size = shape.reduce((product, side) => product * side, 1);
    if (end - start !== size * BYTES_PER_VALUE[dtype])
      throw damaged(`tensor ${tensorName} has a wrong length`);
    if (end > data.length)
      throw damaged(`truncated: tensor ${tensorName} ends at byte ${end} of ${data.length}`);
    // Otherwise a small file could ask for any amount of memory.
    taken += end - start;
    if (taken > data.length) throw damaged(`tensor ${tensorName} overlaps another`);
    const stored = data.subarray(start, end);
    const none = new Float32Array(0);
    if (dtype === 'U8') stepped.set(tensorName, { shape, bytes: stored });
    // Entered here in any case, so that tensors keep their order.
    const values =
      dtype === 'U8' ? none : dtype === 'F16' ? decodeFloat16(stored) : new Float32Array(aligned(stored));
    tensors.set(tensorName, { shape, values });
    expectedEnd = Math.max(expectedEnd, end);
  }
  if (data.length !== expectedEnd) throw damaged(`${data.length - expectedEnd} bytes too long`);
  for (const [tensorName, { shape, bytes: steps }] of stepped) {
    const [step, least] = [STEP, LEAST].map((what) => tensors.get(`${tensorName}${what}`)?.values);
    const ranges = rangesOf(shape);
    if (step?.length !== ranges || least?.length !== ranges)
      throw damaged(`tensor ${tensorName} lacks the steps of its ${ranges} ranges`);
    tensors.set(tensorName, { shape, values: fromSteps(steps, step, least) });
  }
  for (const tensorName of stepped.keys())
    for (const what of [STEP, LEAST]) tensors.delete(`${tensorName}${what}`);
  return { metadata: metadata.output, tensors, data };
}

/** Texts in the header of a safetensors file, without its tensors. Throws a `ModelError` for what is no such file. */
export function safetensorsMetadata(bytes: Uint8Array, name: string): Readonly<Record<string, string>> {
  const parsed = v.safeParse(metadataSchema, readHeader(bytes, name).header.__metadata__ ?? {});
  return parsed.success ? parsed.output : {};
}

function readHeader(bytes: Uint8Array, name: string): { header: Record<string, unknown>; data: Uint8Array } {
  const damaged = (what: string, cause?: unknown) =>
    new ModelError(`${name}: ${what}`, {
      hint: 'The file is damaged or is not a model; copy or train it again.',
      cause,
    });
  if (bytes.length < 8) throw damaged(`only ${bytes.length} bytes long`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) throw damaged('is not a safetensors file');
  if (bytes.length < 8 + length) throw damaged(`truncated inside its header (${bytes.length} bytes)`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw damaged('its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged('its header is not an object');
  return { header: header as Record<string, unknown>, data: bytes.subarray(8 + length) };
}

/** SHA-256 in hexadecimal, by the Web Crypto API that Node and browsers share. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new ModelError('models cannot be checked here: this page has no Web Crypto', {
      hint: 'Serve it over https, or from localhost.',
    });
  }
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
