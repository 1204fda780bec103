import { version as tfjs } from '@tensorflow/tfjs';
import { cnnPresets } from '../classify/index.js';
import type { Label } from '../core/index.js';
import { decodeSafetensors, type Model } from '../models/index.js';
import { version } from '../version.js';
import { armNamed } from './arms.js';
import { assertSettings } from './assertSettings.js';
import { checkedPipelines } from './checkedPipelines.js';
import { commandOf } from './command.js';
import { accuracyOf, sumOf } from './confusion.js';
import { type EvaluateOptions, runOnWorkers } from './onWorkers.js';
import { type ArmResult, type Comparison, EVAL_SCHEMA, type EvaluationResult } from './result.js';
import type { EvaluationSettings, NamedPipeline } from './settings.js';
import { estimate, pairedDifference } from './statistics.js';
import { type Bench, episodeOf, prepare, type Task, type Verdicts } from './trial.js';

/** Arms that the others are compared with, each with all that come after it here and all that are none of them. */
const REFERENCES = ['none', 'affine', 'geometric'];

/** Confusions grow with the square of the classes, and with every arm. */
const MOST_CLASSES = 100;

/** Throws a `UsageError` when an arm asks for what the model or a teacher lacks. */
function assertArms(
  arms: readonly string[],
  pipelines: readonly NamedPipeline[],
  { model, teachers }: Bench,
): void {
  if (model === undefined) return;
  for (const name of arms) armNamed(name, pipelines).check?.(model, teachers);
}

/** What a result says of its encoders. */
function aboutEncoders(
  { model, teachers, trainer }: Bench,
  files: readonly Uint8Array[],
  { encoderSteps }: EvaluationSettings,
): Pick<EvaluationResult, 'model' | 'teachers' | 'encoders'> {
  const named = ({ card, digest }: Model) => ({ name: card.name, sha256: digest });
  if (model !== undefined) {
    return { model: named(model), ...(teachers.length === 0 ? {} : { teachers: teachers.map(named) }) };
  }
  return {
    encoders: {
      steps: encoderSteps ?? trainer!.steps,
      sha256: files.map((bytes, episode) => decodeSafetensors(bytes, `encoder ${episode}`).metadata.sha256!),
    },
  };
}

/** The classes of all episodes in the order of the data, unless they are too many for confusions of each arm. */
function classesOf(verdicts: readonly Verdicts[], known: readonly Label[]): readonly Label[] | undefined {
  const asked = new Set(
    verdicts.flatMap((verdict) => Object.values(verdict).flatMap(({ classes }) => classes)),
  );
  return asked.size > MOST_CLASSES ? undefined : known.filter((label) => asked.has(label));
}

function compare(results: readonly ArmResult[]): Comparison[] {
  return results.flatMap(({ arm, classifier, episodes }) =>
    REFERENCES.filter((_, place) => !REFERENCES.slice(0, place + 1).includes(arm)).flatMap((against) => {
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
  const bench = await prepare(settings);
  if (bench.bad.length > 0) options.onBad?.(bench.bad);
  const { ways, shots, detail = 0, seed } = settings;
  const first = episodeOf(bench.sources, settings, 0);
  try {
    assertArms(arms, pipelines, bench);
  } finally {
    for (const model of [bench.model, ...bench.teachers]) model?.dispose();
  }

  const tasks = Array.from({ length: settings.episodes }, (_, episode) =>
    arms.map((arm): Task => ({ arm, episode })),
  ).flat();
  const { verdicts, encoders } = await runOnWorkers(tasks, settings, options);

  const classes = classesOf(verdicts, bench.sources.query.classes);
  const results = arms.flatMap((arm) =>
    settings.classifiers.map((classifier): ArmResult => {
      const own = tasks.flatMap((task, i) => (task.arm === arm ? [verdicts[i]![classifier]!] : []));
      const episodes = own.map(accuracyOf);
      return {
        arm,
        classifier,
        k: classifier === 'knn' ? settings.k : null,
        ...estimate(episodes),
        episodes,
        ...(classes === undefined ? {} : { confusion: sumOf(own, classes).counts }),
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
    ...aboutEncoders(bench, encoders, settings),
    ways,
    shots,
    queries: first.queryIndices.length,
    ...(classes === undefined ? {} : { classes }),
    perClass: settings.perClass,
    mix: settings.mix,
    trust: settings.trust,
    ...(detail === 0 ? {} : { detail }),
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
