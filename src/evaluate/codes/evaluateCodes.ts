import { getBackend } from '@tensorflow/tfjs-core';
import { transformToJSON } from '../../augment/transforms/geometricTransforms.js';
import { knnEngineNames } from '../../classify/knnEngine.js';
import { FALSE_ALARMS } from '../../classify/unknown.js';
import { checkCount, checkSeed } from '../../core/checks.js';
import { laterTurn, TimeSlice } from '../../core/eventLoop.js';
import {
  checkFields,
  checkFlag,
  checkFunction,
  checkSignal,
  checkText,
  listOf,
  oneAmong,
  optional,
  whole,
} from '../../core/kindChecks.js';
import { drawEpisode } from '../../data/episodes.js';
import type { FeatureExtractor } from '../../models/extractor.js';
import {
  type EmbeddedImages,
  type EmbeddingWork,
  embedCatalog,
  type PictureVariants,
} from '../../node/images/embedCatalog.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { arithmeticInUse, type BackendName } from '../../node/selectBackend.js';
import { accuracyOf, classesOf, confusionOf, sumOf } from '../judge.js';
import type { EvaluateOptions } from '../onWorkers.js';
import { type OpenSetVerdict, unknownResults } from '../openSet.js';
import { EVAL_SCHEMA, type EvaluationResult, type ShotCurve } from '../result.js';
import {
  assertNeighbors,
  type CodeEvaluationSettings,
  type CompleteCodeSettings,
  codeClassifierNames,
  codeProtocolNames,
  defaultCodeSettings,
} from '../settings.js';
import { estimate } from '../statistics.js';
import { versionsInUse } from '../versions.js';
import {
  assertCodesFor,
  codeArmNamed,
  codeReference,
  defaultCodeArms,
  photoVariants,
  VARIANTS,
} from './codeArms.js';
import { type CodeBench, codeBench, type NumberedEpisode } from './codeBench.js';
import {
  bestOf,
  type CodeRow,
  CURVE_EPISODES,
  compareCodes,
  curveShots,
  mistakesIn,
  rowsOf,
} from './codeRows.js';
import { codeSources } from './codeSources.js';

export interface EvaluateCodesOptions extends Pick<EvaluateOptions, 'onProgress' | 'onFindings' | 'signal'> {
  /** The command that makes the same result, for the result to record; or what tells it for the complete settings. */
  readonly command?: string | ((settings: CompleteCodeSettings) => string);
  /** Called after each image that is read. */
  readonly onImage?: (done: number, total: number) => void;
  /** Called once all images have their codes. */
  readonly onEmbedded?: (work: EmbeddingWork) => void;
}

const settingChecks = {
  data: checkText,
  split: optional(oneAmong(['test', 'validation'])),
  protocol: optional(oneAmong(codeProtocolNames)),
  ways: optional(whole(2)),
  shots: optional(whole()),
  episodes: optional(whole()),
  arms: optional(listOf(checkText, 1)),
  classifiers: optional(listOf(oneAmong(codeClassifierNames), 1)),
  unknown: optional(checkFlag),
  k: optional(whole()),
  knnEngine: optional(oneAmong(knnEngineNames)),
  perClass: optional(whole()),
  seed: optional(checkSeed),
};

/**
 * Judges ways to make use of few codes of a model of features: each episode draws a support set of your own images, each arm
 * enlarges their codes, and each classifier learns from them and is tested on the same queries. Each image is embedded once.
 *
 * @throws UsageError for settings that cannot be carried out; errors of the data as `openCatalog` and `embedCatalog`
 */
