import { defaultArms, defaultSettings, type EvaluationResult, evaluate } from '../evaluate/index.js';
import { EVALUATING } from './eval.js';
import type { ReportTools, SeenData, SettledFlags } from './reportData.js';
import { laterBar } from './terminal.js';

/** A small evaluation for a report that is given none: the arms of `fewshot eval`, by a KNN alone, which takes seconds. */
export async function ownEvaluation(
  flags: SettledFlags,
  { ways, shots }: SeenData,
  { backend, terminal, signal }: ReportTools,
): Promise<EvaluationResult> {
  const { data, model, fit, skipBad, protocol, episodes, detail, seed, workers } = flags;
  terminal.note('Evaluating by a KNN alone; fewshot eval --out and --evaluation show more.');
  const bar = laterBar(terminal, EVALUATING);
  try {
    return await evaluate(
      {
        ...defaultSettings,
        ...{ data, model, protocol, episodes, seed, backend },
        ...(fit === undefined ? {} : { fit }),
        ...(skipBad ? { skipBad } : {}),
        ...(detail === undefined ? {} : { detail }),
        ways: flags.ways ?? ways,
        shots: flags.shots ?? shots,
        arms: defaultArms,
        classifiers: ['knn'],
      },
      {
        ...(workers === undefined ? {} : { workers }),
        signal,
        onProgress: bar.update,
      },
    );
  } finally {
    bar.stop();
  }
}
