import * as v from 'valibot';
import { pathNames } from '../augment/index.js';
import { backendNames } from '../backend/index.js';
import { cnnPresets, knnEngineNames } from '../classify/index.js';
import { fits } from '../data/index.js';
import { isInsidePath } from '../data/insidePath.js';
import { armNames, protocolNames } from '../evaluate/index.js';
import { learnerNames } from '../models/index.js';

/** The file that commands read by themselves, where the current folder has one. */
export const CONFIG_FILE = 'fewshot.config.json';
export const CONFIG_SCHEMA = 'fewshot.config/1';

const MODEL = /\.safetensors$/i;

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const message = `must be a whole number ${bounds}`;
  return v.pipe(
    v.number(message),
    v.safeInteger(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
};
const within = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};
const yesOrNo = v.boolean('must be true or false');
const oneOf = <const Names extends readonly string[]>(names: Names) =>
  v.picklist(names, `must be one of ${names.join(', ')}`);
const someOf = <const Names extends readonly string[]>(names: Names) => {
  const message = `must be a list of some of ${names.join(', ')}`;
  return v.pipe(v.array(v.picklist(names, message), message), v.nonEmpty(message), v.maxLength(100, message));
};

const TEXT = 'must be text of up to 4,096 characters, without control characters';
const text = v.pipe(v.string(TEXT), v.regex(/^\P{Cc}{1,4096}$/u, TEXT));
/** Data come from a network only where somebody types so. */
const model = v.pipe(
  text,
  v.check((name) => !/^\w+:\/\//.test(name), 'must be a shipped name or the path of a model file'),
);
/** A file that is found lying about in a folder must not say what else is written where. */
const output = v.pipe(
  text,
  v.check(
    (path) => isInsidePath(path.replace(/^\.\//, '')) && MODEL.test(path),
    'must be the path of a .safetensors file in the folder of the config or below',
  ),
);

/** What every command understands that has such a flag. */
const shared = {
  data: v.exactOptional(text),
  fit: v.exactOptional(oneOf(fits)),
  skipBad: v.exactOptional(yesOrNo),
  model: v.exactOptional(model),
  seed: v.exactOptional(whole(0)),
  backend: v.exactOptional(oneOf(['auto', ...backendNames])),
};

const train = v.strictObject({
  learner: v.exactOptional(oneOf(learnerNames)),
  from: v.exactOptional(model),
  out: v.exactOptional(output),
  size: v.exactOptional(whole(8, 512)),
  channels: v.exactOptional(v.picklist([1, 3], 'must be 1 or 3')),
  filters: v.exactOptional(
    v.pipe(
      v.array(whole(1), 'must be a list of whole numbers'),
      v.nonEmpty('must name at least one number'),
      v.maxLength(16, 'must name at most 16 numbers'),
    ),
  ),
  latent: v.exactOptional(whole(2)),
  epochs: v.exactOptional(whole(1)),
  batchSize: v.exactOptional(whole(2)),
  learningRate: v.exactOptional(within(1e-7, 1)),
  shift: v.exactOptional(whole(0)),
  warp: v.exactOptional(yesOrNo),
  limit: v.exactOptional(whole(2)),
  base: v.exactOptional(whole(0)),
});

const augment = v.strictObject({
  perClass: v.exactOptional(whole(1)),
  path: v.exactOptional(oneOf(pathNames)),
  batchSize: v.exactOptional(whole(1)),
  workers: v.exactOptional(whole(1)),
  labelCheck: v.exactOptional(yesOrNo),
  includeOriginals: v.exactOptional(yesOrNo),
});

const evaluation = v.strictObject({
  split: v.exactOptional(oneOf(['test', 'validation'])),
  protocol: v.exactOptional(oneOf(protocolNames)),
  ways: v.exactOptional(whole(2)),
  shots: v.exactOptional(whole(1)),
  queries: v.exactOptional(
    v.union([v.literal('all'), whole(1)], 'must be "all" or a whole number of at least 1'),
  ),
  episodes: v.exactOptional(whole(1)),
  arms: v.exactOptional(someOf(armNames)),
  classifiers: v.exactOptional(someOf(['knn', 'cnn'])),
  cnn: v.exactOptional(oneOf(Object.keys(cnnPresets))),
  cnnSteps: v.exactOptional(whole(1)),
  encoderSteps: v.exactOptional(whole(1)),
  k: v.exactOptional(whole(1)),
  knnEngine: v.exactOptional(oneOf(knnEngineNames)),
  perClass: v.exactOptional(whole(1)),
  mix: v.exactOptional(within(0, 1)),
  trust: v.exactOptional(within(0, 1)),
  workers: v.exactOptional(whole(1)),
});

/** Settings of one command alone, by its name. */
export const configParts = { train, augment, eval: evaluation };

/** What `fewshot.config.json` may hold: flags of the command line, in camel case (docs/own-images.md). */
export const configSchema = v.strictObject({
  schema: v.literal(CONFIG_SCHEMA),
  ...shared,
  train: v.exactOptional(train),
  augment: v.exactOptional(augment),
  eval: v.exactOptional(evaluation),
});

export type Config = v.InferOutput<typeof configSchema>;
