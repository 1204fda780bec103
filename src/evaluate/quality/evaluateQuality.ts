import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { cnnPresets } from '../../classify/cnnPresets.js';
import { laterTurn } from '../../core/eventLoop.js';
import { checkFields, checkFunction, checkSignal, checkText, optional } from '../../core/kindChecks.js';
import { version } from '../../core/version.js';
import type { Keep } from '../../node/keptParts.js';
import { modelNameOf } from '../../node/loadModel.js';
import { arithmeticInUse } from '../../node/selectBackend.js';
import { estimate, pairedDifference, proportion } from '../statistics.js';
import { imageJudge } from './imageJudge.js';
import { INTERPOLATION_PAIRS, INTERPOLATION_STEPS } from './interpolationSteps.js';
import { type PartFigures, qualityBench } from './qualityBench.js';
import {
  QUALITY_SCHEMA,
  type QualityComparison,
  type QualityFigure,
  type QualityResult,
  type QualityRow,
  qualityMeasures,
  rowsOf,
} from './qualityResult.js';
import {
  assertCanBeMeasured,
  judgeImagesOf,
  NEIGHBORS,
  type QualityMaterial,
  type QualitySettings,
} from './qualitySettings.js';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Means and intervals over episodes, row by row. */
export function figuresOf(
  found: readonly { readonly row: QualityRow; readonly parts: readonly PartFigures[] }[],
): QualityFigure[] {
  return found.flatMap(({ row, parts }) =>
    qualityMeasures.flatMap((measure): QualityFigure[] => {
      const episodes = parts.flatMap(({ figures }) => figures[measure] ?? []);
      if (episodes.length === 0) return [];
      const figure = { ...row, measure, ...estimate(episodes), episodes };
      if (measure !== 'labelPreservation') return [figure];
      const preserved = sum(parts.map((part) => part.preserved));
      return [{ ...figure, pooled: proportion(preserved, sum(parts.map(({ images }) => images))) }];
    }),
  );
}

/** Comparisons of every figure with that of the first slerp; none without a slerp. */
export function comparisonsOf(results: readonly QualityFigure[]): QualityComparison[] {
  const slerp = results.find(({ path }) => path === 'slerp');
  if (slerp === undefined) return [];
  const against: QualityRow = { model: slerp.model, path: slerp.path };
  const isAgainst = ({ model, path }: QualityRow) => model === against.model && path === against.path;
  return results.flatMap((figure) => {
    const { model, path, measure, episodes } = figure;
    const other = results.find((candidate) => isAgainst(candidate) && candidate.measure === measure);
    if (isAgainst(figure) || other === undefined) return [];
    const { mean: difference, ci95 } = pairedDifference(episodes, other.episodes);
    return [{ model, path, against, measure, difference, ci95 }];
  });
}

const makeAnew: Keep = (_name, _key, make) => make();

export interface QualityOptions {
  /** Command that reproduces the result, which records it. Default: none. */
  readonly command?: string;
  /** Called with the progress of each stage, of which there are two: the training of the judge, and the measuring. */
  readonly onProgress?: (done: number, total: number, stage: string) => void;
  /** Called for each row that is left out, before any work. */
  readonly onSkip?: (row: QualityRow, why: string) => void;
  /** Store of finished parts, with which interrupted work goes on: `keptParts(folder)`. Default: none. */
  readonly keep?: Keep;
  /** Stops the work: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Measures the quality of hallucinated images: draws support sets, lets each model hallucinate along each path that it allows,
 * and compares the images with real test images. The row `real` has other train images in place of hallucinations.
 *
 * @throws UsageError for settings that cannot be carried out, before any work is done; DataError when the label check leaves
 *   too few images to measure
 */
export async function evaluateQuality(
  material: QualityMaterial,
  settings: QualitySettings,
  options: QualityOptions = {},
): Promise<QualityResult> {
  const {
    command,
    onProgress,
    onSkip,
    keep = makeAnew,
    signal,
  } = checkFields('evaluateQuality', options, {
    command: optional(checkText),
    onProgress: optional(checkFunction),
    onSkip: optional(checkFunction),
    keep: optional(checkFunction),
    signal: optional(checkSignal),
  });
  const start = performance.now();
  assertCanBeMeasured(material, settings);
  const { train, test, models } = material;
  const named = models.map((model, i) => ({ name: modelNameOf(settings.models[i]!), model }));
  const { rows, skipped } = rowsOf(named, settings.paths, settings.shots);
  for (const { why, ...row } of skipped) onSkip?.(row, why);

  const versions = { 'fewshot-atnl': version, tfjs, node: process.versions.node };
  const arithmetic = await arithmeticInUse();
  const { models: _, paths, episodes, ...shared } = settings;
  const pause = async () => {
    await new Promise<void>(laterTurn);
    signal?.throwIfAborted();
  };
  const judge = await imageJudge(material, settings, {
    keep,
    key: { versions, backend: settings.backend, ...arithmetic, data: settings.data },
    onProgress: (done, total) => onProgress?.(done, total, 'Training the judge'),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const bench = qualityBench({ data: material, settings, judge, onStep: pause });
    const total = episodes * (rows.length + 2);
    let done = 0;
    const part = async <Value>(episode: number, name: string, make: () => Promise<Value>) => {
      onProgress?.(done, total, 'Measuring');
      await pause();
      const key = {
        versions,
        ...arithmetic,
        judged: judgeImagesOf(settings, train),
        ...shared,
        name,
        episode,
      };
      const value = await keep(`quality-${episode}-${name}`, key, make);
      onProgress?.(++done, total, 'Measuring');
      return value;
    };

    const alone: number[] = [];
    const found = [{ model: null, path: 'real' as const }, ...rows].map(({ model, path }) => ({
      row: { model, path },
      parts: [] as PartFigures[],
    }));
    for (let episode = 0; episode < episodes; episode++) {
      alone.push(await part(episode, 'support', () => bench.supportAlone(episode)));
      found[0]!.parts.push(await part(episode, 'real', () => bench.real(episode)));
      for (const [i, row] of rows.entries()) {
        const name = `${row.source.model.digest}-${row.path}`;
        found[i + 1]!.parts.push(await part(episode, name, () => bench.made(row, episode)));
      }
    }
    const results = figuresOf(found);
    return {
      schema: QUALITY_SCHEMA,
      ...(command === undefined ? {} : { command }),
      seed: settings.seed,
      backend: settings.backend,
      ...arithmetic,
      versions,
      data: settings.data,
      models: named.map(({ name, model: { card, digest } }) => ({
        name,
        learner: card.learner,
        sha256: digest,
        protocol: card.protocol,
      })),
      ways: train.classes.length,
      shots: settings.shots,
      perClass: settings.perClass,
      labelCheck: settings.labelCheck,
      testImages: test.labels.length,
      k: NEIGHBORS,
      interpolations: { pairs: INTERPOLATION_PAIRS, steps: INTERPOLATION_STEPS },
      cnn: settings.cnn,
      cnnSteps: settings.cnnSteps ?? cnnPresets[settings.cnn].recipe.steps,
      judge: { images: judgeImagesOf(settings, train), accuracy: judge.accuracy },
      supportAlone: { ...estimate(alone), episodes: alone },
      skipped,
      results,
      comparisons: comparisonsOf(results),
      seconds: Math.round((performance.now() - start) / 100) / 10,
    };
  } finally {
    judge.classifier.dispose();
  }
}
