import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { stdout } from 'node:process';
import { pipelineFromJSON } from '../../augment/pipeline/pipeline.js';
import { at } from '../../augment/pipeline/readStep.js';
import { UsageError } from '../../core/errors.js';
import { armNamed, armNames, defaultArms } from '../../evaluate/arms/arms.js';
import { isEvaluationData } from '../../evaluate/data.js';
import { evaluate } from '../../evaluate/evaluate.js';
import { waysBesideUnknown } from '../../evaluate/openSet.js';
import { protocols, trainsEncoder } from '../../evaluate/protocols.js';
import type { EvaluationResult } from '../../evaluate/result.js';
import { defaultSettings, type EvaluationSettings, type NamedPipeline } from '../../evaluate/settings.js';
import { assertWritable, atomicWrite, reasonOf } from '../../node/files.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { survey } from '../../node/images/survey.js';
import type { BackendName } from '../../node/selectBackend.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { chanceLines, findingLines, noModelFor } from '../images.js';
import { evalTable, evalText, everyArm, everyClassifier } from '../options/evalOptions.js';
import type { FlagsOf } from '../options/option.js';
import { modelOfFeatures } from '../photos.js';
import { chooseShape } from '../produce/chosenDefaults.js';
import { evaluateFeatures } from '../produce/evaluateFeatures.js';
import { codesVerdict, evaluationTable, noGain } from '../report/evaluationTable.js';
import { colored, laterBar } from '../terminal.js';

/** Format of a bar of fits. */
export const EVALUATING = 'Evaluating |{bar}| {value}/{total} fits · {eta_formatted} left';

type EvalFlags = FlagsOf<typeof evalTable>;

async function evaluateAndPrint(flags: EvalFlags, context: Context): Promise<void> {
  const { json, out, backend: request } = flags;
  const { terminal } = context;
  if (out !== undefined) await assertWritable(out);
  const features = await featuresModel(flags);
  const pipelines = await Promise.all((flags.pipelines ?? []).map(readPipeline));
  const backend = await useBackend(request, terminal);
  const result =
    features === undefined
      ? await evaluateImages(flags, pipelines, { ...context, backend: backend.name })
      : await evaluateFeatures(flags, features, { ...context, backend: backend.name });
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) await atomicWrite(out, text);
  stdout.write(json === true ? text : evaluationTable(result, { color: colored() }));
  const verdict = result.features === undefined ? noGain(result) : codesVerdict(result);
  verdict.forEach(terminal.note);
}

/**
 * The model, if it gives features: the one that is named, or for photos of one's own the shipped one. Drawings in gray, a data
 * set by name, and a protocol that trains encoders leave it `undefined`.
 */
async function featuresModel(flags: EvalFlags): Promise<string | undefined> {
  const { model, protocol = defaultSettings.protocol } = flags;
  return model === undefined && trainsEncoder(protocols[protocol]) ? undefined : modelOfFeatures(flags);
}

async function evaluateImages(
  flags: EvalFlags,
  pipelines: readonly NamedPipeline[],
  { signal, terminal, backend }: Context & { readonly backend: BackendName },
): Promise<EvaluationResult> {
  const {
    workers,
    json: _,
    out: __,
    quiet: ___,
    backend: ____,
    size: _____,
    channels: ______,
    ...rest
  } = flags;
  const { teachers = [], arms = defaultArms, classifiers = defaultSettings.classifiers } = flags;
  const { protocol, shots, queries, episodes, cnn, mix, trust } = defaultSettings;
  const settings: EvaluationSettings = {
    ...{ protocol, shots, queries, episodes, cnn, mix, trust },
    ...rest,
    ...(await settingsFor(flags)),
    arms: arms.length === everyArm.length ? armNames : arms,
    // What is no classifier of images is refused.
    classifiers: (classifiers.length === everyClassifier.length
      ? defaultSettings.classifiers
      : classifiers) as EvaluationSettings['classifiers'],
    ...{ pipelines, teachers, backend },
  };
  for (const line of remarksOn(settings)) terminal.note(line);
  const bar = laterBar(terminal, EVALUATING);
  try {
    return await evaluate(settings, {
      command: evalText(settings),
      ...(workers === undefined ? {} : { workers }),
      signal,
      onFindings: (findings) => [...findingLines(findings), ...chanceLines(findings)].forEach(terminal.note),
      onProgress: bar.update,
    });
  } finally {
    bar.stop();
  }
}

/** Settings that differ between a data set by name and one's own images. */
async function settingsFor(
  flags: EvalFlags,
): Promise<Pick<EvaluationSettings, 'ways' | 'model' | 'shape' | 'fit'>> {
  const { data, protocol = defaultSettings.protocol, ways, model, size, channels } = flags;
  const trains = trainsEncoder(protocols[protocol]);
  const waysOf = (all: number) => (flags.unknown === true ? waysBesideUnknown(all) : all);
  const shaped = size !== undefined || channels !== undefined;
  if (isEvaluationData(data) || !trains) {
    if (shaped) {
      throw new UsageError('--size and --channels go with images of your own under --protocol shots-only', {
        hint: 'Otherwise the data or the model have their size. Leave out the flags.',
      });
    }
    if (isEvaluationData(data))
      return { ways: ways ?? waysOf(defaultSettings.ways), model: model ?? defaultSettings.model };
  }
  const catalog = await openCatalog(data, flags);
  const classes = new Set(Array.from(catalog.images, ({ label }) => label)).size;
  if (!trains && model === undefined) throw noModelFor(data);
  const about = { ways: ways ?? waysOf(classes), model: model ?? defaultSettings.model };
  if (!trains) return about;
  const found = chooseShape(await survey(catalog, { skipBad: flags.skipBad === true }));
  const side = size ?? found.size;
  return { ...about, shape: [side, side, channels ?? found.channels], fit: flags.fit ?? 'letterbox' };
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
  output: ({ out }) => out,
});
