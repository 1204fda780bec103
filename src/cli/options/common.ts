import { pathNames } from '../../augment/paths.js';
import { cnnPresets } from '../../classify/cnnPresets.js';
import { fits } from '../../data/resize.js';
import { layouts } from '../../node/images/catalog.js';
import type { OwnDataOptions } from '../../node/images/ownData.js';
import { backendNames } from '../../node/selectBackend.js';
import {
  background,
  either,
  given,
  modelName,
  names,
  oneOf,
  pattern,
  several,
  shard,
  text,
  whole,
  within,
  yesOrNo,
} from './kinds.js';
import type { Options } from './option.js';

/** Forms of images of one's own, for help. */
export const ownData = 'an image folder, a table (.csv, .jsonl), .npz or IDX files';

/** Help of `--data` for a command that takes these data sets, and images of one's own. */
export const dataOr = (names: readonly string[]): string => `${names.join(', ')}, or your own: ${ownData}`;

/** Options that several commands have. A command may word their help anew, or give another default. */
export const common = {
  data: {
    kind: text,
    placeholder: 'name',
    help: ownData,
    config:
      'Images: an image folder, a table (.csv, .jsonl), .npz or IDX files, or a data set by name. Paths are relative to this file.',
    shared: true,
  },
  fit: {
    kind: oneOf(fits),
    placeholder: 'rule',
    help: 'how your own images are resized: whole between bars, the middle part, or as drawings, light ink on black, by its box',
    otherwise: "the model's",
    config:
      'How images are brought to a size: whole between bars, the middle part, or as drawings: light ink on black, scaled by its box and centered.',
    shared: true,
  },
  skipBad: {
    kind: yesOrNo,
    help: 'pass over images that cannot be read, and list them',
    helpOfNo: 'stop at the first, whatever a config says',
    fallback: false,
    config: 'Pass over images that cannot be read, and list them.',
    shared: true,
  },
  model: {
    kind: modelName,
    placeholder: 'name',
    help: 'shipped model or path of a model file',
    config: 'Path of a model file, or the name of a shipped one.',
    shared: true,
  },
  seed: {
    kind: whole(0),
    placeholder: 'n',
    help: 'seed of everything random',
    default: 1,
    config: 'Seed of everything random.',
    shared: true,
  },
  backend: {
    kind: oneOf(['auto', ...backendNames]),
    placeholder: 'name',
    help: 'TensorFlow.js backend',
    default: 'auto',
    config: 'Where TensorFlow.js computes.',
    shared: true,
  },
  size: {
    kind: whole(8, 512),
    placeholder: 'pixels',
    help: 'height and width that your own images are brought to, 8 to 512',
    otherwise: 'by what they are; for photos 160',
  },
  channels: {
    kind: either(1, 3),
    placeholder: 'n',
    help: '1 for gray, 3 for color',
    otherwise: 'by what they are',
  },
  fonts: { kind: text, placeholder: 'folder', help: 'fonts that draw the data set glyphs' },
  shots: { kind: whole(1), placeholder: 'n', help: 'labeled images per class' },
  perClass: { kind: whole(1), placeholder: 'n', help: 'images to make per class' },
  path: { kind: oneOf(pathNames), placeholder: 'name', help: 'path through latent space', default: 'slerp' },
  labelCheck: { kind: given, help: 'draw hallucinations anew that look like another class' },
  detail: {
    kind: within(0, 1),
    placeholder: 'share',
    help: "share of a parent's detail that is laid over what the decoder draws",
    otherwise: '0',
    config: "Share of a parent's detail that is laid over what the decoder draws.",
  },
  cnn: {
    kind: oneOf(Object.keys(cnnPresets) as (keyof typeof cnnPresets)[]),
    placeholder: 'preset',
    help: 'network of the CNN',
  },
  cnnSteps: {
    kind: whole(1),
    placeholder: 'n',
    help: 'batches that the CNN trains on',
    otherwise: "the network's",
  },
  workers: { kind: whole(1), placeholder: 'n', help: 'threads', otherwise: 'one a core', config: 'Threads.' },
  shard: {
    kind: shard,
    placeholder: 'i/n',
    help: 'do one part of n, for fewshot merge to join; needs --out',
    conflicts: ['json'],
  },
  queue: {
    kind: text,
    placeholder: 'url',
    help: 'Redis or Valkey server with the jobs, as redis://host:6379',
    conflicts: ['shard'],
  },
  store: {
    kind: text,
    placeholder: 'place',
    help: 'where results of jobs are: a folder that all machines share, or s3://bucket/prefix',
  },
  out: { kind: text, placeholder: 'file', help: 'also write the JSON to a file' },
  json: { kind: given, help: 'print JSON instead of a table' },
  force: { kind: given, help: 'replace what is there' },
  quiet: { kind: given, help: 'nothing but results and errors' },
} satisfies Options;

/** Options about images of one's own, the same for every command that reads them. */
export const ownDataOptions = {
  fit: common.fit,
  background: {
    kind: background,
    placeholder: 'color',
    help: 'black, white, edge or #rrggbb: behind transparency, in bars and corners',
    otherwise: "the model's, else black",
    config:
      'Color behind transparency, in bars around a picture and in corners of transforms: black, white, edge or #rrggbb.',
    shared: true,
  },
  nested: {
    kind: yesOrNo,
    help: 'read pictures in folders within a class, too',
    helpOfNo: 'pass over pictures in folders within a class',
    fallback: false,
    config: 'Read pictures in folders within a class, too.',
    shared: true,
  },
  groupBy: {
    kind: pattern,
    placeholder: 'regex',
    help: 'images for whose names it matches the same text are never cut apart',
    config: 'Regular expression for names: images for which it matches the same text are never cut apart.',
    shared: true,
  },
  layout: {
    kind: oneOf(layouts),
    placeholder: 'order',
    help: 'axes of images in an array',
    otherwise: 'by their shape',
    config: 'Axes of images in an array: nhwc or nchw.',
    shared: true,
  },
  include: {
    kind: names,
    placeholder: 'classes',
    help: 'comma-separated: classes to read',
    otherwise: 'all',
    config: 'Classes to read.',
    shared: true,
  },
  exclude: {
    kind: names,
    placeholder: 'classes',
    help: 'comma-separated: classes to leave out',
    config: 'Classes to leave out.',
    shared: true,
  },
  skipBad: common.skipBad,
} satisfies Options;

/** Names of those options. */
export const ownDataNames = Object.keys(ownDataOptions) as (keyof typeof ownDataOptions)[];

/** Those options among the flags of a command. */
export function ownDataOf(flags: OwnDataOptions): OwnDataOptions {
  return Object.fromEntries(
    ownDataNames.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
}

/** A flag that may be given several times. */
export const repeated = several(text);
