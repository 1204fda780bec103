import { pipelineFromJSON } from '../augment/pipeline/pipeline.js';
import { at } from '../augment/pipeline/readStep.js';
import { cnnPresets } from '../classify/cnnPresets.js';
import { knnEngineNames } from '../classify/knnEngine.js';
import { checkCount, checkSeed, checkShare } from '../core/checks.js';
import { UsageError } from '../core/errors.js';
import { checkShape } from '../core/image.js';
import {
  checkFields,
  checkFlag,
  checkText,
  fieldsOf,
  listOf,
  oneAmong,
  optional,
  whole,
} from '../core/kindChecks.js';
import { OMNIGLOT } from '../node/builtInSets.js';
import { armNamed, armNames } from './arms/arms.js';
import { protocolNames, protocols, trainsEncoder } from './protocols.js';
import { assertNeighbors, defaultSettings, type EvaluationSettings, type NamedPipeline } from './settings.js';

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
