import { stdout } from 'node:process';
import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { Command, Option } from 'commander';
import { UsageError } from '../../core/errors.js';
import { version } from '../../core/version.js';
import { commandLine } from '../../evaluate/command.js';
import { evaluationDataNames, isEvaluationData } from '../../evaluate/data.js';
import { protocolNames } from '../../evaluate/protocols.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { selectBackend } from '../../node/selectBackend.js';
import { assertOf, readEvaluation } from '../evaluationFile.js';
import { addFitFlags, backendFlag, dataOr, detailFlag, noModelFor, wholeNumber } from '../flags.js';
import { assertData, calledData } from '../imagesFor.js';
import { isDatasetName } from '../produce/dataset.js';
import { reportPage } from '../report/page/reportPage.js';
import {
  lookAtData,
  ownEvaluation,
  type ReportFlags,
  reportHallucinations,
  type SeenData,
  type SettledFlags,
} from '../reportData.js';
import { reportMap } from '../reportMap.js';
import { run } from '../run.js';
import { createTerminal } from '../terminal.js';

/** Refuses before any work what cannot come to an end. */
async function assertRequest({ data, model, out, force }: ReportFlags): Promise<void> {
  if (isDatasetName(data) && !isEvaluationData(data)) {
    throw new UsageError(`nothing can be evaluated on ${data}`, {
      hint: `Choose ${evaluationDataNames.join(' or ')}, or name images of your own.`,
    });
  }
  await assertData({ data });
  if (!isEvaluationData(data) && model === undefined) throw noModelFor(data);
  await assertNew(out, force === true, 'Choose another --out, or replace it with --force.');
}

/** The command that makes the same page, but for where it goes. */
function commandOf(flags: SettledFlags, { ways, shots }: SeenData, backend: string): string {
  const { data, model, evaluation, protocol, episodes, detail, fit, skipBad, seed } = flags;
  const asked = ['--protocol', protocol, '--ways', flags.ways ?? ways, '--shots', flags.shots ?? shots];
  const words = [
    ...['fewshot', 'report', '--data', data, '--model', model],
    ...(evaluation === undefined ? [...asked, '--episodes', episodes] : ['--evaluation', evaluation]),
    ...(detail === undefined ? [] : ['--detail', detail]),
    ...(fit === undefined ? [] : ['--fit', fit]),
    ...(skipBad ? ['--skip-bad'] : []),
    ...['--seed', seed, '--backend', backend],
  ];
  return commandLine(words);
}

async function writeReport(asked: ReportFlags, signal: AbortSignal): Promise<void> {
  await assertRequest(asked);
  const flags = { ...asked, model: asked.model ?? defaultSettings.model };
  const { evaluation: file, out } = flags;
  const stored = file === undefined ? undefined : await readEvaluation(file);
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const model = await loadModel(flags.model);
  const tools = { model, backend: backend.name, terminal, signal };
  try {
    const seen = await lookAtData(flags, tools);
    try {
      const classes = seen.found.classes.map(({ label }) => label);
      if (stored !== undefined) assertOf(stored, file!, { model, data: flags.data, classes });
      const evaluation = stored ?? (await ownEvaluation(flags, seen, tools));
      const page = reportPage({
        ...{ command: commandOf(flags, seen, backend.name), seed: flags.seed, backend: backend.name },
        versions: { 'fewshot-atnl': version, tfjs, node: process.versions.node },
        title: seen.images.title,
        data: {
          name: calledData(flags.data),
          found: seen.found,
          notes: seen.notes,
          checked: !isEvaluationData(flags.data),
        },
        encoder: { card: model.card, digest: model.digest },
        map: await reportMap(flags, seen, tools),
        hallucinations: reportHallucinations(flags, seen, evaluation.detail ?? 0, tools),
        evaluation,
      });
      signal.throwIfAborted();
      await atomicWrite(out, page);
      stdout.write(`${out}\n`);
    } finally {
      seen.images.dispose();
    }
  } finally {
    model.dispose();
  }
}

/** `fewshot report`: data, an encoder and what it is good for, on one page. */
export function reportCommand(): Command {
  const ofEvaluation = ['protocol', 'ways', 'shots', 'episodes', 'detail', 'workers'];
  const command = new Command('report')
    .description('write one HTML page: data, encoder, hallucinations, accuracy with and without, advice')
    .option('--data <name>', dataOr(evaluationDataNames), defaultSettings.data)
    .option('--model <name>', `shipped model or path of a model file (default: ${defaultSettings.model})`);
  return addFitFlags(command)
    .addOption(
      new Option(
        '--evaluation <file>',
        'result of fewshot eval --out to show (default: a small one is made, by a KNN alone)',
      ).conflicts(ofEvaluation),
    )
    .addOption(
      new Option('--protocol <name>', 'of the small evaluation: what the encoder may have seen')
        .choices(protocolNames.filter((name) => name !== 'shots-only'))
        .default(defaultSettings.protocol),
    )
    .option('--ways <n>', 'its classes of an episode (default: 10; of your own all)', wholeNumber(2))
    .option(
      '--shots <n>',
      'its labelled images per class (default: 5, or as many as there are)',
      wholeNumber(1),
    )
    .option('--episodes <n>', 'its episodes to average over', wholeNumber(1), defaultSettings.episodes)
    .addOption(detailFlag())
    .option('--workers <n>', 'its threads (default: one a core)', wholeNumber(1))
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), defaultSettings.seed)
    .option('--out <file>', 'page to write', 'report.html')
    .option('--force', 'replace a page that is there')
    .addOption(backendFlag())
    .option('--quiet', 'nothing but results and errors')
    .action((flags: ReportFlags) => run((signal) => writeReport(flags, signal), 'Nothing was written.'));
}
