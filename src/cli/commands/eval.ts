import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { stdout } from 'node:process';
import { pipelineFromJSON } from '../../augment/pipeline/pipeline.js';
import { at } from '../../augment/pipeline/readStep.js';
import { UsageError } from '../../core/errors.js';
import { armNamed, armNames, defaultArms, oneShotArms } from '../../evaluate/arms/arms.js';
import { type ArmsFor, armsFor } from '../../evaluate/arms/armsFor.js';
import { classFolders, waysWithin } from '../../evaluate/classFolders.js';
import { evaluationCatalog, isEvaluationData, levelsOf } from '../../evaluate/data.js';
import { evaluate } from '../../evaluate/evaluate.js';
import { concludeEvaluation, type EvaluationAbout, withEvaluation } from '../../evaluate/evaluationWork.js';
import type { EpisodeVerdicts } from '../../evaluate/onWorkers.js';
import { waysBesideUnknown } from '../../evaluate/openSet.js';
import { protocols, trainsEncoder } from '../../evaluate/protocols.js';
import type { EvaluationResult } from '../../evaluate/result.js';
import { defaultSettings, type EvaluationSettings, type NamedPipeline } from '../../evaluate/settings.js';
import type { Work } from '../../evaluate/work.js';
import { OMNIGLOT } from '../../node/builtInSets.js';
import { assertWritable, atomicWrite, reasonOf } from '../../node/files.js';
import type { Findings } from '../../node/images/findings.js';
import { survey } from '../../node/images/survey.js';
import { loadModel } from '../../node/loadModel.js';
import type { BackendName } from '../../node/selectBackend.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { chanceLines, findingLines } from '../images.js';
import { evalTable, evalText, everyArm, everyClassifier } from '../options/evalOptions.js';
import type { FlagsOf } from '../options/option.js';
import { modelOfFeatures } from '../photos.js';
import { chooseShape } from '../produce/chosenDefaults.js';
import { type ChosenEncoder, chosenEncoder } from '../produce/chosenEncoder.js';
import { evaluateFeatures } from '../produce/evaluateFeatures.js';
import { assertQueueFlags, onQueue } from '../queue/onQueue.js';
import { evaluationTable } from '../report/evaluationTable.js';
import { codesVerdict, verdictLines } from '../report/verdict.js';
import { outOfShard, runShard } from '../shard.js';
import { colored, laterBar, type Terminal } from '../terminal.js';

/** Format of a bar of fits. */
export const EVALUATING = 'Evaluating |{bar}| {value}/{total} fits · {eta_formatted} left';

type EvalFlags = FlagsOf<typeof evalTable>;

async function evaluateAndPrint(flags: EvalFlags, context: Context): Promise<void> {
  const { out, backend: request } = flags;
  const { terminal } = context;
  if (flags.shard !== undefined) outOfShard(out);
  assertQueueFlags(flags);
  if (out !== undefined) await assertWritable(out);
  const features = await featuresModel(flags);
  const pipelines = await Promise.all((flags.pipelines ?? []).map(readPipeline));
  const backend = await useBackend(request, terminal);
  const within = { ...context, backend: backend.name };
  if (features !== undefined)
    return printEvaluation(await evaluateFeatures(flags, features, within), flags, terminal);
  const result = await evaluateImages(flags, pipelines, within);
  if (result !== undefined) await printEvaluation(result, flags, terminal);
}

/** Writes a result to the file that flags name, and prints it. */
export async function printEvaluation(
  result: EvaluationResult,
  { json, out }: Pick<EvalFlags, 'json' | 'out'>,
  { note }: Terminal,
): Promise<void> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) await atomicWrite(out, text);
  // Some pseudo-terminals have no width.
  const columns = stdout.columns || 80;
  stdout.write(json === true ? text : evaluationTable(result, { color: colored(), columns }));
  const verdict = result.features === undefined ? verdictLines(result) : codesVerdict(result);
  verdict.forEach(note);
}

