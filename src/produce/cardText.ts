import type { LatentSpace, ModelCard } from '../models/index.js';

const table = (rows: readonly (readonly [string, string])[]) =>
  ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');

/** What protocols mean for a reader of the card. */
const protocolText: Readonly<Record<string, string>> = {
  paper: 'the encoder has seen labelled images of every class that it is evaluated on',
  unlabelled: 'the encoder has seen images of every class that it is evaluated on, without their labels',
  novel: 'judge it on classes that are not among these',
};

/** Where codes lie. */
const geometryText: Record<LatentSpace, string> = {
  sphere: 'lie on the unit sphere',
  euclidean: 'may lie anywhere',
};

/** Classes that a card names one by one, at most. */
const MANY = 50;
/** How images came into the model's shape. */
const fitText = {
  letterbox: 'to the encoder’s size, whole between black bars (`letterbox`)',
  crop: 'to the encoder’s size, the largest part around the middle (`crop`)',
};

/** What was learnt beside the data's own classes. */
function madeClasses({ data: { composed, invented, glyphs } }: ModelCard): (readonly [string, string])[] {
  const made = [
    ...(composed === undefined ? [] : [`${composed} classes composed of those images`]),
    ...(invented === undefined ? [] : [`${invented} invented symbols`]),
    ...(glyphs === undefined ? [] : [`${glyphs} letters and signs of fonts`]),
  ];
  return made.length === 0 ? [] : [['beside them', made.join(', ')]];
}

/** Classes by name; where they are many, how many, with the first and the last. */
function namesOf(classes: ModelCard['data']['classes']): string {
  if (classes.length <= MANY) return `classes ${classes.join(', ')}`;
  return `${classes.length} classes, from ${classes[0]} to ${classes.at(-1)}`;
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
  [
    'encoder',
    `strided ${architecture.kernelSize}×${architecture.kernelSize} convolutions (${architecture.filters.join(', ')}) and a dense layer; the decoder mirrors it`,
  ],
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
  ...(card.from === undefined
    ? []
    : ([['begun with', `${card.from.name}, SHA-256 \`${card.from.sha256}\``]] as const)),
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
