import * as v from 'valibot';
import { checkShape } from '../core/image.js';
import { checkFields, checkFunction, fieldsOf, whole } from '../core/kindChecks.js';
import { type Cnn, createCnn } from './cnn.js';
import { type CnnPresetName, cnnPresets } from './cnnPresets.js';
import { joinWeights } from './convNet.js';
import { packFloats, positive, readSaved, unpackFloats } from './saved.js';

const CNN_SCHEMA = 'fewshot.cnn/1';
const WHAT = 'the saved CNN';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const shareBelowOne = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const cnnSchema = v.strictObject({
  schema: v.literal(CNN_SCHEMA),
  preset: v.picklist(Object.keys(cnnPresets) as CnnPresetName[]),
  shape: v.tuple([positive, positive, positive]),
  /** Number of classes. */
  classes: v.pipe(positive, v.minValue(2)),
  seed: v.number(),
  /** Recipe of further training. */
  recipe: v.strictObject({
    learningRate: v.pipe(v.number(), v.finite()),
    labelSmoothing: share,
    weightDecay: v.pipe(v.number(), v.finite()),
    /** The preset's where it is absent. */
    dropout: v.exactOptional(v.strictObject({ maps: shareBelowOne, hidden: shareBelowOne })),
  }),
  /** Number of weights. */
  parameters: positive,
  /** Kernel and bias of each layer in order, one after the other: float32, little-endian, base64. */
  weights: v.string(),
});

/** A CNN as JSON. */
export type CnnJson = v.InferOutput<typeof cnnSchema>;

/**
 * Saves a CNN: its weights bit by bit, and its options. The moments of its optimizer are not saved.
 *
 * ```ts
 * const cnn = createCnn({ shape: [28, 28, 1], classes: 10, seed: 1 });
 * localStorage.setItem('cnn', JSON.stringify(await cnnToJSON(cnn)));
 * ```
 */
export async function cnnToJSON(cnn: Cnn): Promise<CnnJson> {
  checkFields('cnnToJSON: the CNN', cnn, {
    options: fieldsOf({ shape: checkShape }),
    weights: checkFunction,
    parameters: whole(0),
  });
  const { preset, shape, classes, seed, ...recipe } = cnn.options;
  return {
    schema: CNN_SCHEMA,
    preset,
    shape: [...shape],
    classes,
    seed,
    recipe,
    parameters: cnn.parameters,
    weights: packFloats(joinWeights(await cnn.weights())),
  };
}

/**
 * Restores a saved CNN: on the same backend it predicts what the saved one did. Further training begins with fresh moments.
 * The caller disposes it.
 *
 * ```ts
 * const cnn = cnnFromJSON(JSON.parse(localStorage.getItem('cnn') ?? ''));
 * ```
 *
 * @param json the parsed JSON
 * @throws DataError when it is of another version or damaged
 */
export function cnnFromJSON(json: unknown): Cnn {
  const { preset, shape, classes, seed, recipe, parameters, weights } = readSaved(
    json,
    CNN_SCHEMA,
    cnnSchema,
    WHAT,
  );
  const values = unpackFloats(weights, parameters, `${WHAT}: its weights`);
  return createCnn({ preset, shape, classes, seed, ...recipe, weights: values });
}
