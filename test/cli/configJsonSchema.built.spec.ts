import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configParts, configSchema } from '../../src/cli/config.js';
import { fits } from '../../src/data/resize.js';

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

const file = new URL('../../dist/fewshot.config.schema.json', import.meta.url);
const schema = JSON.parse(await readFile(file, 'utf8')) as JsonSchema;

describe('the JSON Schema of fewshot.config.json', () => {
  it('has the keys that commands read, and allows no others', () => {
    expect(Object.keys(schema.properties!)).toEqual(Object.keys(configSchema.entries));
    expect(schema).toMatchObject({ required: ['schema'], additionalProperties: false });
    for (const [part, { entries }] of Object.entries(configParts)) {
      const own = schema.properties![part]!;
      expect(Object.keys(own.properties!)).toEqual(Object.keys(entries));
      expect(own).toMatchObject({ required: [], additionalProperties: false });
    }
  });

  it('explains every key', () => {
    const parts = [schema, ...Object.keys(configParts).map((part) => schema.properties![part]!)];
    for (const { properties } of parts) {
      for (const [key, { description }] of Object.entries(properties!)) {
        expect(description, key).toMatch(/^[A-Z0-9].*\.$/);
      }
    }
  });

  it('bounds values as commands do', () => {
    expect(schema.properties).toMatchObject({
      data: { type: 'string', pattern: '^\\P{Cc}{1,4096}$' },
      fit: { enum: [...fits] },
      seed: { type: 'integer', minimum: 0 },
      train: {
        properties: { size: { type: 'integer', minimum: 8, maximum: 512 }, channels: { enum: [1, 3] } },
      },
      eval: { properties: { queries: { anyOf: [{ const: 'all' }, { type: 'integer', minimum: 1 }] } } },
    });
  });
});
