import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { stdout } from 'node:process';
import { pipelineFromJSON } from '../../augment/pipeline/pipeline.js';
import { at } from '../../augment/pipeline/readStep.js';
import { UsageError } from '../../core/errors.js';
import { levelsOf } from '../../evaluate/data.js';
import { concludeEvaluation, withEvaluation } from '../../evaluate/evaluationWork.js';
import { protocols, trainsEncoder } from '../../evaluate/protocols.js';
import type { EvaluationResult } from '../../evaluate/result.js';
import { defaultSettings, type NamedPipeline } from '../../evaluate/settings.js';
import { OMNIGLOT } from '../../node/builtInSets.js';
import { assertWritable, atomicWrite, reasonOf } from '../../node/files.js';
import type { Findings } from '../../node/images/findings.js';
import type { BackendName } from '../../node/selectBackend.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { chanceLines, findingLines } from '../images.js';
import { assertMachineFlags, keptOf, perform } from '../machines/perform.js';
import { evalTable, evalText } from '../options/evalOptions.js';
import type { FlagsOf } from '../options/option.js';
import { modelOfFeatures } from '../photos.js';
import { EPISODES, evaluateFeatures } from '../produce/evaluateFeatures.js';
import { evaluationSettings } from '../produce/evaluationSettings.js';
import { evaluationTable } from '../report/evaluationTable.js';
import { codesVerdict, verdictLines } from '../report/verdict.js';
import { colored, laterBar, type Terminal } from '../terminal.js';

/** Format of a bar of fits. */
export const EVALUATING = 'Evaluating |{bar}| {value}/{total} fits · {eta_formatted} left';

type EvalFlags = FlagsOf<typeof evalTable>;

async function evaluateAndPrint(flags: EvalFlags, context: Context): Promise<void> {
  const { out, backend: request } = flags;
  const { terminal } = context;
  assertMachineFlags(flags);
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
  const { settings, notes } = await evaluationSettings(flags, pipelines, backend);
  notes.forEach(terminal.note);
  const bar = laterBar(terminal, flags.queue === undefined ? EVALUATING : EPISODES);
  const options = {
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
    signal,
    onFindings: (findings: Findings) => {
      findingLines(findings).forEach(terminal.note);
      // A drawer is a group, but draws pictures of many classes, which do differ.
      if (!(levelsOf(flags) > 1 && flags.groupBy !== undefined)) chanceLines(findings).forEach(terminal.note);
    },
  };
  try {
    return await perform(
      (digests, use) => withEvaluation(settings, { ...options, digests }, use),
      concludeEvaluation,
      flags,
      { command: evalText(settings), terminal, signal, onProgress: bar.update },
    );
  } finally {
    bar.stop();
  }
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
  kept: keptOf,
  output: ({ out }) => out,
});
