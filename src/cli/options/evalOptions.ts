import { knnEngineNames } from '../../classify/knnEngine.js';
import { armNames, defaultArms } from '../../evaluate/arms/arms.js';
import { codeArmNames, defaultCodeArms } from '../../evaluate/codes/codeArms.js';
import { evaluationDataNames } from '../../evaluate/data.js';
import { protocolNames, protocols } from '../../evaluate/protocols.js';
import {
  type CompleteCodeSettings,
  codeClassifierNames,
  defaultCodeSettings,
  type EvaluationSettings,
  defaultSettings as usual,
} from '../../evaluate/settings.js';
import { OMNIGLOT } from '../../node/builtInSets.js';
import { common, dataOr, ownDataNames, ownDataOptions, repeated } from './common.js';
import { countOrAll, given, oneOf, someOf, text, whole, within } from './kinds.js';
import { commandText, type Options, type Table } from './option.js';

/** Names of all arms: of those that make images, then of those that add codes. */
export const everyArm: readonly string[] = [...new Set([...armNames, ...codeArmNames])];
/** Names of all classifiers. */
export const everyClassifier = [...new Set([...usual.classifiers, ...codeClassifierNames] as const)];

const options = {
  size: common.size,
  channels: common.channels,
  ...ownDataOptions,
  data: { ...common.data, help: dataOr([...evaluationDataNames, OMNIGLOT]), default: usual.data },
  dataDir: {
    kind: text,
    placeholder: 'folder',
    help: "folder of the data's four IDX files, or of Omniglot's alphabets",
    otherwise: 'where their package puts them',
  },
  runs: {
    kind: text,
    placeholder: 'folder',
    help: "episodes of the protocol one-shot, in the layout of Omniglot's all_runs",
    config: "Folder of the episodes of the protocol one-shot, in the layout of Omniglot's all_runs.",
  },
  within: {
    kind: given,
    help: 'draw the classes of an episode from one folder of classes, such as an alphabet',
    config: 'Draw the classes of an episode from one folder of classes, such as an alphabet.',
  },
  levels: {
    kind: whole(1, 16),
    placeholder: 'n',
    help: 'folders, one within the other, that name a class of your own: 2 for Greek/alpha',
    fallback: 1,
    otherwise: '1; of omniglot and with --within 2',
    config: 'Folders, one within the other, that name a class: 2 for Greek/alpha.',
  },
  split: {
    kind: oneOf(['test', 'validation']),
    placeholder: 'name',
    help: 'where queries come from; tune on validation',
    default: usual.split,
    config: 'Where queries come from; tune on validation.',
  },
  protocol: {
    kind: oneOf(protocolNames),
    placeholder: 'name',
    help: 'what the encoder may have seen',
    fallback: usual.protocol,
    otherwise: `${usual.protocol}; of photos, and without --model of your own, ${defaultCodeSettings.protocol}`,
    config: 'What the encoder may have seen.',
  },
  ways: {
    kind: whole(2),
    placeholder: 'n',
    help: 'classes of an episode',
    fallback: usual.ways,
    otherwise: `${usual.ways}; of your own all; with --within what each folder has, up to 20`,
    config: 'Classes of an episode.',
  },
  shots: {
    ...common.shots,
    fallback: usual.shots,
    otherwise: `${usual.shots}; of photos what each class can spare, up to ${usual.shots}`,
    config: 'Labeled images per class.',
  },
  queries: {
    kind: countOrAll,
    placeholder: 'n',
    help: 'query images per class, or all',
    fallback: usual.queries,
    otherwise: `${usual.queries}; of photos up to ${defaultCodeSettings.queries}`,
    config: 'Query images per class, or all.',
  },
  episodes: {
    kind: whole(1),
    placeholder: 'n',
    help: 'episodes to average over',
    fallback: usual.episodes,
    otherwise: `${usual.episodes}; of photos ${defaultCodeSettings.episodes}`,
    config: 'Episodes to average over.',
  },
  arms: {
    kind: someOf(everyArm),
    placeholder: 'names',
    help: `comma-separated: ${armNames.join(', ')}; for a model of features ${codeArmNames.join(', ')}`,
    fallback: defaultArms,
    otherwise: `${defaultArms.join(', ')}; of photos ${defaultCodeArms.join(', ')}`,
    config: 'Ways to enlarge the labeled images, which are compared.',
  },
  pipelines: {
    kind: repeated,
    flag: '--pipeline',
    placeholder: 'file',
    help: 'a pipeline as a further arm (JSON); may be given several times',
  },
  classifiers: {
    kind: someOf(everyClassifier),
    placeholder: 'names',
    help: `comma-separated: knn, cnn; for a model of features ${codeClassifierNames.join(', ')}`,
    fallback: usual.classifiers,
    otherwise: 'all',
    config: 'What learns from them.',
  },
  unknown: {
    kind: given,
    help: 'judge the KNN on classes that it does not know, too; a fifth is kept back if --ways says nothing',
    config: 'Judge the KNN on classes that it does not know, too.',
  },
  cnn: { ...common.cnn, fallback: usual.cnn, config: 'Network of the CNN.' },
  cnnSteps: { ...common.cnnSteps, config: 'Batches that the CNN trains on.' },
  encoderSteps: {
    kind: whole(1),
    placeholder: 'n',
    help: "batches that an episode's encoder trains on under shots-only",
    otherwise: String(protocols['shots-only'].steps),
    config: "Batches that an episode's encoder trains on under shots-only.",
  },
  k: {
    kind: whole(1),
    placeholder: 'n',
    help: 'neighbors of the KNN',
    default: usual.k,
    config: 'Neighbors of the KNN.',
  },
  knnEngine: {
    kind: oneOf(knnEngineNames),
    placeholder: 'name',
    help: 'implementation of the KNN',
    default: usual.knnEngine,
    config: 'Implementation of the KNN.',
  },
  model: {
    ...common.model,
    fallback: usual.model,
    otherwise: `${usual.model}, or where the protocol refuses that characters; of your own photos for photos, characters for gray drawings`,
  },
  perClass: {
    ...common.perClass,
    help: 'images or codes that an arm makes per class',
    default: usual.perClass,
    config: 'Images that an arm makes per class.',
  },
  mix: {
    kind: within(0, 1),
    placeholder: 'share',
    help: 'share of hallucinations in a batch of the CNN',
    fallback: usual.mix,
    config: 'Share of hallucinations in a batch of the CNN.',
  },
  trust: {
    kind: within(0, 1),
    placeholder: 'share',
    help: 'distillation weight: share of a label that encoders give, in arms with +labels',
    fallback: usual.trust,
    config: 'Distillation weight: share of a label that encoders give, in arms with +labels.',
  },
  teachers: {
    kind: repeated,
    flag: '--teacher',
    placeholder: 'name',
    help: 'an encoder that gives such labels beside that of --model; may be given several times',
  },
  detail: common.detail,
  seed: common.seed,
  backend: common.backend,
  workers: common.workers,
  shard: common.shard,
  queue: common.queue,
  store: common.store,
  json: common.json,
  out: common.out,
  quiet: common.quiet,
} satisfies Options;

