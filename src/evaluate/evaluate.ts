import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { pipelineFromJSON } from '../augment/pipeline/pipeline.js';
import { at } from '../augment/pipeline/readStep.js';
import { cnnPresets } from '../classify/cnnPresets.js';
import { knnEngineNames } from '../classify/knnEngine.js';
import { FALSE_ALARMS } from '../classify/unknown.js';
import { checkCount, checkSeed, checkShare } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkShape, countOf, type Label } from '../core/image.js';
import {
  checkFields,
  checkFunction,
  checkSignal,
  checkText,
  fieldsOf,
  listOf,
  oneAmong,
  optional,
  whole,
} from '../core/kindChecks.js';
import { version } from '../core/version.js';
import type { LatentSpace } from '../models/architecture.js';
import type { Model } from '../models/model.js';
import { decodeSafetensors } from '../models/safetensors.js';
import { armNamed, armNames, references } from './arms/arms.js';
import { accuracyOf, classesOf, sumOf } from './judge.js';
import { type EvaluateOptions, runOnWorkers } from './onWorkers.js';
import { unknownQueries, unknownResults } from './openSet.js';
import { protocolNames, protocols, trainsEncoder } from './protocols.js';
import {
  type ArmResult,
  type Comparison,
  EVAL_SCHEMA,
  type EvaluationResult,
  type UnknownResults,
} from './result.js';
import {
  assertNeighbors,
  defaultSettings,
  type EvaluationSettings,
  type NamedPipeline,
  recordedSettings,
} from './settings.js';
import { estimate, pairedDifference } from './statistics.js';
import { episodeOf, prepare, type Task } from './trial.js';

const settingChecks = {
  data: checkText,
  dataDir: optional(checkText),
  shape: optional(checkShape),
  split: oneAmong(['test', 'validation']),
  protocol: oneAmong(protocolNames),
  ways: whole(2),
  shots: whole(),
  arms: listOf(checkText),
  pipelines: optional(listOf(fieldsOf({ name: checkText }))),
  classifiers: listOf(oneAmong(['knn', 'cnn']), 1),
  cnn: oneAmong(Object.keys(cnnPresets)),
  cnnSteps: optional(whole()),
  knnEngine: oneAmong(knnEngineNames),
  model: checkText,
  teachers: optional(listOf(checkText)),
  seed: checkSeed,
  backend: checkText,
};

/** Checks settings without data and models. Throws a `UsageError` for those that cannot be carried out. */
export function assertSettings(settings: EvaluationSettings): void {
  checkFields('evaluate', settings, settingChecks);
  if (settings.queries !== 'all') checkCount('queries', settings.queries);
  for (const name of ['episodes', 'perClass', 'k'] as const) checkCount(name, settings[name]);
  for (const name of ['mix', 'trust'] as const) checkShare(name, settings[name]);
  checkShare('detail', settings.detail ?? 0);
  for (const arm of settings.arms) armNamed(arm);
  const { ways, shots, k } = settings;
  if (settings.classifiers.includes('knn') || settings.unknown === true) assertNeighbors(k, ways, shots);
  assertEncoder(settings);
}

/** Refuses an encoder under a protocol that trains its own, and training steps under one that does not. */
function assertEncoder({ protocol: name, model, teachers = [], encoderSteps }: EvaluationSettings): void {
  const refuse = (reason: string, option: keyof EvaluationSettings, hint: string): never => {
    throw new UsageError(`the protocol ${name} trains ${reason}`, { hint, option });
  };
  const trains = trainsEncoder(protocols[name]);
  if (trains && teachers.length > 0) {
    refuse(
      'its own encoder in each episode, and takes no teachers',
      'teachers',
      'Leave out teachers, or choose another protocol.',
    );
  }
  if (trains && model !== defaultSettings.model) {
    refuse(
      'its own encoder in each episode, and takes no model',
      'model',
      `Leave out the model ${model}, or choose another protocol.`,
    );
  }
  if (!trains && encoderSteps !== undefined) {
    refuse(
      'no encoder, so it has no encoder steps',
      'encoderSteps',
      'Leave out encoderSteps, or choose the protocol shots-only.',
    );
  }
  if (encoderSteps !== undefined) checkCount('encoderSteps', encoderSteps);
}

/** The pipelines with their defaults, except those that depend on the model. Throws a `UsageError` that names one that is invalid or has an arm's name. */
export function checkedPipelines(pipelines: readonly NamedPipeline[]): NamedPipeline[] {
  return pipelines.map((named, i) => {
    const { name, pipeline, file = name } = named;
    const earlier = pipelines.slice(0, i).some((other) => other.name === name);
    if (earlier || armNames.includes(name)) {
      throw new UsageError(`${file}: there is an arm named ${name} already`, {
        hint: 'A pipeline has the name of its file, without the ending: give it another one.',
        option: 'pipelines',
      });
    }
    return { ...named, pipeline: at(file, () => pipelineFromJSON(pipeline).toJSON()) };
  });
}

