import { ModelError } from '../core/errors.js';

/** A value that flows between nodes. */
export interface OnnxValueInfo {
  readonly name: string;
  /** Element type, as ONNX numbers them: 1 is float32, 2 uint8. */
  readonly type: number;
  /** Sides; undefined for open ones. The whole is undefined where the file does not say. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Order of axes of a transposition. */
  readonly axes: readonly number[];
  /** Sides of the tensor that a constant gives; undefined for other nodes. */
  readonly constant: readonly number[] | undefined;
}

/** What an ONNX file says of its graph. */
export interface OnnxGraph {
  /** Inputs that are no weights. */
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly nodes: readonly OnnxNode[];
  /** Shapes of the weights by their names, those that nodes give among them. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
}

/** A field of a message in the binary form of Protocol Buffers. */
interface Field {
  readonly number: number;
  /** A whole number; 0 for a field of bytes. */
  readonly value: number;
  /** Bytes; none for a field of a number. */
  readonly bytes: Uint8Array;
}

const NONE = new Uint8Array();
const [VARINT, EIGHT, BYTES, FOUR] = [0, 1, 2, 5];

class Damage extends Error {}

/** Reads a number of 7 bits a byte, the lowest first. Returns it and where it ends. */
function varint(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0n;
  for (let at = from; at < from + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new Damage('it is truncated');
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from));
    if (byte < 0x80) return [Number(BigInt.asIntN(64, value)), at + 1];
  }
  throw new Damage('it holds a number that does not end');
}

/** Yields the fields of a message (https://protobuf.dev/programming-guides/encoding). */
function* fieldsOf(bytes: Uint8Array): Generator<Field, void, undefined> {
  let at = 0;
  while (at < bytes.length) {
    let key: number;
    [key, at] = varint(bytes, at);
    const [number, wire] = [Math.floor(key / 8), key & 7];
    if (wire === VARINT) {
      let value: number;
      [value, at] = varint(bytes, at);
      yield { number, value, bytes: NONE };
      continue;
    }
    let length = wire === EIGHT ? 8 : wire === FOUR ? 4 : -1;
    if (wire === BYTES) [length, at] = varint(bytes, at);
    if (length < 0) throw new Damage(`it has a field of the unknown form ${wire}`);
    if (at + length > bytes.length) throw new Damage('it is truncated');
    yield { number, value: 0, bytes: bytes.subarray(at, at + length) };
    at += length;
  }
}

const decoder = new TextDecoder();
const textOf = ({ bytes }: Field): string => decoder.decode(bytes);

/** Whole numbers of a repeated field, packed or not. */
function numbersOf({ bytes, value }: Field): number[] {
  if (bytes.length === 0) return [value];
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [number, end] = varint(bytes, at);
    numbers.push(number);
    at = end;
  }
  return numbers;
}

const EXTERNAL = 1;

/** Name and sides of a tensor, whose values must be there. */
function readTensor(bytes: Uint8Array): { readonly name: string; readonly shape: readonly number[] } {
  let [name, held] = ['', 0];
  const shape: number[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) shape.push(...numbersOf(field));
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 14 && field.value === EXTERNAL)
      throw new Damage(`the values of ${name || 'a weight'} are in another file: save it as one file`);
    // The fields of values; those that are not packed take at least one byte each.
    else if ([4, 5, 6, 7, 9, 10, 11].includes(field.number)) held += Math.max(1, field.bytes.length);
  }
  const size = shape.reduce((product, side) => product * side, 1);
  // Two values of 4 bits share a byte.
  if (!shape.every((side) => side >= 0) || size > 2 * held)
    throw new Damage(`${name || 'a weight'} is [${shape.join(', ')}], but has ${held} bytes`);
  return { name, shape };
}