/** Options of `fewshot eval`. */
export const evalTable: Table<typeof options> = {
  name: 'eval',
  options,
  recorded: [
    ...(['data', 'dataDir', 'runs', 'within', 'levels', 'fit', 'split'] as const),
    ...(['protocol', 'ways', 'shots', 'queries', 'episodes'] as const),
    ...(['arms', 'classifiers', 'unknown', 'cnn', 'cnnSteps', 'encoderSteps', 'k', 'knnEngine'] as const),
    'model',
    ...(['perClass', 'mix', 'trust', 'detail', 'seed', 'size', 'channels'] as const),
    ...ownDataNames.filter((name) => name !== 'fit'),
    ...(['teachers', 'pipelines', 'backend'] as const),
  ],
  always: ['shots', 'seed', 'backend'],
};

/** The command that makes an evaluation again. */
export function evalText({ shape, pipelines = [], ...settings }: EvaluationSettings): string {
  const given = { ways: undefined, shots: undefined, queries: undefined, episodes: undefined };
  return commandText(evalTable, {
    ...settings,
    ...(settings.runs === undefined ? {} : given),
    ...(shape === undefined ? {} : { size: shape[0], channels: shape[2] as 1 | 3 }),
    pipelines: pipelines.map(({ name, file }) => file ?? `${name}.json`),
  });
}

/** What a recorded command spells where the model gives features, as other defaults hold for those. */
const codesTable: typeof evalTable = {
  ...evalTable,
  always: [
    'protocol',
    'ways',
    'shots',
    'queries',
    'episodes',
    'arms',
    'classifiers',
    'model',
    'seed',
    'backend',
  ],
};

/** The command that makes an evaluation by a model of features again. */
export const codesText = (
  settings: CompleteCodeSettings & Pick<EvaluationSettings, 'model' | 'backend'> & { readonly size?: number },
): string => commandText(codesTable, settings);
