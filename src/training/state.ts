import { ModelError, TrainingError } from '../core/index.js';
import {
  type Autoencoder,
  decodeSafetensors,
  encodeSafetensors,
  readWeights,
  type StoredTensor,
  writeWeights,
} from '../models/index.js';
import type { Adam, AdamState } from '../optimize/index.js';

const CHECKPOINT_SCHEMA = 'fewshot.checkpoint/1';

/** Everything that a training needs to go on: the weights, the optimizer's moments, and the steps done. */
export interface TrainingState {
  readonly step: number;
  readonly weights: ReadonlyMap<string, StoredTensor>;
  readonly adam: AdamState;
}

/** A copy of the present state, untouched by later steps. */
export function captureState(autoencoder: Autoencoder, adam: Adam, step: number): TrainingState {
  const weights = new Map(
    [...readWeights(autoencoder)].map(([name, { shape, values }]) => [
      name,
      { shape, values: values.slice() },
    ]),
  );
  return { step, weights, adam: adam.state() };
}

/** A state as a file. `recipe` says which run it belongs to. */
export function encodeState(state: TrainingState, recipe: string): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  for (const [i, [name, weight]] of [...state.weights].entries()) {
    tensors.set(name, weight);
    tensors.set(`${name}/mean`, { shape: weight.shape, values: state.adam.means[i]! });
    tensors.set(`${name}/square`, { shape: weight.shape, values: state.adam.squares[i]! });
  }
  const metadata = {
    schema: CHECKPOINT_SCHEMA,
    recipe,
    step: String(state.step),
    adam: String(state.adam.step),
  };
  return encodeSafetensors(tensors, metadata, 'F32');
}

/**
 * Reads a state file and puts its weights into the autoencoder.
 *
 * @throws TrainingError when it belongs to a run with another recipe, ModelError when it is damaged.
 */
export function decodeState(
  bytes: Uint8Array,
  autoencoder: Autoencoder,
  recipe: string,
  name: string,
): TrainingState {
  const { metadata, tensors } = decodeSafetensors(bytes, name);
  if (metadata.schema !== CHECKPOINT_SCHEMA || metadata.recipe !== recipe) {
    throw new TrainingError(`${name}: is the checkpoint of another training`, {
      hint: 'Repeat the options of that training, or start afresh without --resume.',
    });
  }
  const weights = new Map(tensors);
  const moments = (suffix: string) =>
    [...autoencoder.weights].map(([weight, { shape }]) => {
      const key = `${weight}/${suffix}`;
      const stored = weights.get(key);
      weights.delete(key);
      if (stored === undefined) throw new ModelError(`${name}: ${key} is missing`);
      if (stored.shape.join() !== shape.join())
        throw new ModelError(`${name}: ${key} is [${stored.shape}], but its weight is [${shape}]`);
      return stored.values;
    });
  const count = (key: string) => {
    const text = metadata[key] ?? '';
    if (!/^\d+$/.test(text)) throw new ModelError(`${name}: its ${key} is "${text}", not a number of steps`);
    return Number(text);
  };
  const step = count('step');
  const adam = { step: count('adam'), means: moments('mean'), squares: moments('square') };
  writeWeights(autoencoder, weights, name);
  return { step, weights, adam };
}