function readValueInfo(bytes: Uint8Array): OnnxValueInfo {
  let [name, type] = ['', 0];
  let shape: (number | undefined)[] | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) continue;
    for (const kind of fieldsOf(field.bytes)) {
      if (kind.number !== 1) continue;
      for (const part of fieldsOf(kind.bytes)) {
        if (part.number === 1) type = part.value;
        if (part.number !== 2) continue;
        shape = [];
        for (const dimension of fieldsOf(part.bytes)) {
          if (dimension.number !== 1) continue;
          const [value] = [...fieldsOf(dimension.bytes)].filter(({ number }) => number === 1);
          shape.push(value !== undefined && value.value > 0 ? value.value : undefined);
        }
      }
    }
  }
  return { name, type, shape };
}

function readNode(bytes: Uint8Array): OnnxNode {
  const [inputs, outputs, axes]: [string[], string[], number[]] = [[], [], []];
  let [name, op] = ['', ''];
  let constant: readonly number[] | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) op = textOf(field);
    else if (field.number === 5) {
      const parts = [...fieldsOf(field.bytes)];
      const isOrder = parts.some((part) => part.number === 1 && textOf(part) === 'perm');
      for (const part of parts) {
        if (part.number === 5) constant = readTensor(part.bytes).shape;
        if (part.number === 8 && isOrder) axes.push(...numbersOf(part));
      }
    }
  }
  return { name, op, inputs, outputs, axes, constant };
}

const [NODE, INITIALIZER, INPUT, OUTPUT] = [1, 5, 11, 12];
const [IR_VERSION, GRAPH] = [1, 7];

/**
 * Reads the graph of an ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), without its values. The sizes of all
 * weights are compared with the bytes that are there.
 *
 * @throws ModelError when it is damaged, or its weights are elsewhere
 */
export function readOnnxGraph(bytes: Uint8Array, name: string): OnnxGraph {
  const [inputs, outputs, nodes]: [OnnxValueInfo[], OnnxValueInfo[], OnnxNode[]] = [[], [], []];
  const weights = new Map<string, readonly number[]>();
  try {
    for (const part of fieldsOf(bytes)) {
      if (part.number !== GRAPH) continue;
      for (const field of fieldsOf(part.bytes)) {
        if (field.number === NODE) {
          const node = readNode(field.bytes);
          nodes.push(node);
          if (node.op === 'Constant' && node.constant !== undefined)
            weights.set(node.outputs[0] ?? '', node.constant);
        }
        if (field.number === INPUT) inputs.push(readValueInfo(field.bytes));
        else if (field.number === OUTPUT) outputs.push(readValueInfo(field.bytes));
        else if (field.number === INITIALIZER) {
          const tensor = readTensor(field.bytes);
          weights.set(tensor.name, tensor.shape);
        }
      }
    }
  } catch (cause) {
    if (!(cause instanceof Damage)) throw cause;
    throw new ModelError(`${name}: is a damaged ONNX file: ${cause.message}`, {
      hint: 'Export it again.',
      cause,
    });
  }
  if (nodes.length === 0) throw new ModelError(`${name}: is an ONNX file without a network`);
  // Old files list weights among the inputs, too.
  return { inputs: inputs.filter((input) => !weights.has(input.name)), outputs, nodes, weights };
}

/** True for what may be an ONNX file: one begins with its version. */
export const isOnnx = (bytes: Uint8Array): boolean =>
  bytes.length > 16 && bytes[0] === IR_VERSION * 8 && bytes[1]! > 0 && bytes[1]! < 64;

function message(number: number, content: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Uint8Array.of(number * 8 + BYTES, ...length, ...content);
}

/**
 * The same file with one more output. A message may come in several parts, which readers merge, so that another part of
 * the graph behind the first is enough.
 */
export function withOutput(bytes: Uint8Array, output: string): Uint8Array {
  const info = message(1, new TextEncoder().encode(output));
  const part = message(GRAPH, message(OUTPUT, info));
  const all = new Uint8Array(bytes.length + part.length);
  all.set(bytes);
  all.set(part, bytes.length);
  return all;
}
