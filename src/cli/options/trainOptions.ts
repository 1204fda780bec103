import { UsageError } from '../../core/errors.js';
import {
  type LearnerName,
  type LearnerOptions,
  learnerNames,
} from '../../training/learners/createLearner.js';
import { datasetNames } from '../produce/dataset.js';
import { common, dataOr, ownDataNames, ownDataOptions } from './common.js';
import { given, modelName, modelOutput, oneOf, text, whole, wholes, within, yesOrNo } from './kinds.js';
import { flagOf, type Options, type Table } from './option.js';

const LARGEST = 1e6;

/** Codes of each class to keep in the file, where they lie on a sphere. */
export const BASE = 200;

/** Options of learners. They have no defaults here: each learner knows its own. */
const ofLearners = {
  semantics: {
    kind: oneOf(['nominal', 'ordinal', 'circular']),
    placeholder: 'name',
    help: 'how labels are read (atnl: nominal)',
  },
  range: {
    kind: within(1e-9, 1e9),
    placeholder: 'value',
    help: 'largest difference of labels (ordinal) or a full turn (circular) (atnl: 9)',
  },
  margin: {
    kind: within(0, LARGEST),
    placeholder: 'value',
    help: 'margin of triplets (atnl: 1 radian at semantic distance 1; vaeTripletLoss: 1)',
  },
  lambda: {
    kind: within(0, LARGEST),
    placeholder: 'weight',
    help: 'weight beside the reconstruction: of triplets (atnl, vaeTripletLoss: 80), of the critic (acai: 0.5)',
  },
  negative: {
    kind: oneOf(['anchor', 'positive']),
    placeholder: 'name',
    help: 'whose angle to the negative counts (atnl: anchor)',
  },
  noise: {
    kind: within(0, Math.PI),
    placeholder: 'radians',
    help: 'how far codes are moved before they are decoded in training (atnl: 0)',
  },
  temperature: {
    kind: within(1e-3, Math.PI),
    placeholder: 'radians',
    help: 'temperature of the soft form of the angular term (atnl: the hinge)',
  },
  batchNorm: {
    kind: given,
    help: 'normalize the layers of an encoder with grids over the batch while it learns (atnl)',
  },
  critic: {
    kind: within(0, LARGEST),
    placeholder: 'weight',
    help: "weight of a critic's verdict on drawings (adversarialDecoder: 20)",
  },
  cycle: {
    kind: within(0, LARGEST),
    placeholder: 'weight',
    help: 'weight of the distance between a code and that of its drawing (adversarialDecoder: 40)',
  },
  beta: {
    kind: within(0, LARGEST),
    placeholder: 'weight',
    help: 'weight of the divergence from the prior (vae, vaeTripletLoss: 1)',
  },
  gamma: {
    kind: within(0, 1),
    placeholder: 'share',
    help: "share of the image in the critic's real examples (acai: 0.2)",
  },
  units: { kind: whole(1), placeholder: 'n', help: "units of the discriminator's hidden layers (aae: 100)" },
  priorDeviation: {
    kind: within(1e-6, LARGEST),
    placeholder: 'value',
    help: 'standard deviation of the prior (aae: 1)',
  },
} satisfies Options;

type LearnerOption = keyof typeof ofLearners;

const optionsOf: { readonly [Name in LearnerName]: readonly (keyof LearnerOptions[Name] & LearnerOption)[] } =
  {
    ae: [],
    vae: ['beta'],
    vaeTripletLoss: ['beta', 'margin', 'lambda'],
    aae: ['units', 'priorDeviation'],
    acai: ['lambda', 'gamma'],
    atnl: ['semantics', 'range', 'margin', 'lambda', 'negative', 'noise', 'temperature', 'batchNorm'],
    adversarialDecoder: ['critic', 'cycle'],
  };

