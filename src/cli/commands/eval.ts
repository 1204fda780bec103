import { stdout } from 'node:process';
import { UsageError } from '../../core/errors.js';
import { isEvaluationData } from '../../evaluate/data.js';
import { evaluate } from '../../evaluate/evaluate.js';
import { protocols, trainsEncoder } from '../../evaluate/protocols.js';
import { defaultSettings, type EvaluationSettings } from '../../evaluate/settings.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { survey } from '../../node/images/survey.js';
import { selectBackend } from '../../node/selectBackend.js';
import { type Context, defineCommand } from '../command.js';
import { badLines } from '../dataText.js';
import { remarksOn } from '../evalRemarks.js';
import { noModelFor } from '../flags.js';
import { evalTable, evalText } from '../options/eval.js';
import type { FlagsOf } from '../options/option.js';
import { readPipeline } from '../pipelineFile.js';
import { chooseShape } from '../produce/chosenDefaults.js';
import { evaluationTable, noGain } from '../report/evaluationTable.js';
import { coloured, laterBar } from '../terminal.js';

/** A bar of fits. */
export const EVALUATING = 'Evaluating |{bar}| {value}/{total} fits · {eta_formatted} left';

type EvalFlags = FlagsOf<typeof evalTable>;

async function evaluateAndPrint(flags: EvalFlags, { signal, terminal }: Context): Promise<void> {
  const { workers, json, out, quiet: _, backend: request, size: __, channels: ___, ...rest } = flags;
  const { pipelines: files = [], teachers = [] } = flags;
  const pipelines = await Promise.all(files.map(readPipeline));
  if (out !== undefined) await assertWritable(out);
  const backend = await selectBackend(request);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const settings: EvaluationSettings = {
    ...rest,
    ...(await settingsFor(flags)),
    ...{ pipelines, teachers, backend: backend.name },
  };
  for (const line of remarksOn(settings)) terminal.note(line);
  const bar = laterBar(terminal, EVALUATING);
  try {
    const result = await evaluate(settings, {
      command: evalText(settings),
      ...(workers === undefined ? {} : { workers }),
      signal,
      onBad: (bad) => badLines(bad).forEach(terminal.note),
      onProgress: bar.update,
    });
    bar.stop();
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (out !== undefined) await atomicWrite(out, text);
    stdout.write(json === true ? text : evaluationTable(result, { color: coloured() }));
    for (const line of noGain(result)) terminal.note(line);
  } finally {
    bar.stop();
  }
}

/** What depends on whether the data are a data set by name or somebody's own. */
async function settingsFor(
  flags: EvalFlags,
): Promise<Pick<EvaluationSettings, 'ways' | 'model' | 'shape' | 'fit'>> {
  const { data, protocol, ways, model, size, channels } = flags;
  const trains = trainsEncoder(protocols[protocol]);
  const shaped = size !== undefined || channels !== undefined;
  if (isEvaluationData(data) || !trains) {
    if (shaped) {
      throw new UsageError('--size and --channels go with images of your own under --protocol shots-only', {
        hint: 'Otherwise the data or the model have their size. Take the flags away.',
      });
    }
    if (isEvaluationData(data))
      return { ways: ways ?? defaultSettings.ways, model: model ?? defaultSettings.model };
  }
  const catalog = await openCatalog(data);
  const classes = new Set(Array.from(catalog.images, ({ label }) => label)).size;
  if (!trains && model === undefined) {
    throw noModelFor(data);
  }
  const about = { ways: ways ?? classes, model: model ?? defaultSettings.model };
  if (!trains) return about;
  const found = chooseShape(await survey(catalog, { skipBad: flags.skipBad === true }));
  const side = size ?? found.size;
  return { ...about, shape: [side, side, channels ?? found.channels], fit: flags.fit ?? 'letterbox' };
}

/** `fewshot eval`: few-shot accuracy of every augmentation arm, on the same episodes. */
export const command = defineCommand({
  table: evalTable,
  run: evaluateAndPrint,
  output: ({ out }) => out,
});
