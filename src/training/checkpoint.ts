import { firstNonFinite } from '../core/checks.js';
import { ModelError, TrainingError } from '../core/errors.js';
import { readWeights, writeWeights } from '../models/model.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  packTensors,
  type StoredTensor,
  sha256,
} from '../models/safetensors.js';
import type { Adam, AdamState } from './adam.js';
import type { Part } from './learner.js';

const CHECKPOINT_SCHEMA = 'fewshot.checkpoint/3';
const NAME = 'the checkpoint';

/**
 * State of a training to resume from. Random numbers are named by the seed and the step, so they need no state of their
 * own.
 */
export interface TrainingState {
  readonly step: number;
  /** Weights of every net by their names, and the two moments of each part's optimizer as `part:weight/mean` and `/square`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const momentName = (part: Part, weight: string, moment: 'mean' | 'square') =>
  `${part.name}:${weight}/${moment}`;

/** Weights of all parts, each once. */
const weightsOf = (parts: readonly Part[]) => new Map(parts.flatMap(({ weights }) => [...weights]));

/** A copy of the present state, untouched by later steps. */
export function captureState(
  parts: readonly Part[],
  optimizers: readonly Adam[],
  step: number,
): TrainingState {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { shape, values }] of readWeights({ weights: weightsOf(parts) })) {
    tensors.set(name, { shape, values: values.slice() });
  }
  for (const [i, part] of parts.entries()) {
    const { means, squares } = optimizers[i]!.state();
    for (const [j, [name, { shape }]] of [...part.weights].entries()) {
      tensors.set(momentName(part, name, 'mean'), { shape, values: means[j]! });
      tensors.set(momentName(part, name, 'square'), { shape, values: squares[j]! });
    }
  }
  return { step, tensors };
}

/** The optimizer's state of a part. Throws a `ModelError` that names the first moment that is missing or does not fit. */
export function restoreMoments({ step, tensors }: TrainingState, part: Part): AdamState {
  const moments = (moment: 'mean' | 'square') =>
    [...part.weights].map(([weight, { shape }]) => {
      const name = momentName(part, weight, moment);
      const stored = tensors.get(name);
      if (stored === undefined) throw new ModelError(`${NAME}: ${name} is missing`);
      if (stored.shape.join() !== shape.join())
        throw new ModelError(`${NAME}: ${name} is [${stored.shape}], but its weight is [${shape}]`);
      if (firstNonFinite(stored.values) >= 0)
        throw new ModelError(`${NAME}: ${name} holds values that are not finite`);
      return stored.values;
    });
  return { step, means: moments('mean'), squares: moments('square') };
}

/** Restores the weights of all nets. Throws a `ModelError` that names the first that does not fit; then no weight changes. */
export function restoreWeights({ tensors }: TrainingState, parts: readonly Part[]): void {
  const moments = new Set(
    parts.flatMap((part) =>
      [...part.weights.keys()].flatMap((weight) => [
        momentName(part, weight, 'mean'),
        momentName(part, weight, 'square'),
      ]),
    ),
  );
  const stored = new Map([...tensors].filter(([name]) => !moments.has(name)));
  writeWeights({ weights: weightsOf(parts) }, stored, NAME);
}

/** SHA-256 of the whole state, against damaged files. */
const digestOf = async (step: string, data: Uint8Array): Promise<string> =>
  sha256(new TextEncoder().encode(`${step} ${await sha256(data)}`));

/** A state as a file. `recipe` identifies its run. */
export async function encodeState({ step, tensors }: TrainingState, recipe: string): Promise<Uint8Array> {
  const digest = await digestOf(String(step), packTensors(tensors, 'F32'));
  const metadata = { schema: CHECKPOINT_SCHEMA, recipe, step: String(step), sha256: digest };
  return encodeSafetensors(tensors, metadata, 'F32');
}

/**
 * Reads a state file. `fitAutoencoder` checks that it fits the nets. Errors begin with `name`.
 *
 * @throws TrainingError when it belongs to a run with another recipe, ModelError when it is damaged.
 */
export async function decodeState(bytes: Uint8Array, recipe: string, name: string): Promise<TrainingState> {
  const { metadata, tensors, data } = decodeSafetensors(bytes, name);
  if (metadata.schema !== CHECKPOINT_SCHEMA || metadata.recipe !== recipe) {
    throw new TrainingError(`${name}: is the checkpoint of another training`, {
      hint: 'Repeat the options of that training, or start afresh without it.',
      option: 'resume',
    });
  }
  const { step = '' } = metadata;
  if (!/^\d+$/.test(step)) throw new ModelError(`${name}: its step is "${step}", not a number of steps`);
  if ((await digestOf(step, data)) !== metadata.sha256) {
    throw new ModelError(`${name}: it was altered or damaged (its SHA-256 does not fit)`, {
      hint: 'Start afresh without it.',
      option: 'resume',
    });
  }
  return { step: Number(step), tensors };
}
