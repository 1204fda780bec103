import { open, stat } from 'node:fs/promises';
import * as v from 'valibot';
import { pathNames } from '../augment/paths.js';
import { cnnPresets } from '../classify/convNet.js';
import { knnEngineNames } from '../classify/knnEngine.js';
import { UsageError } from '../core/errors.js';
import { fits } from '../data/resize.js';
import { armNames } from '../evaluate/arms/arms.js';
import { protocolNames } from '../evaluate/protocols.js';
import { reasonOf } from '../node/files.js';
import { isInsidePath } from '../node/images/imageFolder.js';
import { backendNames } from '../node/selectBackend.js';
import { learnerNames } from '../training/learners/registry.js';

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

/** A key that may be left out, with what an editor says of it. */
const key = <Schema extends v.GenericSchema>(says: string, schema: Schema) =>
  v.exactOptional(v.pipe(schema, v.description(says)));

/** What every command understands that has such a flag. */
const shared = {
  data: key(
    'Images: an image folder, a table (.csv, .jsonl), .npz or IDX files, or a data set by name. Paths are relative to this file.',
    text,
  ),
  fit: key('How images are brought to a size: whole between black bars, or the middle part.', oneOf(fits)),
  skipBad: key('Pass over images that cannot be read, and list them.', yesOrNo),
  model: key('Path of a model file, or the name of a shipped one.', model),
  seed: key('Seed of everything random.', whole(0)),
  backend: key('Where TensorFlow.js computes.', oneOf(['auto', ...backendNames])),
};

const train = v.strictObject({
  learner: key('What learns: its objective.', oneOf(learnerNames)),
  from: key('A model to begin with in place of random weights.', model),
  out: key('Model file to write: in this folder or below, ending in .safetensors.', output),
  size: key('Height and width that images are brought to, in pixels.', whole(8, 512)),
  channels: key('1 for gray, 3 for colour.', v.picklist([1, 3], 'must be 1 or 3')),
  filters: key(
    'Filters of the convolutions; each halves the image.',
    v.pipe(
      v.array(whole(1), 'must be a list of whole numbers'),
      v.nonEmpty('must name at least one number'),
      v.maxLength(16, 'must name at most 16 numbers'),
    ),
  ),
  latent: key('Values of a code.', whole(2)),
  epochs: key('Passes over the images.', whole(1)),
  batchSize: key('Images of a training step.', whole(2)),
  learningRate: key("Adam's learning rate at the start; it falls to zero.", within(1e-7, 1)),
  shift: key('Most pixels that images are moved by in training.', whole(0)),
  warp: key('Turn, stretch, slant and bend images a little in training.', yesOrNo),
  limit: key('Learn from the first so many images only.', whole(2)),
  base: key('Codes of each class to keep in the model, for transport, tangent and restyle.', whole(0)),
});

const augment = v.strictObject({
  perClass: key('Images to make of each class.', whole(1)),
  path: key('Way from one code to another.', oneOf(pathNames)),
  batchSize: key('Images decoded at a time.', whole(1)),
  workers: key('Threads.', whole(1)),
  labelCheck: key('Draw images anew that look like another class.', yesOrNo),
  detail: key("Share of a parent's detail that is laid back over a drawing.", within(0, 1)),
  includeOriginals: key('Copy the real images beside those that are made.', yesOrNo),
});

const evaluation = v.strictObject({
  split: key('Where queries come from; tune on validation.', oneOf(['test', 'validation'])),
  protocol: key('What the encoder may have seen.', oneOf(protocolNames)),
  ways: key('Classes of an episode.', whole(2)),
  shots: key('Labelled images per class.', whole(1)),
  queries: key(
    'Query images per class, or all.',
    v.union([v.literal('all'), whole(1)], 'must be "all" or a whole number of at least 1'),
  ),
  episodes: key('Episodes to average over.', whole(1)),
  arms: key('Ways to enlarge the labelled images, which are compared.', someOf(armNames)),
  classifiers: key('What learns from them.', someOf(['knn', 'cnn'])),
  cnn: key('Network of the CNN.', oneOf(Object.keys(cnnPresets))),
  cnnSteps: key('Batches that the CNN trains on.', whole(1)),
  encoderSteps: key("Batches that an episode's encoder trains on under shots-only.", whole(1)),
  k: key('Neighbours of the KNN.', whole(1)),
  knnEngine: key('Implementation of the KNN.', oneOf(knnEngineNames)),
  perClass: key('Images that an arm makes per class.', whole(1)),
  mix: key('Share of hallucinations in a batch of the CNN.', within(0, 1)),
  trust: key("Share of the encoder's opinion in labels of arms with +labels.", within(0, 1)),
  detail: key("Share of a parent's detail that is laid back over hallucinations.", within(0, 1)),
  workers: key('Threads.', whole(1)),
});