/** Facts about data and encoders that a result states. */
interface Checked {
  /** Number of query images of an episode. */
  readonly queries: number;
  /** Classes of an episode: fewer than asked for if classes were left out. */
  readonly ways: number;
  /** Classes of the data. */
  readonly known: readonly Label[];
  readonly found: Pick<EvaluationResult, 'leaks'>;
  /** Latent space of the encoders; those of episodes have codes on the sphere. */
  readonly latentSpace: LatentSpace;
  /** Unknown classes and their queries; absent without the setting. */
  readonly unknown?: Pick<UnknownResults, 'classes' | 'queries'>;
  /** Encoders that serve all episodes; empty under a protocol that trains one in each. */
  readonly models: Pick<EvaluationResult, 'model' | 'teachers'>;
}

/**
 * Checks everything that depends on data and models, and frees them before worker threads load their own.
 *
 * @throws UsageError when an episode cannot be drawn, or an arm needs something that the model or a teacher lacks
 */
async function checkAll(
  settings: EvaluationSettings,
  arms: readonly string[],
  { onFindings }: EvaluateOptions,
): Promise<Checked> {
  const { findings, sources, model, teachers } = await prepare(settings);
  onFindings?.(findings);
  const most = (sources.among ?? sources.support.classes).length;
  const ways = findings.leftOut.length > 0 ? Math.min(settings.ways, most) : settings.ways;
  const fitting = { ...settings, ways };
  const named = ({ card, digest }: Model) => ({ name: card.name, sha256: digest });
  try {
    assertSettings(fitting);
    const { queryIndices, classes } = episodeOf(sources, fitting, 0);
    const others = settings.unknown === true ? unknownQueries(sources, fitting, 0, classes) : undefined;
    const unknown =
      others === undefined
        ? {}
        : { unknown: { classes: others.classes.length, queries: countOf(others.images) } };
    const latentSpace = model?.latentSpace ?? 'sphere';
    const found = findings.leaks.length === 0 ? {} : { leaks: findings.leaks.length };
    const known = sources.query.classes;
    const checked = { queries: queryIndices.length, ways, known, latentSpace, found, ...unknown };
    if (model === undefined) return { ...checked, models: {} };
    for (const name of arms) armNamed(name, settings.pipelines).check?.(model, teachers);
    const taught = teachers.length === 0 ? {} : { teachers: teachers.map(named) };
    return { ...checked, models: { model: named(model), ...taught } };
  } finally {
    for (const each of [model, ...teachers]) each?.dispose();
  }
}

/** Facts about the encoders that each episode trained; none where one encoder serves all. */
function encodersOf(
  files: readonly Uint8Array[],
  { protocol: name, encoderSteps }: EvaluationSettings,
): Pick<EvaluationResult, 'encoders'> {
  const protocol = protocols[name];
  if (!trainsEncoder(protocol)) return {};
  return {
    encoders: {
      steps: encoderSteps ?? protocol.steps,
      sha256: files.map((bytes, episode) => decodeSafetensors(bytes, `encoder ${episode}`).metadata.sha256!),
    },
  };
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
  checkFields('evaluate', options, {
    command: optional(checkText),
    workers: optional(whole(1, 1024)),
    onProgress: optional(checkFunction),
    onFindings: optional(checkFunction),
    signal: optional(checkSignal),
  });
  assertSettings(asked);
  const pipelines = checkedPipelines(asked.pipelines ?? []);
  const arms = [...asked.arms, ...pipelines.map(({ name }) => name)];
  const checked = await checkAll({ ...asked, pipelines }, arms, options);
  const { queries, ways, known, latentSpace, unknown, models, found } = checked;
  const settings = { ...asked, pipelines, ways };
  const { shots, seed } = settings;

  const tasks = Array.from({ length: settings.episodes }, (_, episode) =>
    arms.map((arm): Task => ({ arm, episode })),
  ).flat();
  const { verdicts, encoders } = await runOnWorkers(tasks, settings, options);

  const verdictsOf = (arm: string) => verdicts.filter((_, i) => tasks[i]!.arm === arm);
  const classes = classesOf(
    verdicts.flatMap(({ knn, cnn }) => [knn, cnn].filter((confusion) => confusion !== undefined)),
    known,
  );
  const results = arms.flatMap((arm) =>
    settings.classifiers.map((classifier): ArmResult => {
      const own = verdictsOf(arm).map((verdict) => verdict[classifier]!);
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
    ...(options.command === undefined ? {} : { command: options.command }),
    seed,
    backend: settings.backend,
    versions: { 'fewshot-atnl': version, tfjs, node: process.versions.node },
    data: settings.data,
    split: settings.split,
    protocol: settings.protocol,
    ...models,
    ...encodersOf(encoders, settings),
    ways,
    shots,
    queries,
    ...found,
    ...(classes === undefined ? {} : { classes }),
    ...recordedSettings(settings),
    ...(pipelines.length === 0
      ? {}
      : {
          pipelines: pipelines.map(({ name, pipeline }) => ({
            name,
            pipeline: pipelineFromJSON(pipeline, { latentSpace }).toJSON(),
          })),
        }),
    results,
    comparisons: compare(results),
    ...(unknown === undefined
      ? {}
      : {
          unknown: {
            ...unknown,
            falseAlarms: FALSE_ALARMS,
            results: unknownResults(arms, (arm) => verdictsOf(arm).map((verdict) => verdict.unknown!)),
          },
        }),
    seconds: Math.round((performance.now() - start) / 100) / 10,
  };
}
