import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { addressesOf, composed, fallBack, type KernelArgs, type RunKernel, wasmKernel } from '../kernel.js';
import { type Simd, simdOf } from '../simd.js';
import { sumRows } from './products.js';

/** A bias for the channels of maps, and whether ReLU follows. */
export interface Bias {
  values: TensorInfo;
  relu: boolean;
}

/** Adds a bias to maps that nobody else has, which may be changed in place, and lets through what is above zero if `relu`. */
export function withBias(
  backend: BackendWasm,
  run: RunKernel,
  maps: TensorInfo,
  { values: bias, relu }: Bias,
): TensorInfo {
  const channels = maps.shape.at(-1)!;
  const count = tf.util.sizeFromShape(maps.shape);
  if (channels % 4 > 0 || count === 0) {
    const sum = run(tf.Add, { a: maps, b: bias });
    return relu ? run(tf.Relu, { x: sum }) : sum;
  }
  const [at, biasAt] = addressesOf(backend, maps, bias);
  addBias(simdOf(backend), biasLoop({ relu }), [at, biasAt, at], count / channels, channels);
  return maps;
}

/** The address of a bias, and whether ReLU follows. */
export interface BiasAt {
  at: number;
  relu: boolean;
}

export function biasAt(backend: BackendWasm, bias: Bias | undefined): BiasAt | undefined {
  return bias && { at: backend.getMemoryOffset(bias.values.dataId), relu: bias.relu };
}

/** Name of the loop that adds a bias. */
export const biasLoop = ({ relu }: Pick<BiasAt, 'relu'>) => (relu ? 'BiasRelu' : 'Bias');

/** Adds a bias of `width` values to rows; addresses are those of rows, bias and result. */
export function addBias(
  simd: Simd,
  loop: 'Bias' | 'BiasRelu',
  [x, bias, out]: [number, number, number],
  rows: number,
  width: number,
): void {
  const shares = simd.shares(rows, 1);
  simd.parallel(shares.length, 4 * rows * width, (share) => {
    const { from, size } = shares[share]!;
    const offset = from * width * 4;
    simd.loop(loop, x + offset, bias, out + offset, size, width / 4);
  });
}

/** Sums of which one operand repeats along leading axes, as a bias does. */
export function add(stock: KernelConfig): KernelConfig {
  return wasmKernel<'a' | 'b', object>(tf.Add, (args) => {
    const { inputs, backend } = args;
    const [bias, x] = [inputs.a, inputs.b].sort((left, right) => sizeOf(left) - sizeOf(right)) as [
      TensorInfo,
      TensorInfo,
    ];
    const width = sizeOf(bias);
    const leading = x.shape.length - bias.shape.length;
    const repeats =
      leading >= 0 &&
      [x, bias].every(({ dtype }) => dtype === 'float32') &&
      // From the first axis that is not 1, the bias has the axes of x.
      tf.util.arraysEqual(
        withoutOnes(bias.shape),
        x.shape.slice(x.shape.length - withoutOnes(bias.shape).length),
      );
    if (!repeats || width % 4 > 0 || width === 0 || width === sizeOf(x)) return fallBack(stock, args);
    const out = backend.makeOutput(x.shape, 'float32');
    addBias(simdOf(backend), 'Bias', addressesOf(backend, x, bias, out), sizeOf(x) / width, width);
    return out;
  });
}

const sizeOf = ({ shape }: TensorInfo) => tf.util.sizeFromShape(shape);
const withoutOnes = (shape: number[]) => shape.slice(shape.findIndex((side) => side !== 1));

interface FusedMatMulAttrs {
  transposeA: boolean;
  transposeB: boolean;
  activation?: string;
}

/** matMul with bias and activation, unless the activation is another than ReLU. */
export function fusedMatMul(stock: KernelConfig): KernelConfig {
  return wasmKernel<'a' | 'b' | 'bias', FusedMatMulAttrs>(tf._FusedMatMul, (args) => {
    const { inputs, attrs, backend } = args;
    const { a, b, bias } = inputs;
    const { transposeA, transposeB, activation = 'linear' } = attrs;
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    const known = activation === 'linear' || activation === 'relu';
    const floats = a.dtype === 'float32' && b.dtype === 'float32';
    if (!known || !floats || !bias || sizeOf(bias) !== columns) return fallBack(stock, args);
    return composed(backend, (run) =>
      withBias(backend, run, run(tf.BatchMatMul, { a, b }, { transposeA, transposeB }), {
        values: bias,
        relu: activation === 'relu',
      }),
    );
  });
}

/** What ReLU passes back: `dy` where `y`, its output, is above zero. */
export const reluGrad = wasmKernel<'dy' | 'y', object>('ReluGrad', ({ inputs: { dy, y }, backend }) => {
  const count = sizeOf(y);
  if (count % 4 > 0 || count === 0) {
    return composed(backend, (run) => run(tf.Multiply, { a: dy, b: run(tf.Step, { x: y }, { alpha: 0 }) }));
  }
  const dx = backend.makeOutput(y.shape, 'float32');
  const simd = simdOf(backend);
  const addresses = addressesOf(backend, dy, y, dx);
  const shares = simd.shares(count / 4, 1);
  simd.parallel(shares.length, 4 * count, (share) => {
    const { from, size } = shares[share]!;
    simd.loop('ReluGradient', ...addresses.map((address) => address + from * 16), size);
  });
  return dx;
});

/** The gradients of x and of the bias where `y` is ReLU of x and a bias. */
export const biasReluGrad: KernelConfig = {
  kernelName: 'BiasReluGrad',
  backendName: 'wasm',
  kernelFunc: (({ inputs, backend }: KernelArgs<'dy' | 'y', object>): TensorInfo[] => {
    const { dy, y } = inputs;
    const columns = y.shape.at(-1)!;
    if (columns % 4 > 0 || sizeOf(y) === 0) {
      const call = (kernel: KernelConfig, given: object) =>
        kernel.kernelFunc({ backend, ...given } as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
      const dx = call(reluGrad, { inputs, attrs: {} });
      const axis = y.shape.slice(1).map((_, index) => index);
      return [dx, call(tf.getKernel(tf.Sum, 'wasm'), { inputs: { x: dx }, attrs: { axis } })];
    }
    const dx = backend.makeOutput(y.shape, 'float32');
    const sum = composed(backend, (_, own) => {
      const out = backend.makeOutput([columns], 'float32');
      const [dyAt, yAt, dxAt, outAt] = addressesOf(backend, dy, y, dx, out);
      // Each part is summed while it is in the cache.
      sumRows(backend, own, { rows: sizeOf(y) / columns, columns }, [dxAt, outAt], (first, count) => {
        const at = first * columns * 4;
        simdOf(backend).loop('ReluGradient', dyAt + at, yAt + at, dxAt + at, (count * columns) / 4);
      });
      return out;
    });
    return [dx, sum];
  }) as unknown as KernelFunc,
};