/**
 * The model, if it gives features: the one that is named, or for photos of one's own the shipped one. Drawings in gray, a data
 * set by name, and a protocol that trains encoders leave it `undefined`.
 */
async function featuresModel(flags: EvalFlags): Promise<string | undefined> {
  const { model, protocol = defaultSettings.protocol } = flags;
  if (model !== undefined) return modelOfFeatures(flags);
  if (flags.data === OMNIGLOT || trainsEncoder(protocols[protocol])) return undefined;
  return modelOfFeatures({ ...flags, levels: levelsOf(flags) });
}

/** The result; nothing of a shard, whose parts are in a file. */
async function evaluateImages(
  flags: EvalFlags,
  pipelines: readonly NamedPipeline[],
  { signal, terminal, backend }: Context & { readonly backend: BackendName },
): Promise<EvaluationResult | undefined> {
  const {
    workers,
    shard,
    queue,
    store,
    json: _,
    out: __,
    quiet: ___,
    backend: ____,
    size: _____,
    channels: ______,
    ...rest
  } = flags;
  const chosen = await chosenEncoder(flags);
  assertNoSizes(flags, chosen);
  const { teachers = [], classifiers = defaultSettings.classifiers } = flags;
  const { arms, notes } =
    flags.arms === undefined ? await usualArms(chosen) : { arms: flags.arms, notes: [] };
  const { shots, queries, episodes, cnn, mix, trust } = defaultSettings;
  const settings: EvaluationSettings = {
    ...{ shots, queries, episodes, cnn, mix, trust },
    ...rest,
    ...chosen,
    ...(await settingsFor(flags, chosen)),
    arms: arms.length === everyArm.length ? armNames : arms,
    // What is no classifier of images is refused.
    classifiers: (classifiers.length === everyClassifier.length
      ? defaultSettings.classifiers
      : classifiers) as EvaluationSettings['classifiers'],
    ...{ pipelines, teachers, backend },
  };
  if (flags.model === undefined && chosen.model !== defaultSettings.model) {
    terminal.note(`Model ${chosen.model}, as none is named, and protocol ${chosen.protocol}.`);
  }
  for (const line of [...notes, ...remarksOn(settings)]) terminal.note(line);
  const bar = laterBar(terminal, EVALUATING);
  const command = evalText(settings);
  const options = {
    ...(workers === undefined ? {} : { workers }),
    signal,
    onFindings: (findings: Findings) => {
      findingLines(findings).forEach(terminal.note);
      // A drawer is a group, but draws pictures of many classes, which do differ.
      if (!(levelsOf(flags) > 1 && flags.groupBy !== undefined)) chanceLines(findings).forEach(terminal.note);
    },
  };
  const { update: onProgress } = bar;
  try {
    const withWork = <Result>(use: (work: Work<EvaluationAbout, EpisodeVerdicts>) => Promise<Result>) =>
      withEvaluation(settings, { ...options, digests: true }, use);
    if (queue !== undefined) {
      return await withWork(async (work) => {
        const about = { command, terminal, signal, onProgress };
        const { values, seconds } = await onQueue(work, { queue, store }, about);
        return concludeEvaluation(work.about, values as EpisodeVerdicts[], { command, seconds });
      });
    }
    if (shard === undefined) return await evaluate(settings, { command, ...options, onProgress });
    await withWork((work) => runShard(work, { shard, out: flags.out, command, terminal, onProgress }));
    return undefined;
  } finally {
    bar.stop();
  }
}

