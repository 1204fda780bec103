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
  checkFlag,
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
import { OMNIGLOT } from '../node/builtInSets.js';
import type { Findings } from '../node/images/findings.js';
import { arithmeticInUse } from '../node/selectBackend.js';
import { armNamed, armNames, references } from './arms/arms.js';
import { levelsOf, sizesOf } from './data.js';
import { accuracyOf, classesOf, sumOf } from './judge.js';
import { type EvaluateOptions, runOnWorkers } from './onWorkers.js';
import { unknownQueries, unknownResults } from './openSet.js';
import { type ProtocolSources, protocolNames, protocols, trainsEncoder } from './protocols.js';
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
import { episodeOf, prepare, sourcesOf, type Task } from './trial.js';

const settingChecks = {
  data: checkText,
  dataDir: optional(checkText),
  runs: optional(checkText),
  within: optional(checkFlag),
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
  // Runs have their own ways and shots.
  const usesKnn = settings.classifiers.includes('knn') || settings.unknown === true;
  if (usesKnn && settings.runs === undefined) assertNeighbors(k, ways, shots);
  assertEncoder(settings);
  assertRuns(settings);
}

/** Settings that runs take the place of. */
const besideRuns = [
  ...(['dataDir', 'within', 'unknown'] as const),
  ...(['nested', 'levels', 'groupBy', 'layout', 'include', 'exclude'] as const),
];

/** Refuses the protocol of runs without them, runs without it, and settings that go with neither. */
function assertRuns(settings: EvaluationSettings): void {
  const { protocol, runs, data } = settings;
  const refuse = (message: string, option: string | string[], hint: string): never => {
    throw new UsageError(message, { hint, option });
  };
  if (protocol !== 'one-shot') {
    if (runs === undefined) return;
    refuse(`the protocol ${protocol} takes no runs`, ['runs', 'protocol'], 'Choose the protocol one-shot.');
  }
  if (runs === undefined) {
    refuse(
      'the protocol one-shot needs its runs',
      'runs',
      'Name a folder in the layout of Omniglot’s all_runs.',
    );
  }
  if (data !== OMNIGLOT) {
    refuse(
      `the protocol one-shot is one of ${OMNIGLOT}, not of ${data}`,
      'data',
      `Name the data ${OMNIGLOT}.`,
    );
  }
  for (const name of besideRuns) {
    if (settings[name] === undefined) continue;
    refuse(`the protocol one-shot has its runs, and takes no ${name}`, name, 'Leave it out.');
  }
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
  readonly shots: number;
  readonly episodes: number;
  /** Folders that episodes have the classes of, in turn; absent where those come from all. */
  readonly folders?: readonly string[];
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
  const fitting = { ...settings, ...sizeOf(sources, settings, findings) };
  const named = ({ card, digest }: Model) => ({ name: card.name, sha256: digest });
  try {
    assertSettings(fitting);
    const { queryIndices, classes } = episodeOf(sources, fitting, 0);
    const others =
      settings.unknown === true ? unknownQueries(sourcesOf(sources, 0), fitting, 0, classes) : undefined;
    const unknown =
      others === undefined
        ? {}
        : { unknown: { classes: others.classes.length, queries: countOf(others.images) } };
    const latentSpace = model?.latentSpace ?? 'sphere';
    const found = findings.leaks.length === 0 ? {} : { leaks: findings.leaks.length };
    const known = sources.query.classes;
    const { ways, shots, episodes } = fitting;
    if (sources.whole && settings.classifiers.includes('knn')) assertNeighbors(settings.k, ways, shots);
    const { folders } = sources;
    const queries = sources.whole ? Math.round(sources.query.labels.length / episodes) : queryIndices.length;
    const checked: Omit<Checked, 'models'> = {
      ...{ queries, ways, shots, episodes, known, latentSpace, found, ...unknown },
      ...(folders === undefined ? {} : { folders: folders.map(({ name }) => name) }),
    };
    if (model === undefined) return { ...checked, models: {} };
    for (const name of arms) armNamed(name, settings.pipelines).check?.(model, teachers);
    const taught = teachers.length === 0 ? {} : { teachers: teachers.map(named) };
    return { ...checked, models: { model: named(model), ...taught } };
  } finally {
    for (const each of [model, ...teachers]) each?.dispose();
  }
}

/** Number of classes, of supports of each, and of episodes: as asked for, or as they are given. */
function sizeOf(
  { support, among = support.classes, folders = [], whole = false }: ProtocolSources,
  settings: EvaluationSettings,
  { leftOut }: Findings,
): Pick<Checked, 'ways' | 'shots' | 'episodes'> {
  const { ways, shots, episodes } = settings;
  if (whole) {
    const each = folders[0]!.classes.length;
    return { ways: each, shots: sizesOf(support)[0]!, episodes: folders.length };
  }
  return { ways: leftOut.length > 0 ? Math.min(ways, among.length) : ways, shots, episodes };
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
  const { queries, ways, shots, episodes, known, latentSpace, unknown, models, found, folders } = checked;
  const settings = { ...asked, pipelines, ways, shots, episodes };
  const { seed, groupBy } = settings;

  const tasks = Array.from({ length: episodes }, (_, episode) =>
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
      const accuracies = own.map(accuracyOf);
      return {
        arm,
        classifier,
        k: classifier === 'knn' ? settings.k : null,
        ...estimate(accuracies),
        episodes: accuracies,
        ...(classes === undefined ? {} : { confusion: sumOf(own, classes).counts }),
      };
    }),
  );
  return {
    schema: EVAL_SCHEMA,
    ...(options.command === undefined ? {} : { command: options.command }),
    seed,
    backend: settings.backend,
    ...(await arithmeticInUse()),
    versions: { 'fewshot-atnl': version, tfjs, node: process.versions.node },
    data: settings.data,
    split: settings.split,
    protocol: settings.protocol,
    ...models,
    ...encodersOf(encoders, settings),
    ways,
    shots,
    queries,
    ...(folders === undefined ? {} : { folders }),
    ...(groupBy === undefined || levelsOf(settings) === 1 ? {} : { groupBy }),
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
