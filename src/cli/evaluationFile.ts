import { UsageError } from '../core/errors.js';
import { evaluationSchema } from '../evaluate/result.js';
import type { Model } from '../models/model.js';
import { readResult } from '../node/readResult.js';
import { calledData } from './imagesFor.js';
import type { ShownEvaluation } from './report/page/parts.js';

/**
 * Reads what `fewshot eval --out` wrote.
 *
 * @throws DataError for a file that is missing or is no such result, naming it
 */
export const readEvaluation = (file: string): Promise<ShownEvaluation> =>
  readResult(file, evaluationSchema, 'Write one with `fewshot eval --out evaluation.json`.');

/** What an evaluation is to be of. */
export interface Subject {
  readonly model: Model;
  /** As the command line names it. */
  readonly data: string;
  readonly classes: readonly string[];
}

/** Throws a `UsageError` when an evaluation is of another model, of other data, or of classes that the data lack. */
export function assertOf(evaluation: ShownEvaluation, file: string, { model, data, classes }: Subject): void {
  const hint = `Make it again, and name the new file: ${evaluation.command ?? 'fewshot eval'} --out evaluation.json`;
  if (calledData(evaluation.data) !== calledData(data)) {
    throw new UsageError(`${file} is an evaluation on ${evaluation.data}, not on ${data}`, {
      hint: `Name that data with --data, or leave out --evaluation.`,
    });
  }
  if (evaluation.model !== undefined && evaluation.model.sha256 !== model.digest) {
    throw new UsageError(
      `${file} is an evaluation of another model than ${model.card.name}: ${evaluation.model.name}, SHA-256 ${evaluation.model.sha256.slice(0, 12)}…, not ${model.digest.slice(0, 12)}…`,
      { hint: `The model was trained again since, or is another one. ${hint}` },
    );
  }
  const unknown = evaluation.classes?.find((label) => !classes.includes(String(label)));
  if (unknown !== undefined) {
    throw new UsageError(`${file} knows the class ${unknown}, which is not in ${data}`, {
      hint: `The data have changed since. ${hint}`,
    });
  }
}
