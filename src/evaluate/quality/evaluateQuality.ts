import { cnnPresets } from '../../classify/cnnPresets.js';
import { laterTurn } from '../../core/eventLoop.js';
import { checkFields, checkFunction, checkSignal, checkText, optional } from '../../core/kindChecks.js';
import { digestOfSources } from '../../node/digestOfSources.js';
import type { Keep } from '../../node/keptParts.js';
import { modelNameOf } from '../../node/loadModel.js';
import { arithmeticInUse } from '../../node/selectBackend.js';
import { estimate, pairedDifference, proportion } from '../statistics.js';
import { versionsInUse } from '../versions.js';
import { allParts, type RunOptions, secondsSince, type Work } from '../work.js';
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

/** Figures of one episode. */
export interface EpisodeQuality {
  /** Accuracy of the CNN on the support set alone. */
  readonly alone: number;
  /** Figures of `real`, then of each row. */
  readonly rows: readonly PartFigures[];
}

/** What the figures of a measurement depend on, and what its result tells beside them. */
export interface QualityAbout {
  readonly kind: 'quality';
  readonly settings: QualitySettings;
  readonly rows: readonly QualityRow[];
  readonly facts: Pick<
    QualityResult,
    'models' | 'ways' | 'testImages' | 'judge' | 'skipped' | 'versions' | 'arithmetic'
  > & {
    /** SHA-256 of the images, where it was asked for. */
    readonly images?: string;
  };
}

/**
 * A measurement as work whose parts are its episodes. The judge is there until `use` is done.
 *
 * @param options `digests`: parts of other machines are to be joined, so images are told apart by their pixels
 * @throws UsageError for settings that cannot be carried out, before any work is done
 */
export async function withQuality<Result>(
  material: QualityMaterial,
  settings: QualitySettings,
  options: Omit<QualityOptions, 'command'> & { readonly digests?: boolean },
  use: (work: Work<QualityAbout, EpisodeQuality>) => Promise<Result>,
): Promise<Result> {
  const { onProgress, onSkip, keep = makeAnew, signal, digests = false } = options;
  assertCanBeMeasured(material, settings);
  const { train, test, models } = material;
  const named = models.map((model, i) => ({ name: modelNameOf(settings.models[i]!), model }));
  const { rows, skipped } = rowsOf(named, settings.paths, settings.shots);
  for (const { why, ...row } of skipped) onSkip?.(row, why);

  const versions = versionsInUse();
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
    const part = async <Value>(episode: number, name: string, make: () => Promise<Value>) => {
      await pause();
      const key = {
        versions,
        ...arithmetic,
        judged: judgeImagesOf(settings, train),
        ...shared,
        name,
        episode,
      };
      return keep(`quality-${episode}-${name}`, key, make);
    };
    const about: QualityAbout = {
      ...{ kind: 'quality', settings },
      rows: [{ model: null, path: 'real' }, ...rows.map(({ model, path }) => ({ model, path }))],
      facts: {
        versions,
        ...arithmetic,
        models: named.map(({ name, model: { card, digest } }) => ({
          name,
          learner: card.learner,
          sha256: digest,
          protocol: card.protocol,
        })),
        ways: train.classes.length,
        testImages: test.labels.length,
        judge: { images: judgeImagesOf(settings, train), accuracy: judge.accuracy },
        skipped,
        ...(digests ? { images: digestOfSources(train, test) } : {}),
      },
    };
    let turn: Promise<unknown> = Promise.resolve();
    return await use({
      about,
      parts: episodes,
      // One episode at a time, whoever asks.
      run(wanted, options) {
        const measured = turn.then(() => measure(wanted, options));
        turn = measured.catch(() => undefined);
        return measured;
      },
    });

    async function measure(
      wanted: readonly number[],
      { onValue }: RunOptions<EpisodeQuality> = {},
    ): Promise<EpisodeQuality[]> {
      const total = wanted.length * (rows.length + 2);
      let done = 0;
      onProgress?.(done, total, 'Measuring');
      const counted = async <Value>(episode: number, name: string, make: () => Promise<Value>) => {
        const value = await part(episode, name, make);
        onProgress?.(++done, total, 'Measuring');
        return value;
      };
      const found: EpisodeQuality[] = [];
      for (const episode of wanted) {
        const alone = await counted(episode, 'support', () => bench.supportAlone(episode));
        const figures = [await counted(episode, 'real', () => bench.real(episode))];
        for (const row of rows) {
          const name = `${row.source.model.digest}-${row.path}`;
          figures.push(await counted(episode, name, () => bench.made(row, episode)));
        }
        found.push({ alone, rows: figures });
        await onValue?.(episode, found.at(-1)!);
      }
      return found;
    }
  } finally {
    judge.classifier.dispose();
  }
}

/** The result of a measurement, of the figures of all its episodes in order. */
export function concludeQuality(
  { settings, rows, facts }: QualityAbout,
  found: readonly EpisodeQuality[],
  { command, seconds }: { readonly command?: string | undefined; readonly seconds: number },
): QualityResult {
  const { versions, arithmetic, models, ways, testImages, judge, skipped } = facts;
  const results = figuresOf(rows.map((row, i) => ({ row, parts: found.map(({ rows: own }) => own[i]!) })));
  const alone = found.map((episode) => episode.alone);
  return {
    schema: QUALITY_SCHEMA,
    ...(command === undefined ? {} : { command }),
    seed: settings.seed,
    backend: settings.backend,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    versions,
    data: settings.data,
    models,
    ways,
    shots: settings.shots,
    perClass: settings.perClass,
    labelCheck: settings.labelCheck,
    testImages,
    k: NEIGHBORS,
    interpolations: { pairs: INTERPOLATION_PAIRS, steps: INTERPOLATION_STEPS },
    cnn: settings.cnn,
    cnnSteps: settings.cnnSteps ?? cnnPresets[settings.cnn].recipe.steps,
    judge,
    supportAlone: { ...estimate(alone), episodes: alone },
    skipped,
    results,
    comparisons: comparisonsOf(results),
    seconds,
  };
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
  const start = performance.now();
  const { command } = checkFields('evaluateQuality', options, {
    command: optional(checkText),
    onProgress: optional(checkFunction),
    onSkip: optional(checkFunction),
    keep: optional(checkFunction),
    signal: optional(checkSignal),
  });
  return withQuality(material, settings, options, async (work) => {
    const found = await work.run(allParts(work));
    return concludeQuality(work.about, found, { command, seconds: secondsSince(start) });
  });
}