const options = {
  data: { ...common.data, help: dataOr(datasetNames), default: 'mnist' },
  learner: {
    kind: oneOf(learnerNames),
    placeholder: 'name',
    help: 'objective to train by',
    default: 'atnl',
    config: 'Objective to train by.',
  },
  ...ofLearners,
  features: {
    kind: modelName,
    placeholder: 'model',
    help: 'train a linear head on the features of this model (photos) instead of an autoencoder',
    conflicts: [
      ...(['learner', 'channels', 'from', 'epochs', 'batchSize', 'latent', 'shift', 'filters'] as const),
      ...(['style', 'composed', 'invented', 'fonts', 'group', 'warp', 'classes', 'limit', 'resume'] as const),
    ],
  },
  size: { ...common.size, config: 'Height and width that images are brought to, in pixels.' },
  channels: { ...common.channels, config: '1 for gray, 3 for color.' },
  ...ownDataOptions,
  from: {
    kind: modelName,
    placeholder: 'model',
    help: 'begin with a shipped model or a model file instead of random weights',
    config: 'A model to begin with in place of random weights.',
    replaces: ['size', 'channels', 'filters', 'latent'],
  },
  out: {
    kind: modelOutput,
    placeholder: 'file',
    help: 'model file to write; the card and the checkpoint lie beside it',
    otherwise: '<learner>.safetensors',
    config: 'Model file to write: in this folder or below, ending in .safetensors.',
  },
  epochs: {
    kind: whole(1),
    placeholder: 'n',
    help: 'passes over the images',
    otherwise: '6; of your own by how many there are',
    config: 'Passes over the images.',
  },
  batchSize: {
    kind: whole(2),
    placeholder: 'n',
    help: 'images a step',
    otherwise: '128; of your own by how many there are',
    config: 'Images of a training step.',
  },
  learningRate: {
    kind: within(1e-7, 1),
    placeholder: 'rate',
    help: 'of Adam; it falls to 0 along a cosine',
    otherwise: '0.001; of your own 0.002',
    config: "Adam's learning rate at the start; it falls to zero.",
  },
  latent: {
    kind: whole(2),
    placeholder: 'n',
    help: 'values of a code',
    otherwise: '32; of your own, 64 where they are large or in color',
    config: 'Values of a code.',
  },
  shift: {
    kind: whole(0),
    placeholder: 'pixels',
    help: 'largest random shift of a training image',
    otherwise: '1; of your own, a 28th of their size',
    config: 'Most pixels that images are moved by in training.',
  },
  filters: {
    kind: wholes(1),
    placeholder: 'list',
    help: 'comma-separated: filters of each convolution',
    config: 'Filters of the convolutions; each halves the image.',
  },
  style: {
    kind: whole(0),
    placeholder: 'n',
    help: 'values of a code, its last ones, for the style of an image (atnl)',
    default: 0,
  },
  composed: {
    kind: whole(0),
    placeholder: 'n',
    help: "classes composed of the data's images to learn beside its own",
    default: 0,
  },
  invented: {
    kind: whole(0),
    placeholder: 'n',
    help: "invented symbols to learn beside the data's classes",
    default: 0,
  },
  fonts: {
    ...common.fonts,
    help: "fonts whose letters and signs to learn beside the data's classes; with --data glyphs, alone",
  },
  group: {
    kind: whole(1),
    placeholder: 'n',
    help: 'images of one class that stand together in a batch',
    default: 1,
  },
  warp: {
    kind: yesOrNo,
    help: 'turn, stretch, slant and bend training images a little, anew each time',
    otherwise: 'where your own are few',
    config: 'Turn, stretch, slant and bend images a little in training.',
  },
  classes: {
    kind: text,
    placeholder: 'names',
    help: 'comma-separated: train on these classes of the data only',
  },
  limit: {
    kind: whole(2),
    placeholder: 'n',
    help: 'train on the first n images only',
    config: 'Learn from the first so many images only.',
  },
  base: {
    kind: whole(0),
    placeholder: 'n',
    help: 'codes of each class to keep in the file, for paths that need them',
    otherwise: `${BASE} with atnl`,
    config: 'Codes of each class to keep in the model, for transport, tangent and restyle.',
  },
  seed: { ...common.seed, help: 'seed of weights and order' },
  backend: common.backend,
  threads: {
    kind: whole(1, 64),
    placeholder: 'n',
    help: 'threads of wasm',
    otherwise: 'one a core, at most 8',
  },
  resume: { kind: given, help: 'go on from the checkpoint beside --out' },
  force: { ...common.force, help: 'replace a model or checkpoint that is there' },
  quiet: common.quiet,
} satisfies Options;

/** Options of `fewshot train`. */
export const trainTable: Table<typeof options> = {
  name: 'train',
  options,
  recorded: [
    ...(['data', 'features', 'learner', 'from', 'size', 'channels'] as const),
    ...ownDataNames,
    ...(['epochs', 'batchSize', 'learningRate', 'beta', 'semantics', 'range', 'margin'] as const),
    ...(['lambda', 'negative', 'noise', 'temperature', 'batchNorm'] as const),
    ...(['critic', 'cycle', 'gamma', 'units', 'priorDeviation'] as const),
    ...(['latent', 'filters', 'shift', 'style', 'composed'] as const),
    ...([
      'invented',
      'fonts',
      'group',
      'warp',
      'classes',
      'limit',
      'base',
      'seed',
      'backend',
      'out',
    ] as const),
  ],
  always: ['data', 'learner', 'seed', 'backend'],
};

/** Flags without the options of learners. */
export function withoutLearner<Values extends object>(flags: Values): Omit<Values, LearnerOption> {
  const others = Object.entries(flags).filter(([name]) => !Object.hasOwn(ofLearners, name));
  return Object.fromEntries(others) as Omit<Values, LearnerOption>;
}

/**
 * Options that are given for a learner.
 *
 * @throws UsageError for one that belongs to another learner
 */
export function learnerOptions(
  learner: LearnerName,
  flags: { readonly [Name in LearnerOption]?: unknown },
): LearnerOptions[LearnerName] {
  const own: readonly LearnerOption[] = optionsOf[learner];
  const names = Object.keys(ofLearners) as LearnerOption[];
  const given = names.filter((name) => flags[name] !== undefined);
  const unknown = given.find((name) => !own.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`the learner ${learner} has no ${flagOf(unknown)}`, {
      hint:
        own.length === 0
          ? 'It has no options.'
          : `Its options: ${own.map((name) => flagOf(name)).join(', ')}.`,
    });
  }
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}
