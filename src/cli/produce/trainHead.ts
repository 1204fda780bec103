import { basename } from 'node:path';
import { UsageError } from '../../core/errors.js';
import { randomStream } from '../../core/random.js';
import { version } from '../../core/version.js';
import { estimate, pairedDifference } from '../../evaluate/statistics.js';
import { type BaseCodes, baseCodes } from '../../models/baseCodes.js';
import type { FeatureExtractor } from '../../models/extractor.js';
import type { ExtractorCard } from '../../models/extractorCard.js';
import { encodeExtractor } from '../../models/extractorFile.js';
import { type FeatureHead, headCode } from '../../models/featureHead.js';
import { decodeSafetensors } from '../../models/safetensors.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import type { EmbeddedImages } from '../../node/images/embedCatalog.js';
import { MODEL_ENDING } from '../../node/loadModel.js';
import { assertUnlocked, whileLocked } from '../../node/lock.js';
import type { BackendInfo } from '../../node/selectBackend.js';
import { type FitHeadOptions, fitHead } from '../../training/fitHead.js';

/** Codes of base classes, and what becomes of them. */
export interface HeadTraining {
  readonly extractor: FeatureExtractor;
  /** Side of the pictures that the extractor was given, in pixels. */
  readonly images: EmbeddedImages;
  readonly out: string;
  readonly force: boolean;
  /** Codes of each class to keep in the file, at most. */
  readonly base: number;
  readonly seed: number;
  readonly options: Pick<FitHeadOptions, 'steps' | 'margin' | 'learningRate'>;
  readonly backend: BackendInfo;
  /** The command, as the card records it. */
  readonly command: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What a head does to classes that it was not trained on. */
export interface Transfer {
  /** Classes held out. */
  readonly classes: number;
  readonly episodes: number;
  /** Accuracy by the nearest prototype in 5-way episodes of one shot: of the features, of the whitening alone, of the head. */
  readonly features: number;
  readonly whitened: number;
  readonly head: number;
  /** Difference of the head to the features, and half of its 95 % interval. */
  readonly gain: number;
  readonly ci95: number | null;
}

export interface TrainedHead {
  readonly model: string;
  readonly card: string;
  /** Absent where there are too few classes to hold some out. */
  readonly transfer?: Transfer;
}

/** Classes with their codes. */
type Classes = readonly (readonly Float32Array[])[];

/** Least classes of which a fifth is held out: an episode has five. */
const LEAST_TO_HOLD_OUT = 25;
/** Place of codes in errors. */
const TRAINED = { where: 'an image', name: 'the trained head' };
const [WAYS, QUERIES, EPISODES] = [5, 15, 300];

/**
 * Trains a head on features of one's own images, and writes it with its card. With 25 classes or more, a fifth of them is held
 * out first, and a head trained on the rest tells what a head does to classes that it has not seen.
 *
 * @throws UsageError for a file that is there already, or that another training writes at this moment
 */
export async function trainHead(training: HeadTraining): Promise<TrainedHead> {
  const { out, force } = training;
  assertUnlocked(out);
  const assertFree = () => assertNew(out, force, 'Choose another --out, or replace it with --force.');
  await assertFree();
  return whileLocked(out, async () => {
    await assertFree();
    return train(training);
  });
}

async function train(training: HeadTraining): Promise<TrainedHead> {
  const { extractor, images, out, base, seed, options, backend, command, onProgress, signal } = training;
  const { names, classes } = classesOf(images);
  const settings = { ...options, seed, ...(signal === undefined ? {} : { signal }) };
  const transfer = await transferOf(classes, settings);
  const learned = flat(classes);
  const head = await fitHead(learned.codes, learned.labels, {
    ...settings,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const kept = base === 0 ? undefined : keptCodes(classes, head, base, seed);
  const card: ExtractorCard = {
    name: basename(out, MODEL_ENDING),
    features: { name: extractor.name, sha256: extractor.digest, side: extractor.imageShape[0] },
    data: { name: images.name, images: learned.codes.length, classes: names },
    license: 'that of the features and of the images',
    command,
    training: {
      ...{ objective: 'within-class whitening, then atnl', seed },
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    },
    ...(kept === undefined ? {} : { base }),
    scores: transfer === undefined ? {} : scoresOf(transfer),
    versions: { 'fewshot-atnl': version, tfjs: backend.versions.tfjs!, backend: backend.name },
  };
  const bytes = await encodeExtractor({ head, ...(kept === undefined ? {} : { base: kept }) }, card);
  const cardPath = out.replace(/(\.safetensors)?$/, '.md');
  await atomicWrite(cardPath, cardText(card, decodeSafetensors(bytes, out).metadata.sha256!, bytes.length));
  await atomicWrite(out, bytes);
  return { model: out, card: cardPath, ...(transfer === undefined ? {} : { transfer }) };
}

/** Codes of the images to learn from, by class. */
function classesOf({ images, codes, split }: EmbeddedImages): {
  readonly names: string[];
  readonly classes: Classes;
} {
  const byName = new Map<string, Float32Array[]>();
  for (const index of split.train) {
    const { label } = images[index]!;
    const own = byName.get(label) ?? [];
    byName.set(label, own);
    own.push(codes[index]!);
  }
  const usable = [...byName].filter(([, own]) => own.length >= 2);
  if (usable.length < 2) {
    throw new UsageError('a head needs two or more classes with two or more images each', {
      hint: 'Give more images. For a few photos of each thing no head is needed: use the features as they are.',
      option: 'data',
    });
  }
  return { names: usable.map(([name]) => name), classes: usable.map(([, own]) => own) };
}

const flat = (classes: Classes) => ({
  codes: classes.flat(),
  labels: Int32Array.from(classes.flatMap((own, label) => own.map(() => label))),
});

/** Codes of at most `base` images of each class through the head, chosen by the seed. */
function keptCodes(classes: Classes, head: FeatureHead, base: number, seed: number): BaseCodes {
  const chosen = classes.map((own, label) =>
    Array.from(randomStream(seed, 'base', label).sample(own.length, Math.min(base, own.length)), (i) =>
      headCode(head, own[i]!, TRAINED),
    ),
  );
  const { codes, labels } = flat(chosen);
  return baseCodes(codes, labels);
}

async function transferOf(
  classes: Classes,
  settings: FitHeadOptions & { readonly seed: number },
): Promise<Transfer | undefined> {
  if (classes.length < LEAST_TO_HOLD_OUT) return undefined;
  const order = randomStream(settings.seed, 'held-out classes').permutation(classes.length);
  const count = Math.floor(classes.length / 5);
  const held = Array.from(order.subarray(0, count), (i) => classes[i]!).filter((own) => own.length >= 2);
  const { codes, labels } = flat(Array.from(order.subarray(count), (i) => classes[i]!));
  const whitened = await fitHead(codes, labels, { ...settings, steps: 0 });
  const head = await fitHead(codes, labels, settings);
  const accuracies = (through: (code: Float32Array) => Float32Array) =>
    oneShotAccuracies(
      held.map((own) => own.map(through)),
      settings.seed,
    );
  const plain = accuracies((code) => code);
  const tuned = accuracies((code) => headCode(head, code, TRAINED));
  const { mean: gain, ci95 } = pairedDifference(tuned, plain);
  return {
    ...{ classes: held.length, episodes: EPISODES, features: estimate(plain).mean },
    whitened: estimate(accuracies((code) => headCode(whitened, code, TRAINED))).mean,
    ...{ head: estimate(tuned).mean, gain, ci95 },
  };
}

/** Accuracy of each episode by the nearest prototype, which with one shot is the code itself. */
function oneShotAccuracies(classes: Classes, seed: number): number[] {
  return Array.from({ length: EPISODES }, (_, episode) => {
    const random = randomStream(seed, 'held-out episode', episode);
    const ways = Math.min(WAYS, classes.length);
    const drawn = Array.from(random.sample(classes.length, ways), (number) => {
      const own = classes[number]!;
      return Array.from(random.sample(own.length, Math.min(own.length, QUERIES + 1)), (i) => own[i]!);
    });
    const supports = drawn.map(([support]) => support!);
    const right = drawn.map(
      (own, label) => own.slice(1).filter((query) => nearest(query, supports) === label).length,
    );
    return right.reduce((sum, n) => sum + n, 0) / drawn.reduce((sum, own) => sum + own.length - 1, 0);
  });
}

function nearest(query: Float32Array, supports: readonly Float32Array[]): number {
  const cosines = supports.map((support) => support.reduce((sum, value, i) => sum + value * query[i]!, 0));
  return cosines.indexOf(Math.max(...cosines));
}

const scoresOf = ({ classes, episodes, features, whitened, head }: Transfer): Record<string, number> => {
  const on = `nearest prototype, ${WAYS}-way, 1 shot, ${classes} classes held out, ${episodes} episodes`;
  return Object.fromEntries(
    [
      ['features', features],
      ['whitening alone', whitened],
      ['head', head],
    ].map(([name, value]) => [`${on}: ${name}`, Number((value as number).toFixed(4))]),
  );
};

/** The card of a head as Markdown, for people. The file carries the same facts. */
function cardText(card: ExtractorCard, digest: string, bytes: number): string {
  const { features, data, training = {}, base, scores, versions, command } = card;
  const rows = (pairs: readonly (readonly [string, string])[]) =>
    ['| | |', '| --- | --- |', ...pairs.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
  return `# ${card.name}

A linear head on the features of \`${features!.name}\`. Its codes lie on the unit sphere.

${rows([
  ['features', `\`${features!.name}\`, SHA-256 \`${features!.sha256}\``],
  ['file', `${bytes.toLocaleString('en')} bytes, float16, safetensors`],
  ['SHA-256', `\`${digest}\``],
  [
    'data',
    `${data.name}: ${data.images.toLocaleString('en')} images of ${(data.classes as readonly unknown[]).length} classes. Judge it on other classes.`,
  ],
  [
    'training',
    Object.entries(training)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ],
  ...(base === undefined
    ? []
    : ([['base codes', `up to ${base} of each class, for paths that need them`]] as const)),
  ['command', `\`${command}\``],
  [
    'versions',
    Object.entries(versions)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ],
])}

## Scores

${Object.keys(scores).length === 0 ? 'There were too few classes to hold some out.' : `Of a head trained on the other classes. The head in the file has seen all of them.\n\n${rows(Object.entries(scores).map(([name, value]) => [name, String(value)] as const))}`}
`;
}
