import { availableParallelism } from 'node:os';
import { version as tfjs } from '@tensorflow/tfjs';
import { Tinypool } from 'tinypool';
import { cnnPresets } from '../classify/index.js';
import { UsageError } from '../core/index.js';
import { version } from '../version.js';
import { armNamed } from './arms.js';
import { checkedPipelines } from './checkedPipelines.js';
import { commandOf } from './command.js';
import { type ArmResult, type Comparison, EVAL_SCHEMA, type EvaluationResult } from './result.js';
import type { EvaluationSettings } from './settings.js';
import { estimate, pairedDifference } from './statistics.js';
import { type Accuracies, episodeOf, prepare, type Task } from './trial.js';

export interface EvaluateOptions {
  /** Threads, each with a backend of its own. The figures do not depend on it. Default: one a core. */
  readonly workers?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Arms that the others are compared with: doing nothing, and the strong geometric baseline. */
const REFERENCES = ['none', 'affine'];

function assertSettings(settings: EvaluationSettings): void {
  for (const name of ['episodes', 'perClass', 'k'] as const) {
    const value = settings[name];
    if (!Number.isInteger(value) || value < 1) {
      throw new UsageError(`${name} must be a whole number of at least 1, not ${value}`);
    }
  }
  if (!(settings.mix >= 0 && settings.mix <= 1))
    throw new UsageError(`mix must be in [0, 1], not ${settings.mix}`);
  for (const arm of settings.arms) armNamed(arm);
  const { ways, shots, k } = settings;
  if (settings.classifiers.includes('knn') && k > ways * shots) {
    throw new UsageError(`k is ${k}, but ${ways} ways × ${shots} shots give ${ways * shots} references`, {
      hint: `Choose k of at most ${ways * shots}, or more shots.`,
    });
  }
}

/** Runs tasks on worker threads and returns what they found, in the order of the tasks. */
async function runOnWorkers(
  tasks: readonly Task[],
  settings: EvaluationSettings,
  { workers = availableParallelism(), onProgress, signal }: EvaluateOptions,
): Promise<Accuracies[]> {
  const threads = Math.min(workers, tasks.length);
  const pool = new Tinypool({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
  });
  // Tinypool's own signal waits for a task at hand; ending its threads stops at once.
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  let done = 0;
  const running = tasks.map(async (task) => {
    const accuracies = (await pool.run({ task, settings })) as Accuracies;
    onProgress?.(++done, tasks.length);
    return accuracies;
  });
  try {
    return await Promise.race([Promise.all(running), aborted]);
  } finally {
    for (const task of running) task.catch(() => undefined);
    await pool.destroy();
  }
}

function compare(results: readonly ArmResult[]): Comparison[] {
  return results.flatMap(({ arm, classifier, episodes }) =>
    REFERENCES.filter(
      (reference) => reference !== arm && !(reference === 'affine' && arm === 'none'),
    ).flatMap((against) => {
      const other = results.find((row) => row.arm === against && row.classifier === classifier);
      if (other === undefined) return [];
      const { mean: difference, ci95 } = pairedDifference(episodes, other.episodes);
      return [{ arm, against, classifier, difference, ci95 }];
    }),
  );
}

/**
 * Judges augmentation arms on few-shot episodes: each episode draws a support set, each arm enlarges that same set, and
 * each classifier learns from it and is tested on the same queries.
 *
 * @throws UsageError for settings that cannot be carried out, before any work is done
 */
export async function evaluate(
  asked: EvaluationSettings,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const start = performance.now();
  assertSettings(asked);
  const pipelines = checkedPipelines(asked.pipelines ?? []);
  const settings = { ...asked, pipelines };
  const arms = [...settings.arms, ...pipelines.map(({ name }) => name)];
  const { sources, model } = await prepare(settings);
  const { ways, shots, seed } = settings;
  const first = episodeOf(sources, settings, 0);
  const { card, digest } = model;
  model.dispose();

  const tasks = Array.from({ length: settings.episodes }, (_, episode) =>
    arms.map((arm): Task => ({ arm, episode })),
  ).flat();
  const accuracies = await runOnWorkers(tasks, settings, options);

  const results = arms.flatMap((arm) =>
    settings.classifiers.map((classifier): ArmResult => {
      const episodes = tasks.flatMap((task, i) => (task.arm === arm ? [accuracies[i]![classifier]!] : []));
      return {
        arm,
        classifier,
        k: classifier === 'knn' ? settings.k : null,
        ...estimate(episodes),
        episodes,
      };
    }),
  );
  return {
    schema: EVAL_SCHEMA,
    command: commandOf(settings),
    seed,
    backend: settings.backend,
    versions: { 'fewshot-atnl': version, tfjs: tfjs.tfjs, node: process.versions.node },
    data: settings.data,
    split: settings.split,
    protocol: settings.protocol,
    model: { name: card.name, sha256: digest },
    ways,
    shots,
    queries: first.queryIndices.length,
    perClass: settings.perClass,
    mix: settings.mix,
    cnn: settings.cnn,
    cnnSteps: settings.cnnSteps ?? cnnPresets[settings.cnn].recipe.steps,
    knnEngine: settings.knnEngine,
    ...(pipelines.length === 0
      ? {}
      : { pipelines: pipelines.map(({ name, pipeline }) => ({ name, pipeline })) }),
    results,
    comparisons: compare(results),
    seconds: Math.round((performance.now() - start) / 100) / 10,
  };
}
