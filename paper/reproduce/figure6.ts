import { Buffer } from 'node:buffer';
import type { PathName } from '../../src/augment/paths.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { imageGrid } from '../../src/cli/report/plots/imageGrid.js';
import { type ImageShape, imagesOf, type LabeledImage } from '../../src/core/image.js';
import { heldOutClassifier } from '../../src/evaluate/interpolation/heldOutClassifier.js';
import {
  type ImagePair,
  interpolate,
  midpointLabels,
} from '../../src/evaluate/interpolation/latentInterpolation.js';
import type { Model } from '../../src/models/model.js';
import { interpolationOnLines } from '../data/lineInterpolation.js';
import type { Exhibit } from './exhibit.js';
import type { Lab } from './lab.js';
import { training } from './pieces.js';
import { type EncoderKind, nameOf, type PosterLearner, smoothOrder, titles } from './recipes.js';

/** A row of the figure: an encoder and the way between two of its codes. */
interface System {
  readonly name: string;
  readonly learner: PosterLearner;
  readonly path: Extract<PathName, 'slerp' | 'lerp'>;
}

interface Figure6Row extends System {
  /** ACAI's scores on lines, by an encoder of that learner that was trained on lines. */
  readonly meanDistance: number;
  /** `null` where no interpolation has one. */
  readonly smoothness: number | null;
  /** Share of mid-points between two digits of a class that a classifier of images puts into that class. */
  readonly labelKept: number;
  /** Its 95 % interval. */
  readonly labelKept95: readonly [number, number];
  /** Images of the grid, pair by pair: 8-bit gray, base64. */
  readonly images: readonly (readonly string[])[];
}

interface Figure6 {
  readonly shape: ImageShape;
  readonly omegas: readonly number[];
  /** Classes of the end images of each pair. */
  readonly pairs: readonly (readonly [string, string])[];
  /** End images of each pair, before any encoder. */
  readonly ends: readonly (readonly [string, string])[];
  /** Accuracy of the classifier that judges mid-points, on the test images. */
  readonly classifierAccuracy: number;
  readonly rows: readonly Figure6Row[];
}

/** ATNL* is ATNL with straight paths. */
const systems: readonly System[] = [
  ...(['ae', 'vae', 'aae', 'acai'] as const).map(
    (learner): System => ({ name: titles[learner], learner, path: 'lerp' }),
  ),
  { name: 'ATNL*', learner: 'atnl', path: 'lerp' },
  { name: 'ATNL', learner: 'atnl', path: 'slerp' },
];
const OMEGAS = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((step) => step / 8);
const LINE_STEPS = 16;
const SEED = 1;
/** Test images of the grid: the first of each of two digits, twice. */
const shownDigits = [
  [1, 7],
  [3, 8],
] as const;

const kindOf = (data: 'mnist' | 'lines', learner: PosterLearner): EncoderKind => ({
  data,
  learner,
  seed: SEED,
  ...(data === 'mnist' && learner === 'atnl' ? { variant: smoothOrder } : {}),
});

const pack = ({ pixels }: LabeledImage) =>
  Buffer.from(Uint8Array.from(pixels, (value) => Math.round(255 * value))).toString('base64');

const unpack = (text: string, shape: ImageShape): LabeledImage => ({
  pixels: Float32Array.from(Buffer.from(text, 'base64'), (value) => value / 255),
  shape,
  label: 0,
});

