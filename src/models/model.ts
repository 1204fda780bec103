import * as tf from '@tensorflow/tfjs-core';
import { refuse } from '../core/checks.js';
import { ModelError } from '../core/errors.js';
import { checkOptionBag, checkText } from '../core/kindChecks.js';
import { isPromise } from '../core/shown.js';
import { completeTfjs } from '../core/tfjs.js';
import { type Autoencoder, countWeights } from './architecture.js';
import { type BaseCodes, baseTensors, checkBaseCodes, takeBaseCodes } from './baseCodes.js';
import { cardSchema, MODEL_SCHEMA, type ModelCard } from './modelCard.js';
import { assertWeights, decodeModelFile, encodeModelFile } from './modelFile.js';
import { checkTensors, type StoredTensor } from './safetensors.js';

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

/**
 * Puts stored weights into an autoencoder or another net. Throws a `ModelError` that names the first weight that does not
 * fit; the net is then as it was.
 */
export function writeWeights(net: Weighted, stored: ReadonlyMap<string, StoredTensor>, name: string): void {
  checkWeighted(net, 'writeWeights');
  checkTensors(stored, 'writeWeights');
  checkText('name', name, 'writeWeights');
  assertWeights(net.weights, stored, name);
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
  if (base !== undefined) checkBaseCodes(base);
  const tensors = new Map([...readWeights(autoencoder), ...(base === undefined ? [] : baseTensors(base))]);
  return encodeModelFile(tensors, MODEL_SCHEMA, card, 'F16');
}

/**
 * The model in the bytes of a model file. `name` stands in the errors. Throws a `ModelError` when the file is
 * truncated, altered (its digest does not fit), or of another version.
 */
export async function decodeModel(bytes: Uint8Array, name: string): Promise<Model> {
  checkText('name', name, 'decodeModel');
  const { card, tensors, digest } = await decodeModelFile(bytes, name, MODEL_SCHEMA, cardSchema);
  const held = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
  const needed = countWeights(card.architecture);
  // No digest guards the card, and nets as it describes them may take any amount of memory.
  if (needed > 2 * held) {
    throw new ModelError(`${name}: its architecture has ${needed} weights, but it holds ${held} values`, {
      hint: 'Copy or train the model again.',
    });
  }
  // Loaded here: importing the library stays quick.
  const [{ emptyAutoencoder }] = await Promise.all([import('./convolutional.js'), completeTfjs()]);
  const autoencoder = emptyAutoencoder(card.architecture);
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
