import * as v from 'valibot';
import { backgroundSchema } from '../core/background.js';
import { fits } from '../data/resize.js';
import { architectureSchema } from './architecture.js';

/** Version of the model files that this release reads and writes. */
export const MODEL_SCHEMA = 'fewshot.model/1';

const label = v.union([v.string(), v.number()]);

/** Schema of a model's card. */
export const cardSchema = v.strictObject({
  /** Name under which the model is known: `mnist`. */
  name: v.string(),
  /** The objective it was trained with: `atnl`. */
  learner: v.string(),
  architecture: architectureSchema,
  /** What the encoder has seen. A protocol that forbids it refuses the model. */
  data: v.strictObject({
    name: v.string(),
    split: v.string(),
    images: v.number(),
    classes: v.array(label),
    labelled: v.boolean(),
    /** Classes composed of those images, invented symbols, and letters and signs of fonts that were learnt beside them; absent where none were. */
    composed: v.exactOptional(v.number()),
    invented: v.exactOptional(v.number()),
    glyphs: v.exactOptional(v.number()),
    /** How images of other sizes came into the model's shape; absent where all had it. */
    fit: v.exactOptional(v.picklist(fits)),
    /** Color behind transparency and in bars and corners; absent where it was black. */
    background: v.exactOptional(backgroundSchema),
    /** True if images in color were made gray; absent where they were gray, or stayed in color. */
    madeGray: v.exactOptional(v.boolean()),
    /** How images were found and grouped, so that every command cuts them alike; absent where nothing was asked. */
    nested: v.exactOptional(v.boolean()),
    groupBy: v.exactOptional(v.string()),
    layout: v.exactOptional(v.picklist(['nhwc', 'nchw'])),
  }),
  /** Protocol that the training data fit. */
  protocol: v.string(),
  /** The command that makes this file again. */
  command: v.string(),
  seed: v.number(),
  epochs: v.number(),
  batchSize: v.number(),
  learningRate: v.number(),
  /** Images of one class that stood together in a batch; absent where the order was random. */
  groupSize: v.exactOptional(v.number()),
  /** Largest random shift of a training image, in pixels. */
  shift: v.number(),
  /** Whether training images were warped at random; absent where they were not. */
  warp: v.exactOptional(v.boolean()),
  /** Codes of each class in the file, at most; absent where it holds none. */
  base: v.exactOptional(v.number()),
  /** The model that training began with; absent where it began from random weights. */
  from: v.exactOptional(
    v.strictObject({
      name: v.string(),
      sha256: v.string(),
      /** The command that makes that model again. */
      command: v.exactOptional(v.string()),
    }),
  ),
  /** Options of the objective. */
  objective: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  /** What was measured after training; each name says on what. */
  scores: v.record(v.string(), v.number()),
  versions: v.record(v.string(), v.string()),
});

/** What a model is and how it came to be: the machine-readable part of a model card. */
export type ModelCard = v.InferOutput<typeof cardSchema>;
