import * as tf from '@tensorflow/tfjs-core';
import { forget, type Recording, record, repeat, same } from './recording.js';

/** A function of tensors, such as the loss of a batch with its gradients. */
export type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** A step that can be repeated from a recording. */
export interface RecordedStep extends Step {
  /** Frees what recordings hold. The step still runs afterwards. */
  dispose(): void;
}

/** Sets of input shapes that are remembered: those of full batches, of a last one, and of some others. */
const MOST = 8;

/**
 * Returns a function that does what `step` does, with the same bits, and takes less time from its third call on. On the wasm
 * backend, the kernels that it runs are recorded for the shapes of its inputs, and then called one after the other: without a
 * tape, scopes, and tensors for what lies between.
 *
 * The step must be a function of its inputs alone. One that reads values, or whose second call runs other kernels or takes
 * other constants, runs as it is each time. So do all steps on other backends.
 *
 * The caller owns the outputs. What else the step makes is freed.
 */
export function recorded(step: Step): RecordedStep {
  const known = new Map<string, { recording: Recording; confirmed: boolean } | 'unsteady'>();
  let backend: tf.KernelBackend | undefined;

  const dispose = () => {
    for (const each of known.values()) if (each !== 'unsteady') forget(each.recording);
    known.clear();
  };

  const run: Step = (...inputs) => {
    if (tf.getBackend() !== 'wasm' || tf.env().getBool('DEBUG')) return plainly(step, inputs);
    if (backend !== tf.backend()) dispose();
    backend = tf.backend();
    const key = keyOf(inputs);
    const earlier = known.get(key);
    if (earlier === 'unsteady' || (earlier === undefined && known.size === MOST))
      return plainly(step, inputs);
    if (earlier?.confirmed) return repeat(earlier.recording, inputs);
    const { outputs, recording } = record(() => plainly(step, inputs), inputs);
    const steady = recording !== undefined && (earlier === undefined || same(earlier.recording, recording));
    known.set(key, steady ? { recording, confirmed: earlier !== undefined } : 'unsteady');
    for (const each of [earlier?.recording, steady ? undefined : recording]) if (each) forget(each);
    return outputs;
  };
  return Object.assign(run, { dispose });
}

const plainly = (step: Step, inputs: tf.Tensor[]) => tf.tidy(() => step(...inputs));

/** Shapes and types of tensors, and which of them are the same data. */
function keyOf(tensors: readonly tf.Tensor[]): string {
  const data = tensors.map(({ dataId }) => dataId);
  return tensors
    .map(({ shape, dtype, dataId }) => `${dtype} ${shape.join('×')} ${data.indexOf(dataId)}`)
    .join();
}
