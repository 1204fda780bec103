import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { version } from '../../src/core/version.js';
import { type BackendInfo, type BackendRequest, selectBackend } from '../../src/node/selectBackend.js';

/** Path of a file in this repository. */
export const inRepository = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A result of an experiment, `paper/results/<name>.json`, with its page `<name>.md`. It is written again after each trial. */
export interface ResultFile<Row> {
  /** Rows of an earlier run, none of which is measured again. */
  readonly kept: readonly Row[];
  /** Writes the result, and the text of its page if there is one. */
  write(result: object, page?: string): void;
}

export function openResult<Row>(name: string, { indent }: { readonly indent: number }): ResultFile<Row> {
  const json = inRepository(`paper/results/${name}.json`);
  return {
    kept: existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')).rows : [],
    write(result, page) {
      mkdirSync(inRepository('paper/results'), { recursive: true });
      writeFileSync(json, `${JSON.stringify(result, null, indent)}\n`);
      if (page !== undefined) writeFileSync(json.replace(/json$/, 'md'), page);
    },
  };
}

/** The command of an experiment, as its result records it. */
export const commandOf = (name: string, options: readonly string[] = []): string =>
  ['node paper/experiments/run.mjs', name, ...options].join(' ');

/** Selects the backend that the environment variable FEWSHOT_BACKEND names, or this one. */
export const experimentBackend = (fallback: 'native' | 'wasm'): Promise<BackendInfo> =>
  selectBackend((process.env.FEWSHOT_BACKEND ?? fallback) as BackendRequest);

export const versionsOf = (backend: BackendInfo) => ({ 'fewshot-atnl': version, ...backend.versions });

/** Accuracy of predicted labels, in [0, 1]. */
export function accuracyOf(predicted: ArrayLike<number>, labels: Int32Array): number {
  return labels.filter((label, i) => predicted[i] === label).length / labels.length;
}

/** True if a row holds every value of a trial. */
export const isOf = (row: object, trial: object): boolean =>
  Object.entries(trial).every(
    ([key, value]) => JSON.stringify((row as Record<string, unknown>)[key]) === JSON.stringify(value),
  );
