import { DataError } from '../../src/core/errors.js';
import { readResult } from '../../src/node/readResult.js';
import type { Exhibit, ResultHead } from './exhibit.js';
import { figure1 } from './figure1.js';
import { figure5 } from './figure5.js';
import { figure6 } from './figure6.js';
import type { Lab } from './lab.js';
import { resultSchemas } from './resultSchemas.js';
import { table1 } from './table1.js';
import { table2 } from './table2.js';

/** An exhibit with its measurement and drawing in one step, or drawn again from its file. */
const runnable = <Body extends object>(
  { schema, seeds, pieces, measure, extend, draw }: Exhibit<Body>,
  read: (file: string) => Promise<ResultHead & Body>,
) => ({
  schema,
  seeds,
  pieces,
  extensible: extend !== undefined,
  /** `before`: the file of a result to extend. */
  async make(lab: Lab, head: ResultHead, before?: string) {
    const body = before === undefined ? measure(lab) : extend!(lab, await read(before));
    const result = { ...head, ...(await body) };
    return { result, files: await draw(result) };
  },
  async redraw(file: string) {
    const result = await read(file);
    return draw(result).catch((cause) => {
      if (!(cause instanceof DataError)) throw cause;
      throw new DataError(`${file} cannot be drawn: ${cause.message}`, {
        cause,
        hint: cause.hint ?? 'Make it again with `fewshot reproduce`.',
      });
    });
  },
});

const stored = <Name extends keyof typeof resultSchemas>(file: string, name: Name) =>
  readResult(file, resultSchemas[name], `Make it with \`fewshot reproduce ${name}\`.`);

export const exhibits = {
  table1: runnable(table1, (file) => stored(file, 'table1')),
  table2: runnable(table2, (file) => stored(file, 'table2')),
  figure1: runnable(figure1, (file) => stored(file, 'figure1')),
  figure5: runnable(figure5, (file) => stored(file, 'figure5')),
  figure6: runnable(figure6, (file) => stored(file, 'figure6')),
};
export type ExhibitName = keyof typeof exhibits;

/** Names of the exhibits. */
export const exhibitNames = Object.keys(exhibits) as readonly ExhibitName[];
