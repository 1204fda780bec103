import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { firstNonFinite, refuse } from '../core/checks.js';
import { ModelError } from '../core/errors.js';
import { checkFields, checkFloats, checkOptionBag, checkText, listOf, whole } from '../core/kindChecks.js';
import { isPromise } from '../core/shown.js';
import { type Autoencoder, countWeights } from './architecture.js';
import { type BaseCodes, baseTensors, takeBaseCodes } from './baseCodes.js';
import { cardSchema, MODEL_SCHEMA, type ModelCard } from './modelCard.js';
import {
  checkTensors,
  decodeSafetensors,
  encodeSafetensors,
  packTensors,
  type StoredTensor,
  sha256,
} from './safetensors.js';

/** A trained autoencoder with its card. */
export interface Model extends Autoencoder {
  readonly card: ModelCard;
  /** SHA-256 of the stored weights and base codes, in hexadecimal, which images record as their origin. */
  readonly digest: string;
  /** Codes of training images, if its file holds some; the path `transport` needs them. */
  readonly base?: BaseCodes;
}

/** Anything with weights. */
export type Weighted = Pick<Autoencoder, 'weights'>;

/** Throws a `UsageError` unless a value has weights. */
function checkWeighted(net: unknown, of: string): void {
  if ((net as Partial<Weighted> | null | undefined)?.weights instanceof Map) return;
  refuse(
    'the net',
    net,
    'an autoencoder or another net with weights',
    of,
    isPromise(net) ? 'Await it.' : undefined,
  );
}

/** The weights as plain arrays, in their order. */
export function readWeights(net: Weighted): Map<string, StoredTensor> {
  checkWeighted(net, 'readWeights');
  return new Map(
    [...net.weights].map(([name, weight]) => [
      name,
      { shape: weight.shape, values: weight.dataSync() as Float32Array },
    ]),
  );
}

/** Throws a `ModelError` that names the first weight that does not fit. */
function assertFit(net: Weighted, stored: ReadonlyMap<string, StoredTensor>, name: string): void {
  const unknown = [...stored.keys()].find((key) => !net.weights.has(key));
  if (unknown !== undefined)
    throw new ModelError(`${name}: holds a weight ${unknown} that its architecture lacks`);
  for (const [key, weight] of net.weights) {
    const tensor = stored.get(key);
    if (tensor === undefined) throw new ModelError(`${name}: the weight ${key} is missing`);
    if (tensor.shape.join() !== weight.shape.join()) {
      throw new ModelError(
        `${name}: ${key} is [${tensor.shape}], but the architecture needs [${weight.shape}]`,
      );
    }
    if (firstNonFinite(tensor.values) >= 0) {
      throw new ModelError(`${name}: ${key} holds values that are not finite`);
    }
  }
}

/**
 * Puts stored weights into an autoencoder or another net. Throws a `ModelError` that names the first weight that does not
 * fit; the net is then as it was.
 */
export function writeWeights(net: Weighted, stored: ReadonlyMap<string, StoredTensor>, name: string): void {
  checkWeighted(net, 'writeWeights');
  checkTensors(stored, 'writeWeights');
  checkText('name', name, 'writeWeights');
  assertFit(net, stored, name);
  for (const [key, weight] of net.weights) {
    tf.tidy(() => weight.assign(tf.tensor(stored.get(key)!.values, weight.shape)));
  }
}

/** A model file: weights and base codes in half precision, the card, and a digest of the former two. */
export async function encodeModel(
  autoencoder: Autoencoder,
  card: ModelCard,
  base?: BaseCodes,
): Promise<Uint8Array> {
  checkOptionBag('the card', card);
  if (base !== undefined) {
    checkFields('the base codes', base, { codes: listOf(checkFloats), classes: listOf(listOf(whole(0))) });
  }
  const tensors = new Map([...readWeights(autoencoder), ...(base === undefined ? [] : baseTensors(base))]);
  const digest = await sha256(packTensors(tensors, 'F16'));
  return encodeSafetensors(
    tensors,
    { schema: MODEL_SCHEMA, sha256: digest, card: JSON.stringify(card) },
    'F16',
  );
}

function readCard(text: string | undefined, name: string): ModelCard {
  let card: unknown;
  try {
    card = JSON.parse(text ?? '');
  } catch (cause) {
    throw new ModelError(`${name}: its card is not JSON`, { hint: 'Copy or train the model again.', cause });
  }
  const parsed = v.safeParse(cardSchema, card);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new ModelError(
      `${name}: its card is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`,
    );
  }
  return parsed.output;
}

/**
 * The model in the bytes of a model file. `name` stands in the errors. Throws a `ModelError` when the file is
 * truncated, altered (its digest does not fit), or of another version.
 */
export async function decodeModel(bytes: Uint8Array, name: string): Promise<Model> {
  checkText('name', name, 'decodeModel');
  const { metadata, tensors, data } = decodeSafetensors(bytes, name);
  if (metadata.schema !== MODEL_SCHEMA) {
    throw new ModelError(
      `${name}: is of version ${metadata.schema ?? 'unknown'}, but this release reads ${MODEL_SCHEMA}`,
      {
        hint: 'Train the model again, or use the release that wrote it.',
      },
    );
  }
  const digest = await sha256(data);
  if (digest !== metadata.sha256) {
    throw new ModelError(
      `${name}: its weights were altered (SHA-256 ${digest.slice(0, 12)}… instead of ${metadata.sha256?.slice(0, 12)}…)`,
      {
        hint: 'Copy or train the model again.',
      },
    );
  }
  const card = readCard(metadata.card, name);
  const held = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
  const needed = countWeights(card.architecture);
  // No digest guards the card, and nets as it describes them may take any amount of memory.
  if (needed > 2 * held) {
    throw new ModelError(`${name}: its architecture has ${needed} weights, but it holds ${held} values`, {
      hint: 'Copy or train the model again.',
    });
  }
  // Loaded here: importing the library stays quick, and all of TensorFlow.js is there once there is a model.
  const [{ convolutionalAutoencoder }] = await Promise.all([
    import('./convolutional.js'),
    import('@tensorflow/tfjs'),
  ]);
  const autoencoder = convolutionalAutoencoder(card.architecture, 0);
  try {
    const weights = new Map(tensors);
    const base = takeBaseCodes(weights, card.architecture.latentSize, name);
    writeWeights(autoencoder, weights, name);
    return { ...autoencoder, card, digest, ...(base === undefined ? {} : { base }) };
  } catch (error) {
    autoencoder.dispose();
    throw error;
  }
}