async function withEncoder<Value>(
  lab: Lab,
  kind: EncoderKind,
  use: (model: Model) => Promise<Value>,
): Promise<Value> {
  const model = await lab.encoder(kind);
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

/** ACAI's two scores of interpolation, on lines. */
function onLines(lab: Lab, { learner, path }: System) {
  return withEncoder(lab, kindOf('lines', learner), (model) => {
    const key = { digest: model.digest, pairs: lab.scale.pairs, steps: LINE_STEPS, path };
    return lab.once(`figure6-lines-${learner}-${path}`, key, async () => {
      lab.progress(`Interpolating lines, ${learner}, ${path}`)(0, 1);
      const { meanDistance, smoothness } = interpolationOnLines(model, path, {
        pairs: lab.scale.pairs,
        steps: LINE_STEPS,
        seed: SEED,
      });
      return { meanDistance, smoothness: Number.isFinite(smoothness) ? smoothness : null };
    });
  });
}

/** Figure 6: images between two images, and how good they are. */
export const figure6: Exhibit<Figure6> = {
  schema: 'fewshot.figure6/1',
  pieces: (lab) =>
    systems.flatMap((system) => [
      training(lab, kindOf('mnist', system.learner)),
      { name: nameOf(kindOf('lines', system.learner)), make: () => onLines(lab, system) },
    ]),
  async measure(lab) {
    const { train, test } = await lab.dataset('mnist');
    const shown = [...imagesOf(test.images(shownDigits.flat().map((digit) => test.labels.indexOf(digit))))];
    const pairs = shownDigits.map((_, pair): ImagePair => [shown[2 * pair]!, shown[2 * pair + 1]!]);
    const learning = lab.progress('Training the classifier that judges mid-points');
    const judge = await heldOutClassifier(train, {
      seed: SEED,
      ...(lab.scale.limit === undefined ? {} : { images: lab.scale.limit }),
      ...(lab.scale.judgeSteps === undefined ? {} : { steps: lab.scale.judgeSteps }),
      onProgress: learning,
      ...(lab.signal === undefined ? {} : { signal: lab.signal }),
    });
    try {
      const rows: Figure6Row[] = [];
      for (const system of systems) {
        const { path } = system;
        const digits = await withEncoder(lab, kindOf('mnist', system.learner), async (model) => {
          lab.progress(`Interpolating digits, ${system.name}`)(0, 1);
          const kept = await midpointLabels(model, test, {
            pairs: 10 * lab.scale.pairs,
            path,
            seed: SEED,
            classify: judge.classify,
          });
          const images = interpolate(model, pairs, { path, omegas: OMEGAS });
          return {
            labelKept: kept.share,
            labelKept95: kept.ci95,
            images: images.map((row) => row.map(pack)),
          };
        });
        rows.push({ ...system, ...(await onLines(lab, system)), ...digits });
      }
      return {
        shape: test.shape,
        omegas: OMEGAS,
        pairs: pairs.map(([from, to]) => [String(from.label), String(to.label)]),
        ends: pairs.map(([from, to]) => [pack(from), pack(to)]),
        classifierAccuracy: await judge.accuracy(test),
        rows,
      };
    } finally {
      judge.dispose();
    }
  },
  async draw({ rows, shape, omegas, pairs, ends, classifierAccuracy, command, scale }) {
    const table = markdownTable(
      ['Row', 'Path', 'Mean Distance · 10³', 'Smoothness', 'class kept at ω = 0.5, %'],
      rows.map(({ name, path, meanDistance, smoothness, labelKept, labelKept95: [low, high] }) => [
        name,
        path,
        (1000 * meanDistance).toFixed(2),
        smoothness === null ? '–' : smoothness.toFixed(3),
        `${(100 * labelKept).toFixed(2)} (${(100 * low).toFixed(2)} – ${(100 * high).toFixed(2)})`,
      ]),
    );
    const files: Record<string, string> = {};
    for (const [pair, [from, to]] of pairs.entries()) {
      files[`${from}-${to}.svg`] = imageGrid({
        title: `From ${from} to ${to}`,
        columns: ['image', ...omegas.map((omega) => `ω = ${omega}`), 'image'],
        ends: true,
        rows: rows.map(({ name, path, images }) => ({
          name,
          note: path,
          images: [ends[pair]![0], ...images[pair]!, ends[pair]![1]].map((text) => unpack(text, shape)),
        })),
      });
    }
    const pictures = Object.keys(files).map((file) => `![Interpolations](figure6-${file})`);
    return {
      ...files,
      md: `# Figure 6: images between two images\n\nMean Distance and Smoothness of ACAI's task of rendered lines (arXiv 1807.07543, 4.1; lower is better): encoders trained on lines. The class that is kept: share of mid-points between two test digits of a class which a CNN puts into that class (95 % interval); it was trained on MNIST's images alone and puts ${(100 * classifierAccuracy).toFixed(2)} % of the test images into theirs. ATNL is trained with ordinal semantics on digits, with circular ones on lines; ATNL* is the same encoder with straight paths. One encoder a row, seed ${SEED} (${scale} run). Made by \`${command}\`.\n\n${table}\n\n${pictures.join('\n\n')}\n`,
    };
  },
};