export async function evaluateCodes(
  extractor: FeatureExtractor,
  asked: CodeEvaluationSettings,
  options: EvaluateCodesOptions = {},
): Promise<EvaluationResult> {
  const start = performance.now();
  checkFields('evaluateCodes', options, {
    onProgress: optional(checkFunction),
    onFindings: optional(checkFunction),
    onImage: optional(checkFunction),
    onEmbedded: optional(checkFunction),
    signal: optional(checkSignal),
  });
  const given = withDefaults(checkFields('evaluateCodes', asked, settingChecks));
  if (given.queries !== 'all') checkCount('queries', given.queries);
  const wanted = given.arms.map(codeArmNamed);
  for (const arm of wanted) assertCodesFor(arm, extractor);

  const varies = wanted.some((arm) => arm.varies);
  const views = wanted.some((arm) => arm.views);
  const embedded = await embedData(extractor, given, { varies, views }, options);
  options.onEmbedded?.(embedded.work);
  const sources = codeSources(embedded, extractor, given);
  // Arms that nobody asked for are left out where they would add nothing.
  const useful = wanted.filter(({ samples = 1 }) => asked.arms !== undefined || samples <= sources.shots);
  const settings: CompleteCodeSettings = {
    ...given,
    ...{ arms: useful.map(({ name }) => name), ways: sources.ways, shots: sources.shots },
  };
  const rows = rowsOf(settings.arms, settings.classifiers);
  const arms = [...new Set(rows.map(({ arm }) => arm))].map(codeArmNamed);
  options.onFindings?.(sources.findings);
  const { ways, shots, queries, seed, episodes, unknown = false } = settings;
  if (given.classifiers.includes('knn') || unknown) assertNeighbors(settings.k, ways, shots);
  const { among } = sources;
  const drawn = Array.from({ length: episodes }, (_, episode): NumberedEpisode => {
    const one = { ways, shots, queries, fewerQueries: true, seed, episode, among };
    return { ...drawEpisode(sources, one), episode };
  });

  const bench = codeBench(embedded, sources, extractor, settings);
  const step = steps(options, episodes + Math.min(episodes, CURVE_EPISODES));
  const answers = rows.map((): Int32Array[] => []);
  const verdicts = new Map(arms.map(({ name }): [string, OpenSetVerdict[]] => [name, []]));
  for (const one of drawn) {
    for (const arm of arms) {
      const learned = bench.learn(arm, one);
      let byKnn: Int32Array | undefined;
      for (const [i, { classifier }] of rows.entries()) {
        if (rows[i]!.arm !== arm.name) continue;
        const found = await bench.answer(classifier, learned, one);
        answers[i]!.push(found);
        if (classifier === 'knn') byKnn = found;
      }
      if (!unknown) continue;
      byKnn ??= await bench.answer('knn', learned, one);
      verdicts.get(arm.name)!.push(await bench.openSet(learned, byKnn, one));
    }
    await step();
  }

  const confusions = rows.map((_, row) =>
    drawn.map((one, episode) => confusionOf(answers[row]![episode]!, bench.truthOf(one), one.classes)),
  );
  const classes = classesOf(drawn, sources.support.classes);
  const results = rows.map(({ arm, classifier }, row) => {
    const accuracies = confusions[row]!.map(accuracyOf);
    return {
      ...{ arm, classifier },
      k: classifier === 'knn' ? settings.k : null,
      ...estimate(accuracies),
      episodes: accuracies,
      ...(classes === undefined ? {} : { confusion: sumOf(confusions[row]!, classes).counts }),
    };
  });
  const best = bestOf(results);
  const curve = await curves(best, drawn, { settings, bench, step });
  const { findings } = sources;
  const tested = drawn.reduce((sum, { queryIndices }) => sum + queryIndices.length, 0);
  const command = typeof options.command === 'function' ? options.command(settings) : options.command;
  return {
    schema: EVAL_SCHEMA,
    ...(command === undefined ? {} : { command }),
    seed,
    backend: getBackend() as BackendName,
    ...(await arithmeticInUse()),
    versions: versionsInUse(),
    data: settings.data,
    split: embedded.whole ? 'all' : settings.split,
    protocol: settings.protocol,
    model: { name: extractor.name, sha256: extractor.digest },
    ways,
    shots,
    queries: Math.round(tested / episodes),
    ...(findings.leaks.length === 0 ? {} : { leaks: findings.leaks.length }),
    ...(classes === undefined ? {} : { classes }),
    perClass: settings.perClass,
    knnEngine: settings.knnEngine,
    features: { images: embedded.images.length, ...(varies ? { variants: VARIANTS } : {}) },
    results,
    comparisons: compareCodes(results),
    curve,
    mistakes: {
      ...{ arm: best.arm, classifier: best.classifier },
      pictures: mistakesIn(bench.named(drawn, answers[results.indexOf(best)]!)),
    },
    ...(unknown
      ? {
          unknown: {
            ...bench.unknownSizes(drawn[0]!),
            falseAlarms: FALSE_ALARMS,
            results: unknownResults([...verdicts.keys()], (arm) => verdicts.get(arm)!),
          },
        }
      : {}),
    seconds: Math.round((performance.now() - start) / 100) / 10,
  };
}

