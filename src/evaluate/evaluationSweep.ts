import type { Arithmetic } from '../backend/backendInfo.js';
import { DataError } from '../core/errors.js';
import { arithmeticInUse, selectBackend } from '../node/selectBackend.js';
import { assertSettings } from './assertSettings.js';
import { factsOf } from './evaluationFacts.js';
import { concludeEvaluation, type EvaluationAbout, withEvaluation } from './evaluationWork.js';
import type { EpisodeVerdicts, EvaluateOptions } from './onWorkers.js';
import type { ArmResult, EvaluationResult } from './result.js';
import type { EvaluationSettings } from './settings.js';
import { estimate } from './statistics.js';
import { versionsInUse } from './versions.js';
import { allParts, type Work } from './work.js';

/** Version of the JSON that sweeps write. */
export const SWEEP_SCHEMA = 'fewshot.sweep/1';

/** Settings by name in which the evaluations of a sweep differ. */
export type Varied = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** An evaluation of a sweep. */
export interface SweepCell {
  readonly varied: Varied;
  readonly settings: EvaluationSettings;
  /** The command that makes it alone. */
  readonly command: string;
}

export interface SweepSettings {
  readonly cells: readonly SweepCell[];
}

/** What the values of a sweep depend on. */
export interface SweepAbout {
  readonly kind: 'sweep';
  readonly settings: SweepSettings;
  readonly arithmetic?: Arithmetic;
  readonly versions: Readonly<Record<string, string>>;
}

/** Verdicts of one evaluation. */
export interface CellVerdicts {
  readonly about: EvaluationAbout;
  readonly episodes: readonly EpisodeVerdicts[];
}

/** A row of a sweep: an arm and a classifier under some settings, over the episodes of all seeds. */
export interface SweepRow extends Pick<ArmResult, 'arm' | 'classifier' | 'mean' | 'ci95'> {
  /** But for the seed. */
  readonly varied: Varied;
  /** Number of episodes. */
  readonly episodes: number;
}

export interface SweepResult {
  readonly schema: typeof SWEEP_SCHEMA;
  readonly command?: string;
  readonly arithmetic?: Arithmetic;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly SweepRow[];
  /** Each evaluation, in the order of the sweep. */
  readonly evaluations: readonly { readonly varied: Varied; readonly result: EvaluationResult }[];
  readonly seconds: number;
}

/**
 * Throws a `UsageError` for the first evaluation of a sweep that cannot be carried out. Those that differ in their seeds alone are
 * checked once.
 */
export async function assertSweep({ cells }: SweepSettings): Promise<void> {
  const checked = new Set<string>();
  for (const { settings } of cells) {
    const key = JSON.stringify({ ...settings, seed: 0 });
    if (checked.has(key)) continue;
    checked.add(key);
    assertSettings(settings);
    await factsOf(settings, settings.arms);
  }
}

/** A sweep as work whose parts are its evaluations. */
export async function withSweep<Result>(
  settings: SweepSettings,
  options: Pick<EvaluateOptions, 'workers' | 'signal' | 'onFindings'>,
  use: (work: Work<SweepAbout, CellVerdicts>) => Promise<Result>,
): Promise<Result> {
  await selectBackend(settings.cells[0]!.settings.backend);
  const about: SweepAbout = {
    ...{ kind: 'sweep', settings },
    ...(await arithmeticInUse()),
    versions: versionsInUse(),
  };
  return use({
    about,
    parts: settings.cells.length,
    async run(parts, { onValue, onProgress, threads } = {}) {
      const total = parts.reduce((sum, part) => sum + settings.cells[part]!.settings.episodes, 0);
      let before = 0;
      onProgress?.(0, total);
      const found: CellVerdicts[] = [];
      for (const part of parts) {
        const { settings: cell } = settings.cells[part]!;
        const own = { ...options, ...(threads === undefined ? {} : { workers: threads }), digests: true };
        const value = await withEvaluation(cell, own, async (work): Promise<CellVerdicts> => {
          let done = 0;
          const episodes = await work.run(allParts(work), {
            onValue: () => onProgress?.(before + ++done, total),
          });
          return { about: work.about, episodes };
        });
        before += cell.episodes;
        found.push(value);
        await onValue?.(part, value);
      }
      return found;
    },
  });
}

/**
 * The result of a sweep, of the verdicts of all its evaluations in order.
 *
 * @throws DataError if a model or data of one name differed between evaluations
 */
export function concludeSweep(
  { settings: { cells }, arithmetic, versions }: SweepAbout,
  found: readonly CellVerdicts[],
  { command, seconds }: { readonly command?: string | undefined; readonly seconds: number },
): SweepResult {
  assertSameInputs(found);
  const evaluations = cells.map((cell, i) => ({
    varied: cell.varied,
    result: concludeEvaluation(found[i]!.about, found[i]!.episodes, { command: cell.command, seconds: 0 }),
  }));
  return {
    schema: SWEEP_SCHEMA,
    ...(command === undefined ? {} : { command }),
    ...(arithmetic === undefined ? {} : { arithmetic }),
    versions,
    rows: rowsOf(evaluations),
    evaluations,
    seconds,
  };
}

/** Evaluations that differ in their seeds alone are one row an arm and classifier. */
function rowsOf(evaluations: SweepResult['evaluations']): SweepRow[] {
  const groups = new Map<string, { readonly varied: Varied; readonly results: EvaluationResult[] }>();
  for (const { varied, result } of evaluations) {
    const { seed: _, ...rest } = varied;
    const key = JSON.stringify(rest);
    const group = groups.get(key) ?? { varied: rest, results: [] };
    groups.set(key, group);
    group.results.push(result);
  }
  return [...groups.values()].flatMap(({ varied, results }) =>
    results[0]!.results.map(({ arm, classifier }): SweepRow => {
      const isOwn = (row: ArmResult) => row.arm === arm && row.classifier === classifier;
      const episodes = results.flatMap((result) => result.results.find(isOwn)!.episodes);
      return { varied, arm, classifier, ...estimate(episodes), episodes: episodes.length };
    }),
  );
}

/** Throws a `DataError` unless models and images of one name are the same in all evaluations. */
function assertSameInputs(found: readonly CellVerdicts[]): void {
  const digests = new Map<string, string>();
  for (const { about } of found) {
    const { settings, facts } = about;
    const { model, teachers = [] } = facts.models;
    const inputs = [
      ...[model, ...teachers].flatMap((each) =>
        each === undefined ? [] : [[`model ${each.name}`, each.sha256]],
      ),
      ...(facts.images === undefined ? [] : [[`data ${settings.data} for ${settings.model}`, facts.images]]),
    ] as [string, string][];
    for (const [name, digest] of inputs) {
      const other = digests.get(name);
      if (other !== undefined && other !== digest) {
        throw new DataError(`the ${name} was not the same in all evaluations`, {
          hint: 'Give all machines the same files, and make the parts again.',
        });
      }
      digests.set(name, digest);
    }
  }
}
