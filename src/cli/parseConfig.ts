import * as v from 'valibot';
import { UsageError } from '../core/index.js';
import { CONFIG_SCHEMA, type Config, configParts, configSchema } from './configSchema.js';

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
