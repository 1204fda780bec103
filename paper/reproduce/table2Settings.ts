import type { ProtocolName } from '../../src/evaluate/protocols.js';
import { defaultSettings, type EvaluationSettings } from '../../src/evaluate/settings.js';
import type { BackendName } from '../../src/node/selectBackend.js';
import { type EncoderKind, nameOf, type Scale } from './recipes.js';

/** Evaluations under one protocol that differ in shots and k alone. */
interface Series {
  readonly protocol: ProtocolName;
  /** Shipped name of the encoder, or one of `trainedEncoders`; absent under `shots-only`, which trains its own. */
  readonly model?: string;
  readonly ways: number;
  /** Support images per class, an evaluation each. */
  readonly shots: readonly number[];
  /** Neighbours of the KNN, an evaluation each. The CNN, which has none, is judged beside the first. */
  readonly ks: readonly number[];
  readonly arms: readonly string[];
  /** Share of hallucinations, in [0, 1], by shots. Default: 0.5 for all. */
  readonly mix?: Readonly<Record<number, number>>;
  /** Distillation weight in [0, 1], for all or by shots. Default: 0.5. */
  readonly trust?: number | Readonly<Record<number, number>>;
  /**
   * Teachers beside it. They change labels, which only a CNN learns from, so there is no KNN. The references of these arms are in the
   * previous series of the same shots.
   */
  readonly teachers?: readonly string[];
  /** Images that an arm makes per class. Default: that of `fewshot eval`. */
  readonly perClass?: number;
  /** Batches that the CNN trains on. Default: the preset's. */
  readonly cnnSteps?: number;
  /** Batches that an episode's own encoder trains on. Default: the protocol's. */
  readonly encoderSteps?: number;
}

/** Settings of a quick run that differ from the full run. */
type Quick = Partial<Pick<Series, 'shots' | 'ks' | 'arms' | 'cnnSteps' | 'encoderSteps'>>;

/** Seed of all episodes, on which nothing was tuned. */
export const TABLE2_SEED = 301;

/** Setting of the poster's figures, inferred from them: the poster states neither shots nor k. */
export const posterSetting = { protocol: 'paper', shots: 10, k: 10 } as const;

/** Digits that an encoder has not seen, and is judged on under `novel`. */
export const novelDigits: Readonly<Record<string, string>> = {
  'mnist-01234': 'digits 5–9',
  'mnist-56789': 'digits 0–4',
  glyphs: 'all ten digits',
};

/** An autoencoder trained without labels: of those on the poster, the one that interpolates best. */
const unlabelled: EncoderKind = { data: 'mnist', learner: 'acai', seed: 1 };

/** An encoder that has seen all classes, but only nine tenths of the images; supports are from the rest. */
const disjoint: EncoderKind = { data: 'mnist', learner: 'atnl', seed: 1, first: 54_000, base: 200 };

/** Encoders that are not shipped but trained first, by name of their file. */
export const trainedEncoders: Readonly<Record<string, EncoderKind>> = Object.fromEntries(
  [unlabelled, disjoint].map((kind) => [nameOf(kind), kind]),
);

/** The CNN's best arm on unseen classes, with its references. */
const unseenArms = ['none', 'geometric', 'restyle+geometric+labels', 'codes'] as const;
/** The KNN's best arm. It needs pairs, so at one shot it is `geometric`. */
const pairedArm = 'atnl+geometric';

const novel = {
  protocol: 'novel',
  ks: [1],
  mix: { 1: 0.5, 5: 0.1, 10: 0.1, 20: 0.1 },
  trust: { 1: 1 },
  cnnSteps: 1500,
  quick: { arms: ['none', 'geometric', 'transport+geometric'], cnnSteps: 100 },
} as const;

