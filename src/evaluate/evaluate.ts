import { checkFields, checkFunction, checkSignal, checkText, optional, whole } from '../core/kindChecks.js';
import { concludeEvaluation, withEvaluation } from './evaluationWork.js';
import type { EvaluateOptions } from './onWorkers.js';
import type { EvaluationResult } from './result.js';
import type { EvaluationSettings } from './settings.js';
import { allParts, secondsSince } from './work.js';

/**
 * Judges augmentation arms on few-shot episodes: each episode draws a support set, each arm enlarges that same set, and
 * each classifier learns from it and is tested on the same queries.
 *
 * @throws UsageError for settings that cannot be carried out, before any work is done
 */
export async function evaluate(
  settings: EvaluationSettings,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const start = performance.now();
  const { command, onProgress } = checkFields('evaluate', options, {
    command: optional(checkText),
    workers: optional(whole(1, 1024)),
    onProgress: optional(checkFunction),
    onFindings: optional(checkFunction),
    signal: optional(checkSignal),
  });
  return withEvaluation(settings, options, async (work) => {
    const verdicts = await work.run(allParts(work), onProgress === undefined ? {} : { onProgress });
    return concludeEvaluation(work.about, verdicts, { command, seconds: secondsSince(start) });
  });
}
