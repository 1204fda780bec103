import { pipelineFromJSON } from '../augment/pipeline/pipeline.js';
import type { Arithmetic } from '../backend/backendInfo.js';
import { FALSE_ALARMS } from '../classify/unknown.js';
import { arithmeticInUse } from '../node/selectBackend.js';
import { references } from './arms/arms.js';
import { assertSettings, checkedPipelines } from './assertSettings.js';
import { levelsOf } from './data.js';
import { type EvaluationFacts, factsOf } from './evaluationFacts.js';
import { accuracyOf, classesOf, sumOf } from './judge.js';
import { type EpisodeVerdicts, type EvaluateOptions, withEpisodeThreads } from './onWorkers.js';
import { unknownResults } from './openSet.js';
import { protocols, trainsEncoder } from './protocols.js';
import { type ArmResult, type Comparison, EVAL_SCHEMA, type EvaluationResult } from './result.js';
import { type EvaluationSettings, recordedSettings } from './settings.js';
import { estimate, pairedDifference } from './statistics.js';
import { versionsInUse } from './versions.js';
import type { Work } from './work.js';

/** What the verdicts of an evaluation depend on, and what its result tells beside them. */
export interface EvaluationAbout {
  readonly kind: 'eval';
  /** Those that were asked for, with the sizes that the data have. */
  readonly settings: EvaluationSettings;
  readonly facts: EvaluationFacts;
  /** As results have it. */
  readonly arithmetic?: Arithmetic;
  readonly versions: Readonly<Record<string, string>>;
}

/** Arms and pipelines by their names. */
const armsOf = ({ arms, pipelines = [] }: EvaluationSettings): string[] => [
  ...arms,
  ...pipelines.map(({ name }) => name),
];

/**
 * An evaluation as work whose parts are its episodes. Threads, with data and models, are there until `use` is done.
 *
 * @param options `digests`: parts of other machines are to be joined, so images of one's own are told apart by their pixels
 * @throws UsageError for settings that cannot be carried out, before any work is done
 */
export async function withEvaluation<Result>(
  asked: EvaluationSettings,
  options: EvaluateOptions & { readonly digests?: boolean },
  use: (work: Work<EvaluationAbout, EpisodeVerdicts>) => Promise<Result>,
): Promise<Result> {
  assertSettings(asked);
  const pipelines = checkedPipelines(asked.pipelines ?? []);
  const facts = await factsOf({ ...asked, pipelines }, armsOf({ ...asked, pipelines }), options);
  const { ways, shots, episodes } = facts;
  const settings = { ...asked, pipelines, ways, shots, episodes };
  const about: EvaluationAbout = {
    ...{ kind: 'eval', settings, facts },
    ...(await arithmeticInUse()),
    versions: versionsInUse(),
  };
  return withEpisodeThreads(armsOf(settings), settings, options, (run) =>
    use({ about, parts: episodes, run }),
  );
}

/** Compares every arm with the references, and a reference with those before it. */
function compare(results: readonly ArmResult[]): Comparison[] {
  return results.flatMap(({ arm, classifier, episodes }) => {
    const earlier = references.includes(arm) ? references.slice(0, references.indexOf(arm)) : references;
    return earlier.flatMap((against) => {
      const other = results.find((row) => row.arm === against && row.classifier === classifier);
      if (other === undefined) return [];
      const { mean: difference, ci95 } = pairedDifference(episodes, other.episodes);
      return [{ arm, against, classifier, difference, ci95 }];
    });
  });
}

/** Facts about the encoders that each episode trained; none where one encoder serves all. */
function encodersOf(
  verdicts: readonly EpisodeVerdicts[],
  { protocol: name, encoderSteps }: EvaluationSettings,
): Pick<EvaluationResult, 'encoders'> {
  const protocol = protocols[name];
  if (!trainsEncoder(protocol)) return {};
  const sha256 = verdicts.map(({ encoder }) => encoder!);
  return { encoders: { steps: encoderSteps ?? protocol.steps, sha256 } };
}

/** The result of an evaluation, of the verdicts of all its episodes in order. */
export function concludeEvaluation(
  { settings, facts, arithmetic, versions }: EvaluationAbout,
  found: readonly EpisodeVerdicts[],
  { command, seconds }: { readonly command?: string | undefined; readonly seconds: number },
): EvaluationResult {
  const { queries, ways, shots, known, latentSpace, unknown, models, found: leaks, folders } = facts;
  const { seed, groupBy, pipelines = [] } = settings;
  const arms = armsOf(settings);
  const verdictsOf = (arm: string) => found.map(({ verdicts }) => verdicts[arms.indexOf(arm)]!);
  const classes = classesOf(
    arms
      .flatMap(verdictsOf)
      .flatMap(({ knn, cnn }) => [knn, cnn].filter((confusion) => confusion !== undefined)),
    known,
  );
  const results = arms.flatMap((arm) =>
    settings.classifiers.map((classifier): ArmResult => {
      const own = verdictsOf(arm).map((verdict) => verdict[classifier]!);
      const accuracies = own.map(accuracyOf);
      return {
        arm,
        classifier,
        k: classifier === 'knn' ? settings.k : null,
        ...estimate(accuracies),
        episodes: accuracies,
        ...(classes === undefined ? {} : { confusion: sumOf(own, classes).counts }),
      };
    }),
  );
  return {
    schema: EVAL_SCHEMA,
    ...(command === undefined ? {} : { command }),
    seed,
    backend: settings.backend,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    versions,
    data: settings.data,
    split: settings.split,
    protocol: settings.protocol,
    ...models,
    ...encodersOf(found, settings),
    ways,
    shots,
    queries,
    ...(folders === undefined ? {} : { folders }),
    ...(groupBy === undefined || levelsOf(settings) === 1 ? {} : { groupBy }),
    ...leaks,
    ...(classes === undefined ? {} : { classes }),
    ...recordedSettings(settings),
    ...(pipelines.length === 0
      ? {}
      : {
          pipelines: pipelines.map(({ name, pipeline }) => ({
            name,
            pipeline: pipelineFromJSON(pipeline, { latentSpace }).toJSON(),
          })),
        }),
    results,
    comparisons: compare(results),
    ...(unknown === undefined
      ? {}
      : {
          unknown: {
            ...unknown,
            falseAlarms: FALSE_ALARMS,
            results: unknownResults(arms, (arm) => verdictsOf(arm).map((verdict) => verdict.unknown!)),
          },
        }),
    seconds,
  };
}
