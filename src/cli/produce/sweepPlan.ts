import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../core/errors.js';
import type { SweepCell, Varied } from '../../evaluate/evaluationSweep.js';
import { reasonOf } from '../../node/files.js';
import type { BackendName } from '../../node/selectBackend.js';
import { CONFIG_SCHEMA, type Config, parseConfig } from '../config.js';
import { evalTable, evalText } from '../options/evalOptions.js';
import type { FlagsOf } from '../options/option.js';
import { evaluationSettings } from './evaluationSettings.js';

/** Version of files that say what to sweep over. */
export const PLAN_SCHEMA = 'fewshot.sweep-plan/1';

/** Keys of a config that stand at its top: all others are of `eval`. */
const shared: readonly string[] = ['data', 'model', 'seed', 'backend'];

const hint = `Write { "schema": "${PLAN_SCHEMA}", "eval": { … }, "over": { "model": ["mnist", "mnist-plain"], "seed": [1, 2] } }.`;

/** Most evaluations of a sweep. */
const MOST = 10_000;

/**
 * The evaluations that a file asks for: one for each combination of the values in its `over`. The other keys are those of
 * `fewshot.config.json`.
 *
 * @throws UsageError that names the file, and the key if it is one
 */
export async function sweepCells(
  file: string,
  backend: BackendName,
  note: (line: string) => void,
): Promise<SweepCell[]> {
  const { over, ...base } = await readPlan(file);
  const names = Object.keys(over);
  const count = names.reduce((product, name) => product * over[name]!.length, 1);
  if (count > MOST) {
    throw new UsageError(
      `${file}: over asks for ${count.toLocaleString('en')} evaluations, but ${MOST} are the most`,
      {
        hint: 'Cut the file into several.',
      },
    );
  }
  const cells: SweepCell[] = [];
  const said = new Set<string>();
  for (let number = 0; number < count; number++) {
    let rest = number;
    const varied: Record<string, Varied[string]> = {};
    for (const name of [...names].reverse()) {
      const values = over[name]!;
      varied[name] = values[rest % values.length]!;
      rest = Math.floor(rest / values.length);
    }
    const inOrder = Object.fromEntries(names.map((name) => [name, varied[name]!]));
    const { settings, notes } = await evaluationSettings(flagsOf(file, base, inOrder), [], backend);
    for (const line of notes) {
      if (!said.has(line)) note(line);
      said.add(line);
    }
    cells.push({ varied: inOrder, settings, command: evalText(settings) });
  }
  return cells;
}

interface Plan {
  readonly over: Readonly<Record<string, readonly Varied[string][]>>;
  readonly [key: string]: unknown;
}

async function readPlan(file: string): Promise<Plan> {
  const refuse = (reason: string, cause?: unknown) => new UsageError(`${file}: ${reason}`, { hint, cause });
  let json: unknown;
  try {
    json = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw refuse(cause instanceof SyntaxError ? `it is not JSON: ${cause.message}` : reasonOf(cause), cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refuse('it is not an object');
  const { schema, over, ...rest } = json as Record<string, unknown>;
  if (schema !== PLAN_SCHEMA) throw refuse(`its schema is not ${PLAN_SCHEMA}`);
  if (typeof over !== 'object' || over === null || Array.isArray(over))
    throw refuse('it has no object "over"');
  for (const [name, values] of Object.entries(over)) {
    if (Array.isArray(values) && values.length > 0) continue;
    throw refuse(`over.${name} must be a list of values`);
  }
  return { ...rest, over: over as Plan['over'] };
}

/** The flags of one evaluation. */
function flagsOf(
  file: string,
  base: Readonly<Record<string, unknown>>,
  varied: Varied,
): FlagsOf<typeof evalTable> {
  const at = (isTop: boolean) =>
    Object.fromEntries(Object.entries(varied).filter(([name]) => shared.includes(name) === isTop));
  const evaluation = typeof base.eval === 'object' ? base.eval : {};
  const config = { ...base, ...at(true), schema: CONFIG_SCHEMA, eval: { ...evaluation, ...at(false) } };
  const {
    eval: own,
    schema: ___,
    $schema: ____,
    train: _____,
    augment: ______,
    ...top
  } = parseConfig(Buffer.from(JSON.stringify(config)), file) as Config;
  const defaults = Object.entries(evalTable.options).flatMap(([name, option]) =>
    'default' in option ? [[name, option.default] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...top, ...own } as FlagsOf<typeof evalTable>;
}
