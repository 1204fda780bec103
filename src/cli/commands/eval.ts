import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { type CnnPresetName, cnnPresets } from '../../classify/convNet.js';
import { type KnnEngineName, knnEngineNames } from '../../classify/knnEngine.js';
import { UsageError } from '../../core/errors.js';
import { armNames, defaultArms } from '../../evaluate/arms/arms.js';
import { evaluationDataNames, isEvaluationData } from '../../evaluate/data.js';
import { evaluate } from '../../evaluate/evaluate.js';
import { protocolNames, protocols, trainsEncoder } from '../../evaluate/protocols.js';
import { type ClassifierName, defaultSettings, type EvaluationSettings } from '../../evaluate/settings.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { survey } from '../../node/images/survey.js';
import { selectBackend } from '../../node/selectBackend.js';
import { badLines } from '../dataText.js';
import { remarksOn } from '../evalRemarks.js';
import {
  addFitFlags,
  addShapeFlags,
  backendFlag,
  countOrAll,
  dataOr,
  detailFlag,
  namesOf,
  noModelFor,
  numberBetween,
  wholeNumber,
} from '../flags.js';
import { readPipeline, severalTimes } from '../pipelineFile.js';
import { chooseShape } from '../produce/chosenDefaults.js';
import { evaluationTable, noGain } from '../report/evaluationTable.js';
import { run } from '../run.js';
import { coloured, createTerminal, laterBar } from '../terminal.js';

/** A bar of fits. */
export const EVALUATING = 'Evaluating |{bar}| {value}/{total} fits · {eta_formatted} left';

interface EvalFlags
  extends Omit<EvaluationSettings, 'backend' | 'pipelines' | 'teachers' | 'shape' | 'ways' | 'model'> {
  readonly ways?: number;
  readonly model?: string;
  readonly size?: number;
  readonly channels?: 1 | 3;
  readonly pipeline?: readonly string[];
  readonly teacher?: readonly string[];
  readonly backend: 'auto' | EvaluationSettings['backend'];
  readonly workers?: number;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
}

async function evaluateAndPrint(flags: EvalFlags, signal: AbortSignal): Promise<void> {
  const {
    workers,
    json,
    out,
    quiet,
    backend: request,
    pipeline: files = [],
    teacher: teachers = [],
    size,
    channels,
    ...rest
  } = flags;
  const terminal = createTerminal(quiet === true);
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
      ...(workers === undefined ? {} : { workers }),
      signal,
      onBad: (bad) => badLines(bad).forEach(terminal.note),
      onProgress: bar.update,
    });
    bar.stop();
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (out !== undefined) await atomicWrite(out, text);
    stdout.write(json === true ? text : evaluationTable(result, { colour: coloured() }));
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
export function evalCommand(): Command {
  const d = defaultSettings;
  const command = new Command('eval').description('compare augmentation arms on few-shot episodes');
  return addFitFlags(addShapeFlags(command))
    .option('--data <name>', dataOr(evaluationDataNames), d.data)
    .option(
      '--data-dir <folder>',
      "folder of the data's four IDX files (default: where their package puts them)",
    )
    .addOption(
      new Option('--split <name>', 'where queries come from; tune on validation')
        .choices(['test', 'validation'])
        .default(d.split),
    )
    .addOption(
      new Option('--protocol <name>', 'what the encoder may have seen')
        .choices([...protocolNames])
        .default(d.protocol),
    )
    .option('--ways <n>', 'classes of an episode (default: 10; of your own all)', wholeNumber(2))
    .option('--shots <n>', 'labelled images per class', wholeNumber(1), d.shots)
    .option('--queries <n>', 'query images per class, or all', countOrAll, d.queries)
    .option('--episodes <n>', 'episodes to average over', wholeNumber(1), d.episodes)
    .option('--arms <names>', `comma-separated: ${armNames.join(', ')}`, namesOf(armNames), [...defaultArms])
    .option(
      '--pipeline <file>',
      'a pipeline as a further arm (JSON); may be given several times',
      severalTimes,
    )
    .option('--classifiers <names>', 'comma-separated: knn, cnn', namesOf<ClassifierName>(['knn', 'cnn']), [
      ...d.classifiers,
    ])
    .addOption(
      new Option('--cnn <preset>', 'network of the CNN')
        .choices(Object.keys(cnnPresets) as CnnPresetName[])
        .default(d.cnn),
    )
    .option('--cnn-steps <n>', "batches that the CNN trains on (default: the network's)", wholeNumber(1))
    .option(
      '--encoder-steps <n>',
      `batches that an episode's encoder trains on under shots-only (default: ${protocols['shots-only'].steps})`,
      wholeNumber(1),
    )
    .option('--k <n>', 'neighbours of the KNN', wholeNumber(1), d.k)
    .addOption(
      new Option('--knn-engine <name>', 'implementation of the KNN')
        .choices([...knnEngineNames] as KnnEngineName[])
        .default(d.knnEngine),
    )
    .option('--model <name>', `shipped model or path of a model file (default: ${d.model})`)
    .option('--per-class <n>', 'images that an arm makes per class', wholeNumber(1), d.perClass)
    .option('--mix <share>', 'share of hallucinations in a batch of the CNN', numberBetween(0, 1), d.mix)
    .option(
      '--trust <share>',
      "share of the encoder's opinion in labels of arms with +labels",
      numberBetween(0, 1),
      d.trust,
    )
    .option(
      '--teacher <name>',
      'an encoder whose opinion counts in those labels beside that of --model; may be given several times',
      severalTimes,
    )
    .addOption(detailFlag())
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), d.seed)
    .addOption(backendFlag())
    .option('--workers <n>', 'threads (default: one a core)', wholeNumber(1))
    .option('--json', 'print JSON instead of a table')
    .option('--out <file>', 'also write the JSON to a file')
    .option('--quiet', 'nothing but results and errors')
    .action((flags: EvalFlags) =>
      run((signal) => evaluateAndPrint(flags, signal), 'Nothing was written.', flags.out),
    );
}
