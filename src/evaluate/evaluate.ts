import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { pipelineFromJSON } from '../augment/pipeline/pipeline.js';
import { at } from '../augment/pipeline/readStep.js';
import { cnnPresets } from '../classify/convNet.js';
import { checkCount, checkShare } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { version } from '../core/version.js';
import type { Model } from '../models/model.js';
import { decodeSafetensors } from '../models/safetensors.js';
import { armNamed, armNames, references } from './arms/arms.js';
import { commandOf } from './command.js';
import { accuracyOf, sumOf } from './judge.js';
import { type EvaluateOptions, runOnWorkers } from './onWorkers.js';
import { protocols, trainsEncoder } from './protocols.js';
import { type ArmResult, type Comparison, EVAL_SCHEMA, type EvaluationResult } from './result.js';
import { defaultSettings, type EvaluationSettings, type NamedPipeline } from './settings.js';
import { estimate, pairedDifference } from './statistics.js';
import { type Bench, episodeOf, prepare, type Task, type Verdicts } from './trial.js';

/** Throws a `UsageError` for settings that cannot be carried out, as far as they show it by themselves. */
export function assertSettings(settings: EvaluationSettings): void {
  for (const name of ['episodes', 'perClass', 'k'] as const) checkCount(name, settings[name]);
  for (const name of ['mix', 'trust'] as const) checkShare(name, settings[name]);
  checkShare('detail', settings.detail ?? 0);
  for (const arm of settings.arms) armNamed(arm);
  const { ways, shots, k } = settings;
  if (settings.classifiers.includes('knn') && k > ways * shots) {
    throw new UsageError(`k is ${k}, but ${ways} ways × ${shots} shots give ${ways * shots} references`, {
      hint: `Choose k of at most ${ways * shots}, or more shots.`,
    });
  }
  assertEncoder(settings);
}

/** Refuses what the protocol has no use for: an encoder where it has its own, its training where it is given one. */
function assertEncoder({ protocol: name, model, teachers = [], encoderSteps }: EvaluationSettings): void {
  const trains = trainsEncoder(protocols[name]);
  if (trains && teachers.length > 0) {
    throw new UsageError(
      `the protocol ${name} trains its own encoder in each episode, and takes no teachers`,
      {
        hint: 'Leave out --teacher, or choose another protocol.',
      },
    );
  }
  if (trains && model !== defaultSettings.model) {
    throw new UsageError(`the protocol ${name} trains its own encoder in each episode, and takes no model`, {
      hint: `Leave out --model ${model}, or choose another protocol.`,
    });
  }
  if (!trains && encoderSteps !== undefined) {
    throw new UsageError(`the protocol ${name} trains no encoder, so it has no encoder steps`, {
      hint: 'Leave out --encoder-steps, or choose the protocol shots-only.',
    });
  }
  if (encoderSteps !== undefined) checkCount('encoderSteps', encoderSteps);
}

/** The pipelines with every option spelled out. Throws a `UsageError` that names one that is no arm. */
export function checkedPipelines(pipelines: readonly NamedPipeline[]): NamedPipeline[] {
  return pipelines.map((named, i) => {
    const { name, pipeline, file = name } = named;
    const earlier = pipelines.slice(0, i).some((other) => other.name === name);
    if (earlier || armNames.includes(name)) {
      throw new UsageError(`${file}: there is an arm named ${name} already`, {
        hint: 'A pipeline has the name of its file, without the ending: give it another one.',
      });
    }
    return { ...named, pipeline: at(file, () => pipelineFromJSON(pipeline).toJSON()) };
  });
}

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

/** Compares every arm with the references, and a reference with those before it. */
function compare(results: readonly ArmResult[]): Comparison[] {
  return results.flatMap(({ arm, classifier, episodes }) => {
    const earlier = references.includes(arm) ? references.slice(0, references.indexOf(arm)) : references;
    return earlier.flatMap((against) => {
      const other = results.find((row) => row.arm === against && row.classifier === classifier);
      if (other === undefined) return [];
      const { mean: difference, ci95 } = pairedDifference(episodes, other.episodes);
      return [{ arm, against, classifier, difference, ci95 }];
    });
  });
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
    versions: { 'fewshot-atnl': version, tfjs, node: process.versions.node },
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
