import { stdout } from 'node:process';
import { UsageError } from '../../core/errors.js';
import { evaluationDataNames, isEvaluationData } from '../../evaluate/data.js';
import { evaluationSchema } from '../../evaluate/result.js';
import { defaultCodeSettings, defaultSettings } from '../../evaluate/settings.js';
import { versionsInUse } from '../../evaluate/versions.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { loadExtractor } from '../../node/loadExtractor.js';
import { loadModel } from '../../node/loadModel.js';
import { readResult } from '../../node/readResult.js';
import type { BackendName } from '../../node/selectBackend.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertData, calledData, modelFor } from '../images.js';
import { commandText } from '../options/option.js';
import { reportTable } from '../options/reportOptions.js';
import { assertNoDetail, assertPhotos, modelOfFeatures } from '../photos.js';
import { evaluatePhotos, gatherPhotos } from '../photosReport.js';
import { isDatasetName } from '../produce/dataset.js';
import { episodesOf, type ShownEvaluation } from '../report/page/pageParts.js';
import { photosAnswer } from '../report/page/photosAdvice.js';
import { photosPage } from '../report/page/photosPage.js';
import { reportPage } from '../report/page/reportPage.js';
import {
  lookAtData,
  mapped,
  ownEvaluation,
  type ReportFlags,
  type ReportTools,
  reportHallucinations,
  reportMap,
  type SettledFlags,
} from '../reportParts.js';

/** Throws a `UsageError` before any work for a request that cannot be carried out. */
async function assertRequest({ data, out, force }: ReportFlags): Promise<void> {
  if (isDatasetName(data) && !isEvaluationData(data)) {
    throw new UsageError(`nothing can be evaluated on ${data}`, {
      hint: `Choose ${evaluationDataNames.join(' or ')}, or name images of your own.`,
    });
  }
  await assertData({ data });
  await assertNew(out, force === true, 'Choose another --out, or replace it with --force.');
}

/** The command that makes the same page, but for where it goes. */
function commandOf(
  flags: SettledFlags,
  { ways, shots }: Pick<ShownEvaluation, 'ways' | 'shots'>,
  backend: BackendName,
): string {
  const { evaluation, protocol, episodes } = flags;
  const asked = { protocol, ways: flags.ways ?? ways, shots: flags.shots ?? shots, episodes };
  const none = { protocol: undefined, ways: undefined, shots: undefined, episodes: undefined };
  return commandText(reportTable, { ...flags, ...(evaluation === undefined ? asked : none), backend });
}

async function writeReport(asked: ReportFlags, context: Context): Promise<void> {
  const { signal, terminal } = context;
  await assertRequest(asked);
  const { evaluation: file, out } = asked;
  const features = await modelOfFeatures(asked);
  const stored = file === undefined ? undefined : await readEvaluation(file);
  const model = features ?? modelFor(asked);
  const backend = await useBackend(asked.backend, terminal);
  const tools = { backend: backend.name, terminal, signal };
  const page =
    features === undefined
      ? await drawingsPage({ ...asked, model }, tools, stored)
      : await pageOfPhotos({ ...asked, model }, tools, stored);
  signal.throwIfAborted();
  await atomicWrite(out, page);
  stdout.write(`${out}\n`);
}

type Tools = Omit<ReportTools, 'model'>;

