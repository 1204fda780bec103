import * as tf from '@tensorflow/tfjs-core';
import { useReluGrad } from 'tfjs-wasm-training';

type AttributeKind = 'INT' | 'BOOL' | 'STRING' | 'SHAPE' | 'TYPE';

/** Calls into libtensorflow. */
type Binding = { readonly [name in `TF_ATTR_${AttributeKind}` | 'TF_FLOAT' | 'TF_INT32']: number } & {
  executeOp(name: string, attributes: unknown[], inputs: readonly number[], outputs: number): Handle[];
  deleteTensor(id: number): void;
};

/** A tensor of libtensorflow. */
interface Handle {
  readonly id: number;
}

/** Members of tfjs-node's backend that its kernels use beyond the public ones. */
interface NativeBackend extends tf.KernelBackend {
  readonly binding: Binding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(handle: Handle): tf.Tensor;
}

/** Attributes of an operation: `float32` and `int32` are types, `{ shape }` a shape, the rest are themselves. */
type Attributes = Readonly<
  Record<string, number | boolean | string | readonly number[] | { readonly shape: readonly number[] }>
>;

const FLOATS = { T: 'float32' } as const;

function attributesFor(binding: Binding, attributes: Attributes): unknown[] {
  const types: Readonly<Record<string, number>> = { float32: binding.TF_FLOAT, int32: binding.TF_INT32 };
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'number' || Array.isArray(value)) return { name, type: binding.TF_ATTR_INT, value };
    if (typeof value === 'object')
      return { name, type: binding.TF_ATTR_SHAPE, value: (value as { shape: unknown }).shape };
    if (value in types) return { name, type: binding.TF_ATTR_TYPE, value: types[value] };
    return { name, type: binding.TF_ATTR_STRING, value };
  });
}

/** Outputs of an operation of libtensorflow. */
function runAll(
  backend: NativeBackend,
  operation: string,
  inputs: readonly tf.TensorInfo[],
  attributes: Attributes,
  outputs: number,
): tf.Tensor[] {
  const { binding } = backend;
  return binding
    .executeOp(operation, attributesFor(binding, attributes), backend.getInputTensorIds(inputs), outputs)
    .map((handle) => backend.createOutputTensor(handle));
}

/** The output of an operation of libtensorflow. */
const run = (
  backend: NativeBackend,
  operation: string,
  inputs: readonly tf.TensorInfo[],
  attributes: Attributes = FLOATS,
): tf.Tensor => runAll(backend, operation, inputs, attributes, 1)[0]!;

interface KernelArgs<Names extends string, Attrs> {
  readonly inputs: Record<Names, tf.TensorInfo>;
  readonly attrs: Attrs;
  readonly backend: NativeBackend;
}

const BACKEND = 'tensorflow';

/** A kernel for this backend. What its function makes on the way is freed. */
const kernel = <Names extends string, Attrs = unknown>(
  kernelName: string,
  kernelFunc: (args: KernelArgs<Names, Attrs>) => tf.Tensor | tf.Tensor[],
): tf.KernelConfig => ({
  kernelName,
  backendName: BACKEND,
  kernelFunc: ((args: KernelArgs<Names, Attrs>) =>
    tf.tidy(() => kernelFunc(args))) as unknown as tf.KernelFunc,
});

const asTensor = (info: tf.TensorInfo) => info as tf.Tensor;

/** The gradient of ReLU in one pass, where TensorFlow.js takes six. */
const reluGrad = kernel<'dy' | 'y'>('ReluGrad', ({ inputs: { dy, y }, backend }) =>
  run(backend, 'ReluGrad', [dy, y]),
);

/** Sums over all axes but the last, as of gradients of biases, in a third of the time. */
const sum = (stock: tf.KernelConfig) =>
  kernel<'x', tf.SumAttrs>(tf.Sum, (args) => {
    const { inputs, attrs, backend } = args;
    const { x } = inputs;
    const axes = tf.util.parseAxisParam(attrs.axis, x.shape);
    const others = axes.length === x.shape.length - 1 && axes.every((axis) => axis < x.shape.length - 1);
    if (others && axes.length > 0 && !attrs.keepDims && x.dtype === 'float32' && x.shape.at(-1)! >= WIDE)
      return run(backend, 'BiasAddGrad', [x], { ...FLOATS, data_format: 'NHWC' });
    return stock.kernelFunc(args as never) as tf.Tensor;
  });