/** Settings of one command alone, by its name. */
export const configParts = { train, augment, eval: evaluation };

/** What `fewshot.config.json` may hold: flags of the command line, in camel case (docs/own-images.md). */
export const configSchema = v.strictObject({
  $schema: key('Where an editor finds what this file may hold.', text),
  schema: v.pipe(v.literal(CONFIG_SCHEMA), v.description('The release of this format.')),
  ...shared,
  train: key('What fewshot train takes.', train),
  augment: key('What fewshot augment takes.', augment),
  eval: key('What fewshot eval takes, and fewshot report of its own evaluation.', evaluation),
});

export type Config = v.InferOutput<typeof configSchema>;

/** Longest piece of a file that a message repeats. */
const LONGEST = 60;

/**
 * The config in the bytes of a file.
 *
 * @throws UsageError that names the file, and the key if it is one
 */
export function parseConfig(bytes: Uint8Array, file: string): Config {
  const json = jsonOf(bytes, file);
  if (!isObject(json)) {
    throw new UsageError(`${file}: a config is an object, not ${shown(json)}`, { hint: beginning });
  }
  const found = json.schema;
  if (found !== CONFIG_SCHEMA) {
    const version = found === undefined ? 'has no "schema"' : `has the schema ${shown(found)}`;
    throw new UsageError(`${file} ${version}, but this release reads ${CONFIG_SCHEMA}`, { hint: beginning });
  }
  assertKeys(file, json, '', configSchema.entries);
  for (const [part, { entries }] of Object.entries(configParts)) {
    const own = json[part];
    if (own === undefined) continue;
    if (!isObject(own)) {
      throw new UsageError(`${file}: ${part} must be an object, not ${shown(own)}`, {
        hint: `Its keys: ${Object.keys(entries).join(', ')}.`,
      });
    }
    assertKeys(file, own, part, entries);
  }
  const result = v.safeParse(configSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UsageError(`${file}: ${v.getDotPath(issue)} ${issue.message}, not ${shown(issue.input)}`, {
    hint: 'The keys are those of the flags: fewshot help train, augment or eval says what each takes.',
  });
}

const beginning = `Begin with { "schema": "${CONFIG_SCHEMA}" }; fewshot init writes a whole one.`;

function jsonOf(bytes: Uint8Array, file: string): unknown {
  let text: string;
  try {
    // This also takes away the byte order mark that some editors of Windows begin a file with.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${file} is not text in UTF-8`, { hint: 'Save it as UTF-8.', cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The message repeats some of the file, which is not to steer a terminal.
    const reason = (cause as Error).message.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
    throw new UsageError(`${file} is not JSON: ${reason}`, {
      hint: 'JSON has double quotes, no comments, and no comma before a closing bracket.',
      cause,
    });
  }
}

/** The schema would take names that every object has, such as `toString`, for keys it knows. */
function assertKeys(file: string, json: object, part: string, known: object): void {
  const unknown = Object.keys(json).find((key) => !Object.hasOwn(known, key));
  if (unknown === undefined) return;
  throw new UsageError(`${file}: there is no key ${shown(unknown)}${part === '' ? '' : ` in ${part}`}`, {
    hint: `Known: ${Object.keys(known).join(', ')}.`,
  });
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** A value as messages show it. Lists and objects may be deeper than can be written. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

const MOST_BYTES = 1 << 16;

/**
 * The config in a file, or nothing where there is no such file.
 *
 * @throws UsageError that names the file when it cannot be read or is no config
 */
export async function readConfig(file: string): Promise<Config | undefined> {
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`cannot read the config ${file}: ${reason}`, {
      hint: 'Put it right, name another with --config, or leave it aside with --no-config.',
      cause,
    });
  let bytes: Uint8Array;
  try {
    const about = await stat(file);
    // Opening a pipe would wait for somebody to write to it.
    if (!about.isFile()) throw refuse('it is no file');
    bytes = await readUpTo(MOST_BYTES + 1, file);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw refuse(reasonOf(cause), cause);
  }
  if (bytes.length > MOST_BYTES) throw refuse(`it is larger than ${MOST_BYTES / 1024} KiB`);
  return parseConfig(bytes, file);
}

async function readUpTo(count: number, path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(count);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, count - length);
      length += bytesRead;
      if (bytesRead === 0 || length === count) return bytes.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
