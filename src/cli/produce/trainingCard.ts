import type { Label } from '../../core/image.js';
import { version } from '../../core/version.js';
import type { Fit } from '../../data/resize.js';
import type { Architecture, LatentSpace } from '../../models/architecture.js';
import type { ModelCard } from '../../models/modelCard.js';
import type { OwnDataOptions } from '../../node/images/ownData.js';
import type { BackendInfo } from '../../node/selectBackend.js';
import type { Learner } from '../../training/learner.js';
import type { TrainingRecipe } from './trainingRecipe.js';

/** Facts of a training beside its recipe. */
interface Training {
  readonly name: string;
  readonly learner: Learner;
  readonly architecture: Architecture;
  /** Number of train images. */
  readonly images: number;
  /** Trained classes of the data, which has `known` in all. */
  readonly classes: readonly Label[];
  readonly known: number;
  /** Number of glyph classes beside them. */
  readonly glyphs?: number;
  /** How images of others come into the model's shape, where the data are drawn in it. */
  readonly fit?: Fit;
  readonly command: string;
  readonly backend: BackendInfo;
}

/** Protocol of a training. Encoders of some classes, or of glyphs, are judged on other classes. */
function protocolOf({ supervised }: Learner, data: string, some: boolean): string {
  if (some || data === 'glyphs' || data === 'characters') return 'novel';
  return supervised ? 'paper' : 'unlabelled';
}

/** Card of a model trained by a recipe, without scores. */
export function cardOf(recipe: TrainingRecipe, training: Training): ModelCard {
  const { name, learner, architecture, images, classes, known, glyphs, fit, command, backend } = training;
  const { composed, invented, groupSize, base } = recipe;
  return {
    name,
    learner: learner.name,
    architecture,
    data: {
      name: recipe.data,
      split: 'train',
      images,
      classes: [...classes],
      labelled: learner.supervised,
      ...(composed ? { composed } : {}),
      ...(invented ? { invented } : {}),
      ...(glyphs === undefined ? {} : { glyphs }),
      ...(fit === undefined ? {} : { fit }),
      ...(recipe.own === undefined ? {} : readingOf(recipe.own.reading)),
      ...(recipe.own?.madeGray ? { madeGray: true } : {}),
    },
    protocol: protocolOf(learner, recipe.data, classes.length < known),
    command,
    seed: recipe.seed,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    learningRate: recipe.learningRate,
    ...(groupSize === undefined ? {} : { groupSize }),
    shift: recipe.shift,
    ...(recipe.warp ? { warp: true } : {}),
    ...(base === 0 ? {} : { base }),
    ...(recipe.from === undefined ? {} : { from: recipe.from }),
    objective: learner.options,
    scores: {},
    versions: {
      'fewshot-atnl': version,
      tfjs: backend.versions.tfjs!,
      backend: backend.name,
      ...(backend.arithmetic === undefined ? {} : { arithmetic: backend.arithmetic }),
    },
  };
}

/** Part of a reading that a card keeps, so that every later command finds, cuts and resizes the same images alike. */
function readingOf({ fit, background, nested, groupBy, layout }: OwnDataOptions) {
  return {
    ...(fit === undefined ? {} : { fit }),
    ...(background === undefined || background === 'black' ? {} : { background }),
    ...(nested ? { nested } : {}),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(layout === undefined ? {} : { layout }),
  };
}

const table = (rows: readonly (readonly [string, string])[]) =>
  ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');

/** Explanation of each protocol. */
const protocolText: Readonly<Record<string, string>> = {
  paper: 'the encoder has seen labelled images of every class that it is evaluated on',
  unlabelled: 'the encoder has seen images of every class that it is evaluated on, without their labels',
  novel: 'judge it on classes that are not among these',
};

/** Explanation of each latent space. */
const geometryText: Record<LatentSpace, string> = {
  sphere: 'lie on the unit sphere',
  euclidean: 'may lie anywhere',
};

/** Largest number of classes that a card lists. */
const LISTED_CLASSES = 50;
/** Explanation of each way of resizing. */
const fitText = {
  letterbox: 'to the encoder’s size, whole between bars (`letterbox`)',
  crop: 'to the encoder’s size, the largest part around the middle (`crop`)',
  ink: 'as drawings, light ink on black, scaled by its box and centered (`ink`)',
  strokes: 'as drawings, light ink on black, scaled by how far it spreads and centered (`strokes`)',
  'strokes-dark':
    'as drawings in dark ink, made light on black, scaled by how far it spreads and centered (`strokes-dark`)',
  'strokes-light':
    'as drawings in light ink on black, scaled by how far it spreads and centered (`strokes-light`)',
  'ink-dark': 'as drawings in dark ink, made light on black, scaled by its box and centered (`ink-dark`)',
  'ink-light': 'as drawings in light ink on black, scaled by its box and centered (`ink-light`)',
};

