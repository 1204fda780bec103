import { noise } from './tiny.js';

// Files as exporters write them (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), by hand: no package in use writes them.

const text = (value: string) => new TextEncoder().encode(value);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) + (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

type Value = number | string | Uint8Array;

/** A message of fields, each a number and a value. */
export function message(...fields: readonly (readonly [number: number, value: Value])[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [Uint8Array.from([...varint(number * 8), ...varint(value)])];
    const bytes = typeof value === 'string' ? text(value) : value;
    return [Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes];
  });
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** An open side has a name. */
type Side = number | string;

export const FLOAT = 1;
const INT64 = 7;

/** A value with its type and sides. */
export const valueInfo = (name: string, shape: readonly Side[], type = FLOAT): Uint8Array =>
  message(
    [1, name],
    [
      2,
      message([
        1,
        message(
          [1, type],
          [
            2,
            message(...shape.map((side) => [1, message([typeof side === 'number' ? 1 : 2, side])] as const)),
          ],
        ),
      ]),
    ],
  );

/** A weight of 32-bit floats. */
export const weight = (name: string, shape: readonly number[], values: Float32Array): Uint8Array =>
  message(
    ...shape.map((side) => [1, side] as const),
    [2, FLOAT],
    [8, name],
    [9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
  );

const ints = (name: string, values: readonly number[]) =>
  message([1, name], ...values.map((value) => [8, value] as const), [20, INT64]);

export const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, readonly number[] | number>> = {},
): Uint8Array =>
  message(
    ...inputs.map((input) => [1, input] as const),
    [2, output],
    [3, `/${output}/${op}`],
    [4, op],
    ...Object.entries(attributes).map(
      ([name, value]) =>
        [5, typeof value === 'number' ? message([1, name], [3, value], [20, 2]) : ints(name, value)] as const,
    ),
  );

export interface Graph {
  readonly nodes: readonly Uint8Array[];
  readonly weights?: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** The bytes of an ONNX file. */
export const onnxFile = ({ nodes, weights = [], inputs, outputs }: Graph): Uint8Array =>
  message(
    [1, 8],
    [
      7,
      message(
        ...nodes.map((each) => [1, each] as const),
        [2, 'graph'],
        ...weights.map((each) => [5, each] as const),
        ...inputs.map((each) => [11, each] as const),
        ...outputs.map((each) => [12, each] as const),
      ),
    ],
    [8, message([1, ''], [2, 17])],
  );

/** Weights of the classifier below: kernel `[5, 3, 3, 3]` of its convolution, `[3, 5]` of its dense layer. */
export const onnxWeights = () => ({
  kernel: Float32Array.from(noise([1, 1, 135], 'onnx kernel'), (value) => value - 0.4),
  dense: Float32Array.from(noise([1, 1, 15], 'onnx dense'), (value) => value - 0.4),
});

export interface ClassifierOptions {
  /** Sides of the input. */
  readonly shape?: readonly Side[];
  readonly layout?: 'nchw' | 'nhwc';
  /** Name of the output. */
  readonly output?: string;
  readonly softmax?: boolean;
  /** Gives the weights of the dense layer by a node, turned, as some exporters do. */
  readonly constant?: boolean;
}

/** A classifier of three classes as PyTorch writes them: convolution, ReLU, means of maps, dense layer, and a softmax if it is asked for. */
export function onnxClassifier({
  layout = 'nchw',
  shape = layout === 'nchw' ? ['batch', 3, 8, 8] : ['batch', 8, 8, 3],
  output = 'logits',
  softmax = false,
  constant = false,
}: ClassifierOptions = {}): Uint8Array {
  const { kernel, dense } = onnxWeights();
  const images = layout === 'nchw' ? 'images' : 'planes';
  return onnxFile({
    inputs: [valueInfo('images', shape)],
    outputs: [valueInfo(output, ['batch', 3])],
    weights: [weight('kernel', [5, 3, 3, 3], kernel), ...(constant ? [] : [weight('dense', [3, 5], dense)])],
    nodes: [
      ...(layout === 'nhwc' ? [node('Transpose', ['images'], 'planes', { perm: [0, 3, 1, 2] })] : []),
      ...(constant
        ? [
            message(
              [2, 'stored'],
              [4, 'Constant'],
              [5, message([1, 'value'], [5, weight('', [3, 5], dense)], [20, 4])],
            ),
            node('Identity', ['stored'], 'dense'),
          ]
        : []),
      node('Conv', [images, 'kernel'], 'maps', { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] }),
      node('Relu', ['maps'], 'active'),
      node('GlobalAveragePool', ['active'], 'pooled'),
      node('Flatten', ['pooled'], 'features', { axis: 1 }),
      node('Gemm', ['features', 'dense'], softmax ? 'scores' : output, { transB: 1 }),
      ...(softmax ? [node('Softmax', ['scores'], output, { axis: 1 })] : []),
    ],
  });
}
