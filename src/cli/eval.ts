import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { backendNames, selectBackend } from '../backend/index.js';
import { type CnnPresetName, cnnPresets, type KnnEngineName, knnEngineNames } from '../classify/index.js';
import {
  armNames,
  type ClassifierName,
  defaultArms,
  defaultSettings,
  type EvaluationSettings,
  evaluate,
  evaluationDataNames,
  protocolNames,
  protocols,
} from '../evaluate/index.js';
import { assertWritable, atomicWrite } from '../files/index.js';
import { evaluationTable } from '../report/index.js';
import { countOrAll, namesOf, numberBetween, wholeNumber } from './parse.js';
import { readPipeline, severalTimes } from './pipelineFile.js';
import { run } from './run.js';
import { type Bar, coloured, createTerminal } from './terminal.js';

const BAR = 'Evaluating |{bar}| {value}/{total} fits · {eta_formatted} left';

interface EvalFlags extends Omit<EvaluationSettings, 'backend' | 'pipelines'> {
  readonly pipeline?: readonly string[];
  readonly backend: 'auto' | EvaluationSettings['backend'];
  readonly workers?: number;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
}

async function evaluateAndPrint(flags: EvalFlags, signal: AbortSignal): Promise<void> {
  const { workers, json, out, quiet, backend: request, pipeline: files = [], ...rest } = flags;
  const terminal = createTerminal(quiet === true);
  const pipelines = await Promise.all(files.map(readPipeline));
  if (out !== undefined) await assertWritable(out);
  const backend = await selectBackend(request);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const settings: EvaluationSettings = { ...rest, pipelines, backend: backend.name };
  const interpolating = [
    ...settings.arms.filter((arm) => arm === 'lerp' || arm.startsWith('atnl')),
    ...pipelines.filter(({ pipeline }) => pipeline.steps[0]!.do === 'hallucinate').map(({ name }) => name),
  ];
  if (settings.shots === 1 && interpolating.length > 0) {
    terminal.note(
      `With one shot there is no pair to interpolate: nothing is hallucinated for ${interpolating.join(', ')}.`,
    );
  }
  let bar: Bar | undefined;
  try {
    const result = await evaluate(settings, {
      ...(workers === undefined ? {} : { workers }),
      signal,
      onProgress(done, total) {
        bar ??= terminal.bar(total, BAR);
        bar.update(done);
      },
    });
    bar?.stop();
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (out !== undefined) await atomicWrite(out, text);
    stdout.write(json === true ? text : evaluationTable(result, { colour: coloured() }));
  } finally {
    bar?.stop();
  }
}

/** `fewshot eval`: few-shot accuracy of every augmentation arm, on the same episodes. */
export function evalCommand(): Command {
  const d = defaultSettings;
  return new Command('eval')
    .description('compare augmentation arms on few-shot episodes')
    .addOption(new Option('--data <name>', 'data set').choices([...evaluationDataNames]).default(d.data))
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
    .option('--ways <n>', 'classes of an episode', wholeNumber(2), d.ways)
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
    .option('--model <name>', 'shipped model or path of a model file', d.model)
    .option('--per-class <n>', 'images that an arm makes per class', wholeNumber(1), d.perClass)
    .option('--mix <share>', 'share of hallucinations in a batch of the CNN', numberBetween(0, 1), d.mix)
    .option(
      '--trust <share>',
      "share of the encoder's opinion in labels of arms with +labels",
      numberBetween(0, 1),
      d.trust,
    )
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), d.seed)
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend')
        .choices(['auto', ...backendNames])
        .default('auto'),
    )
    .option('--workers <n>', 'threads (default: one a core)', wholeNumber(1))
    .option('--json', 'print JSON instead of a table')
    .option('--out <file>', 'also write the JSON to a file')
    .option('--quiet', 'nothing but results and errors')
    .action((flags: EvalFlags) => run((signal) => evaluateAndPrint(flags, signal), 'Nothing was written.'));
}
