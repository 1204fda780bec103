import type {
  DataId,
  KernelBackend,
  KernelConfig,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The kernels that a function of tensors ran. Its data are numbered: inputs first, then as they came up. */
export interface Recording {
  readonly backend: KernelBackend;
  readonly calls: readonly Call[];
  /** Constants by their number. */
  readonly constants: ReadonlyMap<number, tf.Tensor>;
  readonly outputs: readonly Place[];
}

/** A tensor of a recording. Several can share their data, as a matrix and its rows one after the other do. */
interface Place {
  readonly data: number;
  readonly shape: number[];
  readonly dtype: tf.DataType;
}

/** Inputs of a kernel: by name, or in a list. */
type Named<T> = Readonly<Record<string, T>> | readonly T[];

interface Call {
  readonly kernel: KernelConfig;
  readonly inputs: Named<Place>;
  readonly attrs: NamedAttrMap;
  /** What it makes. */
  readonly makes: readonly Place[];
  /** Numbers of the data that are not needed after it. */
  readonly frees: readonly number[];
}

/** Runs a function of tensors, and records it unless it reads values. */
export function record(
  run: () => tf.Tensor[],
  inputs: readonly tf.Tensor[],
): { outputs: tf.Tensor[]; recording?: Recording } {
  const backend = tf.backend();
  const { readSync } = backend;
  const numbers = new Map<DataId, number>();
  const constants = new Map<number, { values: tf.BackendValues; shape: number[]; dtype: tf.DataType }>();
  const calls: Omit<Call, 'frees'>[] = [];
  let count = inputs.length;
  let clear = true;
  for (const [index, { dataId }] of inputs.entries()) if (!numbers.has(dataId)) numbers.set(dataId, index);

  const placeOf = ({ dataId, shape, dtype }: TensorInfo): Place => {
    let data = numbers.get(dataId);
    if (data === undefined) {
      data = count++;
      numbers.set(dataId, data);
      constants.set(data, { values: readSync.call(backend, dataId).slice(), shape, dtype });
    }
    return { data, shape, dtype };
  };
  const watched = watch(backend, (kernel, { inputs, attrs = {} }, made) => {
    const places = mapped<TensorInfo, Place>(inputs as Named<TensorInfo>, placeOf);
    const fresh = made.filter(({ dataId }) => !numbers.has(dataId));
    // A tensor of another shape on known data is a view, which takes no kernel.
    if (fresh.length === 0) return;
    clear &&= fresh.length === made.length;
    for (const { dataId } of fresh) numbers.set(dataId, count++);
    calls.push({ kernel, inputs: places, attrs, makes: made.map(placeOf) });
  });
  let outputs: tf.Tensor[];
  try {
    outputs = run();
  } finally {
    watched.end();
  }
  const places = outputs.map(placeOf);
  if (!clear || watched.hasRead()) return { outputs };
  const kept = new Map<number, tf.Tensor>();
  for (const [data, { values, shape, dtype }] of constants) {
    kept.set(data, tf.keep(tf.tensor(values as Float32Array, shape, dtype)));
  }
  const recording = { backend, calls: withFrees(calls, places), constants: kept, outputs: places };
  return { outputs, recording };
}

/** What a kernel is called with. */
type KernelArguments = { inputs: NamedTensorInfoMap; attrs?: NamedAttrMap };

/** Calls `note` after each kernel of the wasm backend which the engine runs, until the end. */
function watch(
  backend: KernelBackend,
  note: (kernel: KernelConfig, args: KernelArguments, made: readonly TensorInfo[]) => void,
) {
  let depth = 0;
  let hasRead = false;
  const { read, readSync } = backend;
  const reading =
    <Arguments extends unknown[], Result>(original: (...args: Arguments) => Result) =>
    (...args: Arguments) => {
      // A kernel may read what it is given.
      if (depth === 0) hasRead = true;
      return original.apply(backend, args);
    };
  Object.assign(backend, { read: reading(read), readSync: reading(readSync) });
  const kernels = tf.getKernelsForBackend('wasm').map((kernel) => ({ kernel, original: kernel.kernelFunc }));
  for (const { kernel, original } of kernels) {
    const watched: KernelFunc = (args) => {
      depth++;
      let made: TensorInfo | TensorInfo[];
      try {
        made = original(args);
      } finally {
        depth--;
      }
      if (depth === 0) note(kernel, args, Array.isArray(made) ? made : [made]);
      return made;
    };
    kernel.kernelFunc = watched;
  }
  return {
    hasRead: () => hasRead,
    end() {
      for (const { kernel, original } of kernels) kernel.kernelFunc = original;
      Object.assign(backend, { read, readSync });
    },
  };
}

/** Calls with the data that each is the last to need. Outputs are not freed, nor is what no call made. */
function withFrees(calls: readonly Omit<Call, 'frees'>[], outputs: readonly Place[]): Call[] {
  const needed = new Set(outputs.map(({ data }) => data));
  const made = madeBy(calls);
  const backwards = calls.toReversed().map((call) => {
    const used = [...call.makes, ...Object.values<Place>(call.inputs)].map(({ data }) => data);
    const frees = [...new Set(used)].filter((data) => made.has(data) && !needed.has(data));
    for (const data of frees) needed.add(data);
    return { ...call, frees };
  });
  return backwards.reverse();
}

/** Numbers of the data that calls make. */
const madeBy = (calls: readonly Pick<Call, 'makes'>[]) =>
  new Set(calls.flatMap(({ makes }) => makes.map(({ data }) => data)));

/**
 * Calls the kernels of a recording on other inputs.
 *
 * @throws Error if a kernel makes another shape of them
 */
export function repeat(recording: Recording, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const { backend, calls, constants, outputs } = recording;
  const ids: DataId[] = inputs.map(({ dataId }) => dataId);
  for (const [data, { dataId }] of constants) ids[data] = dataId;
  const tensorAt = ({ data, shape, dtype }: Place): TensorInfo => ({ dataId: ids[data]!, shape, dtype });
  for (const { kernel, inputs, attrs, makes, frees } of calls) {
    const args = { inputs: mapped(inputs, tensorAt) as NamedTensorInfoMap, attrs, backend };
    const made = kernel.kernelFunc(args);
    for (const [index, { data, shape }] of makes.entries()) {
      const { dataId, shape: found } = Array.isArray(made) ? made[index]! : made;
      if (!tf.util.arraysEqual(found, shape))
        throw new Error(
          `${kernel.kernelName} made [${found}] where it made [${shape}] when it was recorded.`,
        );
      ids[data] = dataId;
    }
    for (const data of frees) backend.disposeData(ids[data]!);
  }
  const owned = madeBy(calls);
  return outputs.map((place) => {
    // An output that is an input, a constant or another output gets a reference of its own.
    if (!owned.delete(place.data)) backend.incRef(ids[place.data]!);
    return tf.engine().makeTensorFromTensorInfo(tensorAt(place));
  });
}

/** True if two recordings run the same kernels on the same constants. */
export function same(a: Recording, b: Recording): boolean {
  const plan = ({ calls, outputs }: Recording) =>
    JSON.stringify([calls.map(({ kernel, ...call }) => [kernel.kernelName, call]), outputs]);
  if (plan(a) !== plan(b) || a.constants.size !== b.constants.size) return false;
  return [...a.constants].every(([data, constant]) => {
    const [values, others] = [constant, b.constants.get(data)!].map((tensor) => tensor?.dataSync());
    return (
      values!.length === others?.length && values!.every((value, index) => Object.is(value, others[index]))
    );
  });
}

/** Frees the constants of a recording. */
export function forget({ constants }: Recording): void {
  tf.dispose([...constants.values()]);
}

function mapped<From, To>(named: Named<From>, change: (value: From) => To): Named<To> {
  if (Array.isArray(named)) return named.map((value) => change(value));
  const changed: Record<string, To> = {};
  for (const name in named) {
    const value = (named as Record<string, From>)[name];
    // TensorFlow.js passes what an operation lacks, such as a bias, as undefined or null.
    if (value !== undefined && value !== null) changed[name] = change(value);
  }
  return changed;
}