/** Settings that differ between a data set by name and one's own images. */
async function settingsFor(
  flags: EvalFlags,
  { protocol }: ChosenEncoder,
): Promise<Pick<EvaluationSettings, 'ways'> & Partial<Pick<EvaluationSettings, 'shape' | 'fit'>>> {
  const { data, ways, size, channels, within = false } = flags;
  const trains = trainsEncoder(protocols[protocol]);
  const waysOf = (all: number) => (flags.unknown === true ? waysBesideUnknown(all) : all);
  const shaped = size !== undefined || channels !== undefined;
  if (isEvaluationData(data) || !trains) {
    if (shaped) {
      throw new UsageError('--size and --channels go with images of your own under --protocol shots-only', {
        hint: 'Otherwise the data or the model have their size. Leave out the flags.',
      });
    }
    if (isEvaluationData(data) || flags.runs !== undefined || protocol === 'one-shot')
      return { ways: ways ?? waysOf(defaultSettings.ways) };
  }
  const catalog = await evaluationCatalog(flags);
  const classes = [...new Set(Array.from(catalog.images, ({ label }) => label))];
  const most = within ? waysWithin(classFolders(classes, data)) : classes.length;
  const about = { ways: ways ?? waysOf(most) };
  if (!trains) return about;
  const found = chooseShape(await survey(catalog, { skipBad: flags.skipBad === true }));
  const side = size ?? found.size;
  return { ...about, shape: [side, side, channels ?? found.channels], fit: flags.fit ?? 'letterbox' };
}

/** Arms where none are named: those that the encoder can go. */
async function usualArms({ protocol, model: name }: ChosenEncoder): Promise<ArmsFor> {
  if (trainsEncoder(protocols[protocol])) return armsFor(defaultArms);
  const model = await loadModel(name);
  model.dispose();
  return armsFor(protocol === 'one-shot' ? oneShotArms : defaultArms, model);
}

/** Throws a `UsageError` for sizes of episodes under a protocol whose episodes are given. */
function assertNoSizes(flags: EvalFlags, { protocol }: ChosenEncoder): void {
  if (protocol !== 'one-shot') return;
  for (const option of ['ways', 'shots', 'queries', 'episodes'] as const) {
    if (flags[option] === undefined) continue;
    throw new UsageError(`the protocol one-shot takes all images of its runs, and no ${option}`, {
      hint: 'Leave it out.',
      option,
    });
  }
}

/** Notes on settings that can be carried out, but are probably not meant. */
export function remarksOn({ arms, pipelines = [], teachers = [], shots }: EvaluationSettings): string[] {
  const chosen = [...arms, ...pipelines.map(({ name }) => name)].map((name) => armNamed(name, pipelines));
  const short = chosen.filter(({ samplesNeeded }) => samplesNeeded > shots).map(({ name }) => name);
  const why =
    shots === 1
      ? 'With one shot there is no pair to interpolate'
      : `${shots} shots are too few to interpolate`;
  return [
    ...(short.length === 0 ? [] : [`${why}: nothing is hallucinated for ${short.join(', ')}.`]),
    ...(teachers.length === 0 || chosen.some(({ asksTeachers }) => asksTeachers)
      ? []
      : [`No arm asks ${teachers.join(', ')} for labels: that is what arms on +labels, and codes, do.`]),
  ];
}

async function readJSON(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read the pipeline ${file}: ${reasonOf(cause)}`, {
      hint: 'Name a JSON file as docs/pipelines.md describes it.',
      cause,
    });
  }
  try {
    // Some editors of Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${(cause as Error).message}`, {
      hint: 'JSON has double quotes, and no comma before a closing bracket.',
      cause,
    });
  }
}

/**
 * The pipeline in a file, named as the file is without its ending.
 *
 * @throws UsageError that names the file, when it cannot be read, is not JSON, or is no pipeline
 */
export async function readPipeline(file: string): Promise<NamedPipeline> {
  const json = await readJSON(file);
  const pipeline = at(file, () => pipelineFromJSON(json).toJSON());
  return { name: basename(file, extname(file)), pipeline, file };
}

/** `fewshot eval`: few-shot accuracy of every augmentation arm, on the same episodes. */
export const command = defineCommand({
  table: evalTable,
  run: evaluateAndPrint,
  kept: ({ shard, out }) =>
    shard === undefined
      ? 'Nothing was written.'
      : `Finished parts are in ${out}; the same command goes on from them.`,
  output: ({ out }) => out,
});