/** Values of a row from which `BiasAddGrad` is faster than a sum. */
const WIDE = 8;

/** A third of a training's reshapes keep the shape: those call nothing. */
const reshape = (stock: tf.KernelConfig) =>
  kernel<'x', tf.ReshapeAttrs>(tf.Reshape, (args) => {
    const { inputs, attrs } = args;
    const { x } = inputs;
    if (tf.util.arraysEqual(attrs.shape, x.shape)) return tf.clone(asTensor(x));
    return stock.kernelFunc(args as never) as tf.Tensor;
  });

/**
 * The gradient of maxPool. Where windows of 2×2 tile the maps, each half of a pair gets the gradient or none: the first
 * of equals, as in libtensorflow, whose own kernel takes twice the time.
 */
const maxPoolGrad = (stock: tf.KernelConfig) =>
  kernel<'dy' | 'input' | 'output', tf.MaxPoolGradAttrs>(tf.MaxPoolGrad, (args) => {
    const { inputs, attrs, backend } = args;
    const { dy, input } = inputs;
    const [count, height, width, channels] = input.shape as [number, number, number, number];
    const twos = [attrs.filterSize, attrs.strides].flat().every((side) => side === 2);
    if (!twos || height % 2 > 0 || width % 2 > 0 || input.dtype !== 'float32')
      return stock.kernelFunc(args as never) as tf.Tensor;
    const halves = (x: tf.Tensor, size: number) =>
      runAll(backend, 'Unpack', [tf.reshape(x, [-1, 2, size])], { ...FLOATS, num: 2, axis: 1 }, 2) as [
        tf.Tensor,
        tf.Tensor,
      ];
    const zero = tf.scalar(0);
    /** Gradients of pairs whose larger values have these gradients. */
    const spread = ([first, second]: [tf.Tensor, tf.Tensor], gradients: tf.Tensor) => {
      const chosen = run(backend, 'GreaterEqual', [first, second]);
      const ofFirst = run(backend, 'SelectV2', [chosen, gradients, zero]);
      const ofSecond = tf.sub(gradients, ofFirst);
      return run(backend, 'Pack', [ofFirst, ofSecond], { ...FLOATS, N: 2, axis: 1 });
    };
    const columns = halves(asTensor(input), channels);
    const rows = halves(tf.maximum(...columns), (width / 2) * channels);
    const ofRows = spread(rows, tf.reshape(asTensor(dy), rows[0].shape));
    return tf.reshape(spread(columns, tf.reshape(ofRows, columns[0].shape)), [
      count,
      height,
      width,
      channels,
    ]);
  });

/** Products that one sum of the stock kernel's takes the time of, where there is one output channel. */
const UNUSED = 16;

/**
 * Transposed convolutions to one channel, which use a sixteenth of the stock kernel's vectors: as one from whole rows to whole
 * rows, with a kernel that holds the given one once for each column.
 */
const conv2dBackpropInput = (stock: tf.KernelConfig) =>
  kernel<'dy' | 'filter', tf.Conv2DBackpropInputAttrs>(tf.Conv2DBackpropInput, (args) => {
    const { inputs, attrs } = args;
    const { dy, filter } = inputs;
    const { inputShape, strides, pad, dataFormat } = attrs;
    const [count, height, width, outputs] = inputShape;
    const [kernelHeight, kernelWidth, , channels] = filter.shape as [number, number, number, number];
    const known = pad === 'same' && dataFormat === 'NHWC' && outputs === 1;
    if (!known || width > UNUSED * kernelWidth) return stock.kernelFunc(args as never) as tf.Tensor;
    const [, , columns] = dy.shape as [number, number, number, number];
    const { strideHeight, strideWidth, padInfo } = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as [number, number, number, number],
      strides,
      1,
      pad,
    );
    const values = asTensor(filter).dataSync<'float32'>();
    const toRows = new Float32Array(kernelHeight * width * columns * channels);
    for (let row = 0; row < kernelHeight; row++) {
      for (let column = 0; column < columns; column++) {
        for (let tap = 0; tap < kernelWidth; tap++) {
          const to = column * strideWidth - padInfo.left + tap;
          if (to < 0 || to >= width) continue;
          const from = (row * kernelWidth + tap) * channels;
          const at = ((row * width + to) * columns + column) * channels;
          toRows.set(values.subarray(from, from + channels), at);
        }
      }
    }
    // Rows lie where this kernel has columns: it is quickest along those.
    const made = stock.kernelFunc({
      ...args,
      inputs: {
        dy: tf.reshape(asTensor(dy), [count, 1, -1, columns * channels]),
        filter: tf.tensor4d(toRows, [1, kernelHeight, width, columns * channels]),
      },
      attrs: { ...attrs, strides: [1, strideHeight], inputShape: [count, 1, height, width] },
    } as never);
    return tf.reshape(made as tf.Tensor, inputShape);
  });