/** The page about images that an autoencoder draws. */
async function drawingsPage(
  asked: ReportFlags & { readonly model: string },
  rest: Tools,
  stored: ShownEvaluation | undefined,
): Promise<string> {
  const { protocol = defaultSettings.protocol, episodes = defaultSettings.episodes } = asked;
  const flags = { ...asked, protocol, episodes };
  const model = await loadModel(flags.model);
  const tools = { ...rest, model };
  const { backend } = rest;
  try {
    const seen = await lookAtData(flags, tools);
    try {
      const classes = seen.found.classes.map(({ label }) => label);
      const named = { name: model.card.name, digest: model.digest };
      if (stored !== undefined)
        assertOf(stored, flags.evaluation!, { model: named, data: flags.data, classes });
      const evaluation = stored ?? (await ownEvaluation(flags, seen, tools));
      return reportPage({
        ...{ command: commandOf(flags, seen, backend), seed: flags.seed, backend, versions: versionsInUse() },
        title: seen.images.title,
        data: {
          name: calledData(flags.data),
          found: seen.found,
          notes: seen.notes,
          drawings: seen.drawings,
          checked: !isEvaluationData(flags.data),
        },
        encoder: { card: model.card, digest: model.digest },
        map: await reportMap(flags, mapped(seen, model), tools),
        hallucinations: reportHallucinations(flags, seen, evaluation.detail ?? 0, tools),
        evaluation,
      });
    } finally {
      seen.images.dispose();
    }
  } finally {
    model.dispose();
  }
}

/** The page about photos, whose features a model gives. Notes its answer. */
async function pageOfPhotos(
  asked: ReportFlags & { readonly model: string },
  rest: Tools,
  stored: ShownEvaluation | undefined,
): Promise<string> {
  assertPhotos(asked.data, asked.model);
  assertNoDetail(asked);
  const extractor = await loadExtractor(asked.model);
  const tools = { ...rest, extractor };
  try {
    const evaluation = stored ?? (await evaluatePhotos(asked, tools));
    const protocol = asked.protocol ?? defaultCodeSettings.protocol;
    const flags = { ...asked, protocol, episodes: asked.episodes ?? episodesOf(evaluation) };
    const { classes, ...parts } = await gatherPhotos(flags, evaluation, tools);
    if (stored !== undefined)
      assertOf(stored, flags.evaluation!, { model: extractor, data: flags.data, classes });
    rest.terminal.note(photosAnswer({ evaluation, photos: parts.data.found.tested }));
    return photosPage({
      ...parts,
      ...{ command: commandOf(flags, evaluation, rest.backend), versions: versionsInUse() },
    });
  } finally {
    extractor.dispose();
  }
}

/**
 * Reads a result that `fewshot eval --out` wrote.
 *
 * @throws DataError for a file that is missing or is no such result, naming it
 */
export const readEvaluation = (file: string): Promise<ShownEvaluation> =>
  readResult(file, evaluationSchema, 'Write one with `fewshot eval --out evaluation.json`.');

/** Subject that an evaluation must be of. */
export interface Subject {
  readonly model: { readonly name: string; readonly digest: string };
  /** As the command line names it. */
  readonly data: string;
  readonly classes: readonly string[];
}

/** Throws a `UsageError` when an evaluation is of another model, of other data, or of classes that the data lack. */
export function assertOf(evaluation: ShownEvaluation, file: string, { model, data, classes }: Subject): void {
  const hint = `Make it again, and name the new file: ${evaluation.command ?? 'fewshot eval'} --out evaluation.json`;
  if (calledData(evaluation.data) !== calledData(data)) {
    throw new UsageError(`${file} is an evaluation on ${evaluation.data}, not on ${data}`, {
      hint: 'Name that data with --data, or leave out --evaluation.',
    });
  }
  if (evaluation.model !== undefined && evaluation.model.sha256 !== model.digest) {
    throw new UsageError(
      `${file} is an evaluation of another model than ${model.name}: ${evaluation.model.name}, SHA-256 ${evaluation.model.sha256.slice(0, 12)}…, not ${model.digest.slice(0, 12)}…`,
      { hint: `The model was trained again since, or is another one. ${hint}` },
    );
  }
  const unknown = evaluation.classes?.find((label) => !classes.includes(String(label)));
  if (unknown !== undefined) {
    throw new UsageError(`${file} knows the class ${unknown}, which is not in ${data}`, {
      hint: `The data have changed since. ${hint}`,
    });
  }
}

/** `fewshot report`: data, an encoder, and its gain, on one page. */
export const command = defineCommand({ table: reportTable, run: writeReport });
