/**
 * Writes what `fewshot.config.json` may hold as a JSON Schema, from the schema that commands check it by: editors then complete
 * and explain its keys. Runs at the end of `npm run build`.
 */
import { writeFile } from 'node:fs/promises';
import { toJsonSchema } from '@valibot/to-json-schema';
import { configSchema } from '../dist/cli/config.js';

const schema = toJsonSchema(configSchema, {
  // Whether a path leads out of the folder is for commands to see.
  ignoreActions: ['check'],
  // JSON Schema reads every pattern as Unicode.
  errorMode: 'ignore',
  overrideAction: ({ valibotAction, jsonSchema }) =>
    ({
      safe_integer: { ...jsonSchema, type: 'integer' },
      regex: { ...jsonSchema, pattern: valibotAction.requirement?.source },
    })[valibotAction.type],
});
await writeFile(
  new URL('../dist/fewshot.config.schema.json', import.meta.url),
  `${JSON.stringify({ ...schema, title: 'fewshot.config.json' }, null, 2)}\n`,
);