/** Classes that were learned beside those of the data. */
function madeClasses({ data: { composed, invented, glyphs } }: ModelCard): (readonly [string, string])[] {
  const made = [
    ...(composed === undefined ? [] : [`${composed} classes composed of those images`]),
    ...(invented === undefined ? [] : [`${invented} invented symbols`]),
    ...(glyphs === undefined ? [] : [`${glyphs} letters and signs of fonts`]),
  ];
  return made.length === 0 ? [] : [['beside them', made.join(', ')]];
}

/** Names of classes, or their number with the first and the last if there are many. */
function namesOf(classes: ModelCard['data']['classes']): string {
  if (classes.length === 0) return 'each of a character that is drawn in one batch alone';
  if (classes.length <= LISTED_CLASSES) return `classes ${classes.join(', ')}`;
  return `${classes.length} classes, from ${classes[0]} to ${classes.at(-1)}`;
}

function begunWith({ from }: ModelCard): [title: string, text: string][] {
  if (from === undefined) return [];
  const made = from.command === undefined ? '' : `, made by \`${from.command}\``;
  return [['begun with', `${from.name}, SHA-256 \`${from.sha256}\`${made}`]];
}

function encoderText({ filters, kernelSize, grids }: Architecture): string {
  if (grids === undefined) {
    return `strided ${kernelSize}×${kernelSize} convolutions (${filters.join(', ')}) and a dense layer; the decoder mirrors it`;
  }
  return `${kernelSize}×${kernelSize} convolutions (${filters.join(', ')}) to a grid of a quarter of the sides with ${grids[0]} values at each place and one of an eighth with ${grids[1]}`;
}

/** A model card as Markdown, for people. The model file carries the same facts. */
export function cardText(card: ModelCard, digest: string, bytes: number): string {
  const { architecture, data } = card;
  const objective = Object.entries(card.objective).map(([name, value]) => `${name} ${value}`);
  return `# ${card.name}

An autoencoder whose codes ${geometryText[architecture.latentSpace]}, trained with \`${card.learner}\`.

${table([
  ['images', `${architecture.imageShape.join('×')}, values in [0, 1]`],
  [
    'code',
    `${architecture.latentSize} values, ${architecture.latentSpace}${architecture.variational ? '; the encoder gives its mean and log-variance' : ''}${architecture.styleSize === undefined ? '' : `; the last ${architecture.styleSize} say the style`}`,
  ],
  ['encoder', encoderText(architecture)],
  ['file', `${bytes.toLocaleString('en')} bytes, float16, safetensors`],
  ['SHA-256, as results name it', `\`${digest}\``],
])}

## Training

${table([
  [
    'data',
    `${data.name} ${data.split}: ${data.images.toLocaleString('en')} images ${data.labelled ? 'with' : 'without'} labels, ${namesOf(data.classes)}`,
  ],
  ...(data.fit === undefined ? [] : ([['resized', fitText[data.fit]]] as const)),
  ...(data.background === undefined ? [] : ([['background', data.background]] as const)),
  ...(data.groupBy === undefined
    ? []
    : ([['never cut apart', `images with the same \`${data.groupBy}\``]] as const)),
  ...begunWith(card),
  ...madeClasses(card),
  ['protocol', `\`${card.protocol}\`: ${protocolText[card.protocol] ?? 'see docs/concepts.md'}`],
  ['command', `\`${card.command}\``],
  ['seed', String(card.seed)],
  [
    'epochs',
    `${card.epochs} of batches of ${card.batchSize}, Adam ${card.learningRate} with cosine decay; images shifted by up to ${card.shift} pixels${card.warp ? ' and warped' : ''}${card.groupSize === undefined ? '' : `; ${card.groupSize} images of a class together`}`,
  ],
  ...(card.base === undefined
    ? []
    : ([['base codes', `up to ${card.base} of each class, for paths that need them`]] as const)),
  ['learner', [`\`${card.learner}\``, ...objective].join(', ')],
  [
    'versions',
    Object.entries(card.versions)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ],
])}

## Scores

Measured by the training command after it ended, on the weights as stored.

${table(Object.entries(card.scores).map(([name, value]) => [name, String(value)] as const))}
`;
}