/** The settings with their defaults. Arms are those that codes of the model allow. */
function withDefaults(
  asked: CodeEvaluationSettings,
): CodeEvaluationSettings & Omit<CompleteCodeSettings, 'ways' | 'shots'> {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return { ...defaultCodeSettings, arms: defaultCodeArms, ...(given as unknown as CodeEvaluationSettings) };
}

async function embedData(
  extractor: FeatureExtractor,
  settings: CodeEvaluationSettings,
  { varies, views }: { readonly varies: boolean; readonly views: boolean },
  { signal, onImage }: EvaluateCodesOptions,
): Promise<EmbeddedImages> {
  const { fit, background, skipBad, data, ...finding } = settings;
  return embedCatalog(await openCatalog(data, finding), extractor, {
    ...(fit === undefined ? {} : { fit }),
    ...(background === undefined ? {} : { background }),
    ...(skipBad === undefined ? {} : { skipBad }),
    ...(varies ? { variants: { ...variantsOfPictures(), ofTests: views } } : {}),
    ...(signal === undefined ? {} : { signal }),
    ...(onImage === undefined ? {} : { onProgress: onImage }),
  });
}

function variantsOfPictures(): PictureVariants {
  const transform = photoVariants();
  return {
    count: VARIANTS,
    about: JSON.stringify(transformToJSON(transform)),
    draw: (picture, random) => transform.apply({ ...picture, label: 0 }, random),
  };
}

/** Returns what ends a step of an evaluation: it tells of it, lets the event loop have its turn, and stops where that is asked. */
function steps({ onProgress, signal }: EvaluateCodesOptions, total: number): () => Promise<void> {
  const slice = new TimeSlice();
  let done = 0;
  onProgress?.(0, total);
  return async () => {
    onProgress?.(++done, total);
    if (!slice.isOver()) return;
    await new Promise<void>(laterTurn);
    slice.begin();
    signal?.throwIfAborted();
  };
}

/** Accuracy of the reference and of the best row by shots, on the first episodes. */
async function curves(
  best: CodeRow,
  drawn: readonly NumberedEpisode[],
  {
    settings,
    bench,
    step,
  }: {
    readonly settings: CompleteCodeSettings;
    readonly bench: CodeBench;
    readonly step: () => Promise<void>;
  },
): Promise<ShotCurve[]> {
  const first = drawn.slice(0, CURVE_EPISODES);
  const spare = Math.min(...first.flatMap(({ spareIndices }) => spareIndices.map(({ length }) => length)));
  const all = curveShots(settings.shots, settings.shots + spare);
  const isReference = best.arm === codeReference.arm && best.classifier === codeReference.classifier;
  const rows: CodeRow[] = isReference ? [codeReference] : [codeReference, best];
  const accuracies = rows.map(() => all.map((): number[] => []));
  for (const one of first) {
    const truth = bench.truthOf(one);
    for (const [i, { arm, classifier }] of rows.entries()) {
      for (const [j, shots] of all.entries()) {
        const answers = await bench.answer(classifier, bench.learn(codeArmNamed(arm), one, shots), one);
        accuracies[i]![j]!.push(accuracyOf(confusionOf(answers, truth, one.classes)));
      }
    }
    await step();
  }
  return rows.map(({ arm, classifier }, i) => ({
    ...{ arm, classifier, episodes: first.length },
    points: all.map((shots, j) => ({ shots, ...estimate(accuracies[i]![j]!) })),
  }));
}
