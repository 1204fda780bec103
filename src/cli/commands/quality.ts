import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { type PathName, pathNames } from '../../augment/paths.js';
import { type CnnPresetName, cnnPresets } from '../../classify/convNet.js';
import { evaluateQuality } from '../../evaluate/quality/evaluateQuality.js';
import { defaultQuality, type QualitySettings } from '../../evaluate/quality/qualitySettings.js';
import type { Model } from '../../models/model.js';
import { assertWritable, atomicWrite, keptParts } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { whileFolderLocked } from '../../node/lock.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { backendFlag, namesOf, wholeNumber } from '../flags.js';
import { severalTimes } from '../pipelineFile.js';
import { type DatasetName, datasetNames, loadDataset } from '../produce/dataset.js';
import { qualityTable } from '../report/qualityTable.js';
import { run } from '../run.js';
import { coloured, createTerminal, taskBars } from '../terminal.js';

interface QualityFlags extends Omit<QualitySettings, 'backend' | 'models' | 'labelCheck'> {
  readonly data: DatasetName;
  readonly fonts?: string;
  readonly model?: readonly string[];
  readonly labelCheck?: true;
  readonly backend: BackendRequest;
  readonly work?: string;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
}

async function measureAndPrint(flags: QualityFlags, signal: AbortSignal): Promise<void> {
  const { model: models = defaultQuality.models, backend: request, work, json, out, quiet, ...rest } = flags;
  const terminal = createTerminal(quiet === true);
  if (out !== undefined) await assertWritable(out);
  const backend = await selectBackend(request);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const settings: QualitySettings = {
    ...rest,
    models,
    labelCheck: flags.labelCheck === true,
    backend: backend.name,
  };
  const loaded: Model[] = [];
  const bars = taskBars(terminal);
  try {
    for (const name of models) loaded.push(await loadModel(name));
    const { train, test } = await loadDataset(flags.data, {
      ...(flags.fonts === undefined ? {} : { fonts: flags.fonts }),
      onProgress: (done, total) => bars.update(`Rendering ${flags.data}`, done, total),
      signal,
    });
    const result = await evaluateQuality({ train, test, models: loaded }, settings, {
      ...(work === undefined ? {} : { keep: keptParts(work) }),
      signal,
      onProgress: bars.update,
      onSkip: ({ model, path }, why) => terminal.note(`No ${path} of ${model}: ${why}.`),
    });
    bars.stop();
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (out !== undefined) await atomicWrite(out, text);
    stdout.write(json === true ? text : qualityTable(result, { colour: coloured() }));
  } finally {
    bars.stop();
    for (const model of loaded) model.dispose();
  }
}

/** `fewshot quality`: how good hallucinated images are, for every path of every model. */
export function qualityCommand(): Command {
  const d = defaultQuality;
  return new Command('quality')
    .description('measure how good hallucinated images are, beside real ones')
    .option(
      '--model <name>',
      `shipped model or path of a model file; may be given several times (default: ${d.models})`,
      severalTimes,
    )
    .addOption(new Option('--data <name>', 'what the images are from').choices(datasetNames).default(d.data))
    .option('--fonts <folder>', 'fonts that draw the data set glyphs')
    .option(
      '--paths <names>',
      `comma-separated: ${pathNames.join(', ')}; a model leaves out what its codes do not allow`,
      namesOf<PathName>(pathNames),
      [...d.paths],
    )
    .option('--shots <n>', 'real images per class that hallucinations are made of', wholeNumber(1), d.shots)
    .option('--per-class <n>', 'images of each row and class', wholeNumber(1), d.perClass)
    .option('--episodes <n>', 'support sets to average over', wholeNumber(1), d.episodes)
    .option('--label-check', 'draw hallucinations anew that look like another class')
    .addOption(
      new Option('--cnn <preset>', 'network of the accuracy scores')
        .choices(Object.keys(cnnPresets) as CnnPresetName[])
        .default(d.cnn),
    )
    .option('--cnn-steps <n>', "batches that the CNN trains on (default: the network's)", wholeNumber(1))
    .option(
      '--judge-images <n>',
      'the judge learns from the first so many train images (default: a third of them)',
      wholeNumber(1),
    )
    .option(
      '--judge-steps <n>',
      'batches that the judge trains on (default: three times through them, at least 600)',
      wholeNumber(1),
    )
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), d.seed)
    .addOption(backendFlag())
    .option('--work <folder>', 'keep finished parts there, and go on from them (default: keep none)')
    .option('--json', 'print JSON instead of a table')
    .option('--out <file>', 'also write the JSON to a file')
    .option('--quiet', 'nothing but results and errors')
    .action((flags: QualityFlags) =>
      run(
        (signal) => {
          const measure = () => measureAndPrint(flags, signal);
          return flags.work === undefined ? measure() : whileFolderLocked(flags.work, measure);
        },
        flags.work === undefined
          ? 'Nothing was written.'
          : `Finished parts are kept in ${flags.work}; the same command goes on from them.`,
        flags.out,
      ),
    );
}
