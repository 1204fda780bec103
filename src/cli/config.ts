import { open, stat } from 'node:fs/promises';
import * as v from 'valibot';
import { UsageError } from '../core/errors.js';
import { reasonOf } from '../node/files.js';
import { augmentTable } from './options/augmentOptions.js';
import { common, ownDataOptions } from './options/common.js';
import { evalTable } from './options/evalOptions.js';
import { text } from './options/kinds.js';
import type { ConfigPart, Flags, Options, Table } from './options/option.js';
import { trainTable } from './options/trainOptions.js';

/** File that commands read by themselves if the current folder has one. */
export const CONFIG_FILE = 'fewshot.config.json';
export const CONFIG_SCHEMA = 'fewshot.config/1';

/** A key that may be left out, with its help in an editor. */
const key = (help: string, schema: v.GenericSchema) => v.exactOptional(v.pipe(schema, v.description(help)));

/** Keys for the options that pass, in their order. */
const keysOf = (options: Options, passes: (shared: boolean) => boolean) =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, { kind, config, shared = false }]) =>
      config === undefined || !passes(shared) ? [] : [[name, key(config, kind.schema)] as const],
    ),
  );
const partOf = ({ options }: { readonly options: Options }) =>
  v.strictObject(keysOf(options, (shared) => !shared));

/** Settings of one command alone, by its name. */
export const configParts = {
  train: partOf(trainTable),
  augment: partOf(augmentTable),
  eval: partOf(evalTable),
};

/** Schema of `fewshot.config.json`: options of the command line, by their names in the API (docs/files.md). */
export const configSchema = v.strictObject({
  $schema: key('Where an editor finds what this file may hold.', text.schema),
  schema: v.pipe(v.literal(CONFIG_SCHEMA), v.description('The release of this format.')),
  ...keysOf({ ...ownDataOptions, ...common }, (shared) => shared),
  train: key('Options of fewshot train.', configParts.train),
  augment: key('Options of fewshot augment.', configParts.augment),
  eval: key('Options of fewshot eval, and of fewshot report for its own evaluation.', configParts.eval),
});

type OptionsOf<One> = One extends Table<infer All> ? All : never;
type Shared = Flags<Pick<typeof common, 'data' | 'model' | 'seed' | 'backend'> & typeof ownDataOptions>;

/** Settings in a `fewshot.config.json`. */
export interface Config extends Partial<Shared> {
  readonly $schema?: string;
  readonly schema: typeof CONFIG_SCHEMA;
  readonly train?: ConfigPart<OptionsOf<typeof trainTable>>;
  readonly augment?: ConfigPart<OptionsOf<typeof augmentTable>>;
  readonly eval?: ConfigPart<OptionsOf<typeof evalTable>>;
}

/** Most characters of a file that a message repeats. */
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
  // The schema only checks, so the file's own order of keys stays.
  if (result.success) return json as unknown as Config;
  const [issue] = result.issues;
  throw new UsageError(`${file}: ${v.getDotPath(issue)} ${issue.message}, not ${shown(issue.input)}`, {
    hint: 'The keys are the flags in camel case: fewshot help train, augment or eval lists their values.',
  });
}

const beginning = `Begin with { "schema": "${CONFIG_SCHEMA}" }; fewshot init writes a complete one.`;

function jsonOf(bytes: Uint8Array, file: string): unknown {
  let text: string;
  try {
    // This also drops the byte order mark that some editors of Windows begin a file with.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${file} is not text in UTF-8`, { hint: 'Save it as UTF-8.', cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The message repeats some of the file, which must not steer a terminal.
    const reason = (cause as Error).message.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
    throw new UsageError(`${file} is not JSON: ${reason}`, {
      hint: 'JSON has double quotes, no comments, and no comma before a closing bracket.',
      cause,
    });
  }
}

/** Refuses unknown keys. The schema would take names that every object has, such as `toString`, for known ones. */
function assertKeys(file: string, json: object, part: string, known: object): void {
  const unknown = Object.keys(json).find((key) => !Object.hasOwn(known, key));
  if (unknown === undefined) return;
  throw new UsageError(`${file}: there is no key ${shown(unknown)}${part === '' ? '' : ` in ${part}`}`, {
    hint: `Known: ${Object.keys(known).join(', ')}.`,
  });
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** A value in a message. Lists and objects may be too deep to be written. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

const MOST_BYTES = 1 << 16;

/**
 * The config in a file, or nothing if there is no such file.
 *
 * @throws UsageError that names the file when it cannot be read or is no config
 */
export async function readConfig(file: string): Promise<Config | undefined> {
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`cannot read the config ${file}: ${reason}`, {
      hint: 'Correct it, name another with --config, or leave it out with --no-config.',
      cause,
    });
  let bytes: Uint8Array;
  try {
    const about = await stat(file);
    // Opening a pipe would wait for somebody to write to it.
    if (!about.isFile()) throw refuse('it is not a file');
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
