import * as v from 'valibot';
import { DataError, ModelError } from '../core/errors.js';
import { checkFields, checkFunction, optional } from '../core/kindChecks.js';
import { type CodeOrigin, checkOrigin, headKinds, headOfWeights, type LinearHead } from './linearHead.js';
import { label, packFloats, positive, readSaved, unpackFloats } from './saved.js';

const HEAD_SCHEMA = 'fewshot.head/1';
const WHAT = 'the saved linear head';

const headSchema = v.strictObject({
  schema: v.literal(HEAD_SCHEMA),
  kind: v.picklist(headKinds),
  regularization: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  /** SHA-256 of the encoder; absent if none was named. */
  extractor: v.optional(v.string()),
  /** Number of values of a code. */
  dimension: positive,
  /** In the order of the rows. */
  classes: v.pipe(v.array(label), v.minLength(1)),
  /** Weights, class by class: float32, little-endian, base64. */
  weights: v.string(),
  /** One for each class: float32, little-endian, base64. */
  biases: v.string(),
});

/** A linear head as JSON. */
export type HeadJson = v.InferOutput<typeof headSchema>;

/**
 * Saves a linear head: its weights, fitted if codes were added since, and the digest of its encoder. Its codes are not saved.
 *
 * ```ts
 * localStorage.setItem('head', JSON.stringify(headToJSON(head)));
 * ```
 *
 * @throws UsageError for a head without codes
 */
export function headToJSON(head: LinearHead): HeadJson {
  checkFields('headToJSON: the head', head, { weights: checkFunction });
  const { classes, dimension, weights, biases } = head.weights();
  return {
    schema: HEAD_SCHEMA,
    kind: head.kind,
    regularization: head.regularization,
    ...(head.digest === undefined ? {} : { extractor: head.digest }),
    dimension,
    classes: [...classes],
    weights: packFloats(weights),
    biases: packFloats(biases),
  };
}

/** Details of how a head is read. */
export interface ReadHeadOptions {
  /** Encoder of the codes that it will be asked about: must be the one that the head was made with. Default: not checked. */
  readonly extractor?: CodeOrigin | undefined;
}

/**
 * Restores a saved linear head: it predicts what the saved one did. It has no codes, so it does not learn on.
 *
 * ```ts
 * const head = headFromJSON(JSON.parse(localStorage.getItem('head') ?? ''), { extractor });
 * ```
 *
 * @param json the parsed JSON
 * @throws DataError when it is of another version or damaged; ModelError when it was made with another encoder
 */
export function headFromJSON(json: unknown, options: ReadHeadOptions = {}): LinearHead {
  const { extractor } = checkFields('headFromJSON', options, { extractor: optional(checkOrigin) });
  const {
    kind,
    regularization,
    extractor: digest,
    dimension,
    classes,
    weights,
    biases,
  } = readSaved(json, HEAD_SCHEMA, headSchema, WHAT);
  if (extractor !== undefined && digest !== undefined && digest !== extractor.digest) {
    throw new ModelError(
      `${WHAT} was made with encoder ${digest.slice(0, 12)}…, but encoder ${extractor.digest.slice(0, 12)}… was given`,
      { hint: 'Give the encoder that it was made with, or fit a head to codes of this one.' },
    );
  }
  if (extractor !== undefined && dimension !== extractor.latentSize) {
    throw new ModelError(
      `${WHAT} takes codes of ${dimension} values, but the encoder makes ${extractor.latentSize}`,
    );
  }
  if (new Set(classes.map(String)).size < classes.length) {
    throw new DataError(`${WHAT} is wrong at classes: one is named twice`);
  }
  return headOfWeights(
    { kind, regularization, digest },
    {
      classes,
      dimension,
      weights: unpackFloats(weights, classes.length * dimension, `${WHAT}: its weights`),
      biases: unpackFloats(biases, classes.length, `${WHAT}: its biases`),
    },
  );
}