const series: readonly (Series & { readonly quick: Quick })[] = [
  {
    protocol: 'paper',
    model: 'mnist-plain',
    ways: 10,
    shots: [10],
    ks: [10, 1, 5, 13],
    arms: ['none', 'variants', 'affine', 'geometric', 'atnl', 'transport', 'transport+geometric', 'codes'],
    quick: { ks: [10], arms: ['none', 'variants', 'atnl'], cnnSteps: 100 },
  },
  {
    protocol: 'paper',
    model: 'mnist-plain',
    ways: 10,
    // Those of 10 shots are above.
    shots: [1, 2, 5, 20],
    ks: [1],
    arms: ['none', 'affine', 'geometric', 'atnl', 'transport+geometric'],
    quick: { shots: [1, 5], arms: ['none', 'geometric', 'atnl'], cnnSteps: 100 },
  },
  {
    protocol: 'paper',
    // It has a style part. Its settings were chosen on validation images, for 10 shots alone.
    model: 'mnist',
    ways: 10,
    shots: [10],
    ks: [10, 1],
    arms: ['geometric', 'geometric+labels', 'restyle', 'restyle+geometric+labels', 'codes'],
    perClass: 400,
    trust: 1,
    cnnSteps: 1500,
    quick: { ks: [10], arms: ['geometric', 'restyle'], cnnSteps: 100 },
  },
  ...['mnist-01234', 'mnist-56789'].flatMap((model) => [
    {
      ...{ ...novel, model, ways: 5, shots: [1, 5] },
      // With what tells where a gain comes from.
      arms: [...unseenArms, pairedArm, 'geometric+labels', 'transport+geometric', 'restyle+geometric'],
    },
    {
      ...{ ...novel, model, ways: 5, shots: [1], teachers: ['glyphs'] },
      arms: ['geometric+symbols+labels', 'restyle+geometric+symbols+labels'],
      quick: { shots: [] },
    },
    {
      ...{ ...novel, model, ways: 5, shots: [10, 20] },
      arms: [...unseenArms, pairedArm],
      quick: { shots: [] },
    },
  ]),
  {
    ...novel,
    model: 'glyphs',
    ways: 10,
    shots: [1, 5],
    arms: unseenArms,
    quick: { ...novel.quick, shots: [5] },
  },
  {
    protocol: 'disjoint',
    model: nameOf(disjoint),
    ways: 10,
    shots: [10],
    ks: [10],
    arms: ['none', 'affine', 'geometric', 'atnl', 'transport', 'codes'],
    quick: { arms: ['none', 'geometric', 'atnl'], cnnSteps: 100 },
  },
  {
    protocol: 'unlabelled',
    model: nameOf(unlabelled),
    ways: 10,
    shots: [5],
    ks: [1],
    arms: ['none', 'affine', 'geometric', 'lerp'],
    quick: { arms: ['none', 'geometric', 'lerp'], cnnSteps: 100 },
  },
  {
    protocol: 'shots-only',
    ways: 10,
    shots: [5],
    ks: [1],
    arms: ['none', 'affine', 'geometric', 'atnl', 'atnl+affine'],
    quick: { arms: ['none', 'geometric', 'atnl'], cnnSteps: 100, encoderSteps: 60 },
  },
];

/** Every evaluation of Table 2 at a scale. */
export function table2Settings(scale: Scale, backend: BackendName): EvaluationSettings[] {
  return series.flatMap(({ quick, ...whole }) => {
    const own: Series = scale.name === 'quick' ? { ...whole, ...quick } : whole;
    const { ks, mix = {}, trust = {}, ...same } = own;
    return same.shots.flatMap((shots) =>
      ks.map(
        (k, index): EvaluationSettings => ({
          ...defaultSettings,
          ...same,
          shots,
          k,
          classifiers: [
            ...(own.teachers === undefined ? (['knn'] as const) : []),
            ...(index === 0 ? (['cnn'] as const) : []),
          ],
          mix: mix[shots] ?? 0.5,
          trust: (typeof trust === 'number' ? trust : trust[shots]) ?? 0.5,
          queries: scale.queries,
          episodes: scale.episodes,
          seed: TABLE2_SEED,
          backend,
        }),
      ),
    );
  });
}
