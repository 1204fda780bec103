import { evaluationDataNames } from '../../evaluate/data.js';
import { common, dataOr, ownDataNames, ownDataOptions } from './common.js';
import { given, several, text, whole } from './kinds.js';
import type { Options, Table } from './option.js';

const options = {
  data: { ...common.data, help: dataOr(evaluationDataNames), fallback: 'mnist' },
  ...ownDataOptions,
  shots: { ...common.shots, help: 'images per class to draw from a data set', fallback: 5 },
  model: { ...common.model, fallback: 'mnist' },
  perClass: {
    ...common.perClass,
    fallback: 100,
    config: 'Images to make of each class.',
    conflicts: ['until'],
  },
  until: {
    kind: whole(1),
    placeholder: 'n',
    help: 'instead: fill each class up to n images, real ones counted',
    config: 'Fill each class up to so many images, real ones counted, in place of perClass.',
    conflicts: ['perClass'],
  },
  path: { ...common.path, config: 'Path from one code to another.' },
  seed: common.seed,
  batchSize: {
    kind: whole(1),
    placeholder: 'n',
    help: 'images decoded at a time, up to 256',
    default: 128,
    config: 'Images decoded at a time.',
  },
  workers: common.workers,
  shard: { ...common.shard, help: 'make one part of n, for fewshot merge to join', conflicts: [] },
  queue: common.queue,
  store: common.store,
  labelCheck: {
    ...common.labelCheck,
    help: "drop images that are nearer to another class's mean",
    config: 'Draw images anew that look like another class.',
  },
  detail: common.detail,
  includeOriginals: {
    kind: given,
    help: 'put the real images into the folder too',
    config: 'Copy the real images beside those that are made.',
  },
  asSeen: {
    kind: given,
    help: 'with --fit ink: write drawings as the model sees them, not in polarity and size as they came',
    config: 'Write normalized drawings as the model sees them.',
  },
  out: { ...common.out, placeholder: 'folder', help: 'folder to write, empty or new', required: true },
  resume: { kind: given, help: 'go on with a run that did not end' },
  force: { kind: given, help: 'replace what an earlier run wrote to --out' },
  replay: {
    kind: text,
    placeholder: 'manifest',
    help: 'make the files of a manifest again and compare them; --data, --model, --backend as then by default',
    conflicts: [
      ...ownDataNames,
      ...[
        'shots',
        'perClass',
        'until',
        'path',
        'seed',
        'batchSize',
        'workers',
        'shard',
        'queue',
        'labelCheck',
      ],
      ...['detail', 'includeOriginals', 'asSeen', 'resume', 'force'],
    ],
  },
  files: {
    kind: several(text),
    flag: '--file',
    placeholder: 'path...',
    help: 'with --replay: these files only, such as 3/000017.png',
  },
  backend: common.backend,
  quiet: common.quiet,
} satisfies Options;

/** Options of `fewshot augment`. */
export const augmentTable: Table<typeof options> = {
  name: 'augment',
  options,
  recorded: [
    ...(['data', 'shots', 'model', 'perClass', 'until', 'path', 'seed'] as const),
    ...ownDataNames,
    ...(['labelCheck', 'detail', 'includeOriginals', 'asSeen', 'backend'] as const),
  ],
  always: ['data', 'shots', 'model', 'perClass', 'path', 'seed', 'backend'],
};
