import * as v from 'valibot';
import { firstNonFinite } from '../core/checks.js';
import { ModelError } from '../core/errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Precisions,
  packTensors,
  type StoredTensor,
  sha256,
} from './safetensors.js';

const AGAIN = 'Copy or train the model again.';

/** Other kinds of model files, and what reads them. */
const readers: Readonly<Record<string, string>> = {
  'fewshot.model/1': 'It is an autoencoder: load it by loadModel.',
  'fewshot.extractor/1': 'It gives features of photos: load it by loadExtractor.',
};

/** A model file: tensors, a card, and a digest of the former. */
export async function encodeModelFile(
  tensors: ReadonlyMap<string, StoredTensor>,
  schema: string,
  card: unknown,
  precisions: Precisions,
): Promise<Uint8Array> {
  const digest = await sha256(packTensors(tensors, precisions));
  return encodeSafetensors(tensors, { schema, sha256: digest, card: JSON.stringify(card) }, precisions);
}

/** What a model file holds, once its digest fits. */
export interface ModelFile<Card> {
  readonly card: Card;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** SHA-256 of the stored tensors, in hexadecimal. */
  readonly digest: string;
}

/** Reads a model file. Throws a `ModelError` when it is truncated, altered (its digest does not fit), or of another version. */
export async function decodeModelFile<Card>(
  bytes: Uint8Array,
  name: string,
  schema: string,
  cardSchema: v.GenericSchema<unknown, Card>,
): Promise<ModelFile<Card>> {
  const { metadata, tensors, data } = decodeSafetensors(bytes, name);
  if (metadata.schema !== schema) {
    throw new ModelError(
      `${name}: is of version ${metadata.schema ?? 'unknown'}, but this release reads ${schema}`,
      { hint: readers[metadata.schema ?? ''] ?? 'Train the model again, or use the release that wrote it.' },
    );
  }
  const digest = await sha256(data);
  if (digest !== metadata.sha256) {
    throw new ModelError(
      `${name}: its weights were altered (SHA-256 ${digest.slice(0, 12)}… instead of ${metadata.sha256?.slice(0, 12)}…)`,
      { hint: AGAIN },
    );
  }
  return { card: readCard(metadata.card, name, cardSchema), tensors, digest };
}

function readCard<Card>(
  text: string | undefined,
  name: string,
  schema: v.GenericSchema<unknown, Card>,
): Card {
  let card: unknown;
  try {
    card = JSON.parse(text ?? '');
  } catch (cause) {
    throw new ModelError(`${name}: its card is not JSON`, { hint: AGAIN, cause });
  }
  const parsed = v.safeParse(schema, card);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new ModelError(
      `${name}: its card is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`,
    );
  }
  return parsed.output;
}

/** Throws a `ModelError` that names the first stored tensor that does not fit the weights that a net needs. */
export function assertWeights(
  needed: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  stored: ReadonlyMap<string, StoredTensor>,
  name: string,
): void {
  const unknown = [...stored.keys()].find((key) => !needed.has(key));
  if (unknown !== undefined)
    throw new ModelError(`${name}: holds a weight ${unknown} that its architecture lacks`);
  for (const [key, { shape }] of needed) {
    const tensor = stored.get(key);
    if (tensor === undefined) throw new ModelError(`${name}: the weight ${key} is missing`);
    if (tensor.shape.join() !== shape.join()) {
      throw new ModelError(`${name}: ${key} is [${tensor.shape}], but the architecture needs [${shape}]`);
    }
    if (firstNonFinite(tensor.values) >= 0) {
      throw new ModelError(`${name}: ${key} holds values that are not finite`);
    }
  }
}