/** As that of `tfjs-wasm-training`, where it is described. */
const adamStep = kernel<never, AdamStepAttrs>('AdamStep', ({ inputs, attrs, backend }) => {
  const { binding } = backend;
  const [mean, square, ...pairs] = inputs as unknown as tf.Tensor[];
  const variables = pairs.filter((_, index) => index % 2 === 1);
  const sizes = variables.map(({ size }) => size);
  const axis = tf.scalar(0, 'int32');
  const everything = tf.tensor1d([-1], 'int32');
  const row = (tensor: tf.Tensor) =>
    run(backend, 'Reshape', [tensor, everything], { ...FLOATS, Tshape: 'int32' });
  const joined = (tensors: readonly tf.Tensor[]) =>
    tensors.length === 1
      ? row(tensors[0]!)
      : run(backend, 'ConcatV2', [...tensors.map((each) => (each.rank === 1 ? each : row(each))), axis], {
          ...{ ...FLOATS, N: tensors.length },
          Tidx: 'int32',
        });
  const gradient = joined(pairs.filter((_, index) => index % 2 === 0));
  const values = joined(
    variables.map((variable, i) => (attrs.keep[i] === 1 ? variable : tf.mul(variable, attrs.keep[i]!))),
  );
  const call = (operation: string, attributes: Attributes, ids: readonly number[], outputs = 0) =>
    binding.executeOp(operation, attributesFor(binding, attributes), ids, outputs);
  const dtype = { dtype: 'float32' } as const;
  // The operation changes variables of libtensorflow, so the tensors become such for its time.
  const states = [values, mean!, square!].map((tensor, i) => {
    const named = { ...dtype, shape: { shape: gradient.shape }, shared_name: `adam${i}`, container: '' };
    const [state] = call('VarHandleOp', named, [], 1);
    call('AssignVariableOp', dtype, [state!.id, ...backend.getInputTensorIds([tensor])]);
    return state!.id;
  });
  // What nobody else holds is changed in place.
  values.dispose();
  // Rate and epsilon have the corrections in them, so the powers of both betas are 0.
  const factors = [0, 0, attrs.rate, attrs.beta1, attrs.beta2, attrs.epsilon].map((value) =>
    tf.scalar(value),
  );
  const applied = { ...FLOATS, use_locking: false, use_nesterov: false };
  call('ResourceApplyAdam', applied, [...states, ...backend.getInputTensorIds([...factors, gradient])]);
  const [newValues, newMean, newSquare] = states.map((state) => {
    const [value] = call('ReadVariableOp', dtype, [state], 1);
    call('DestroyResourceOp', { ignore_lookup_error: false }, [state]);
    binding.deleteTensor(state);
    return backend.createOutputTensor(value!);
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const parts = runAll(
    backend,
    'SplitV',
    [newValues, tf.tensor1d(sizes, 'int32'), axis],
    { ...FLOATS, Tlen: 'int32', num_split: sizes.length },
    sizes.length,
  );
  return [newMean, newSquare, ...parts.map((part, i) => tf.reshape(part, variables[i]!.shape))];
});

interface AdamStepAttrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly rate: number;
  readonly epsilon: number;
  readonly keep: readonly number[];
}

/**
 * Gives the native backend kernels that TensorFlow.js takes apart, and quicker ones for those in which a training spends its time.
 */
export function registerNativeKernels(): void {
  for (const added of [reluGrad, adamStep]) tf.registerKernel(added);
  const wrappers = {
    [tf.Reshape]: reshape,
    [tf.Sum]: sum,
    [tf.MaxPoolGrad]: maxPoolGrad,
    [tf.Conv2DBackpropInput]: conv2dBackpropInput,
  };
  for (const [name, wrap] of Object.entries(wrappers)) {
    const stock = tf.getKernel(name, BACKEND);
    tf.unregisterKernel(name, BACKEND);
    tf.registerKernel(wrap(stock));
  }
  useReluGrad();
}
