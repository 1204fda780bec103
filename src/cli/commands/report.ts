import { stdout } from 'node:process';
import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { UsageError } from '../../core/errors.js';
import { version } from '../../core/version.js';
import { evaluationDataNames, isEvaluationData } from '../../evaluate/data.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { type BackendName, selectBackend } from '../../node/selectBackend.js';
import { type Context, defineCommand } from '../command.js';
import { assertOf, readEvaluation } from '../evaluationFile.js';
import { noModelFor } from '../flags.js';
import { assertData, calledData } from '../imagesFor.js';
import { commandText } from '../options/option.js';
import { isDatasetName } from '../produce/dataset.js';
import { reportPage } from '../report/page/reportPage.js';
import {
  lookAtData,
  ownEvaluation,
  type ReportFlags,
  reportHallucinations,
  reportTable,
  type SeenData,
  type SettledFlags,
} from '../reportData.js';
import { reportMap } from '../reportMap.js';

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
function commandOf(flags: SettledFlags, { ways, shots }: SeenData, backend: BackendName): string {
  const { evaluation, protocol, episodes } = flags;
  const asked = { protocol, ways: flags.ways ?? ways, shots: flags.shots ?? shots, episodes };
  const none = { protocol: undefined, ways: undefined, shots: undefined, episodes: undefined };
  return commandText(reportTable, { ...flags, ...(evaluation === undefined ? asked : none), backend });
}

async function writeReport(asked: ReportFlags, { signal, terminal }: Context): Promise<void> {
  await assertRequest(asked);
  const flags = { ...asked, model: asked.model ?? defaultSettings.model };
  const { evaluation: file, out } = flags;
  const stored = file === undefined ? undefined : await readEvaluation(file);
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
export const command = defineCommand({ table: reportTable, run: writeReport });
