import { stdout } from 'node:process';
import { pathNames } from '../../augment/paths.js';
import { concludeQuality } from '../../evaluate/quality/evaluateQuality.js';
import type { QualityResult } from '../../evaluate/quality/qualityResult.js';
import { defaultQuality as usual } from '../../evaluate/quality/qualitySettings.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { keptParts } from '../../node/keptParts.js';
import { whileFolderLocked } from '../../node/lock.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertMachineFlags, perform } from '../machines/perform.js';
import { common } from '../options/common.js';
import { modelName, oneOf, several, someOf, text, whole } from '../options/kinds.js';
import { commandText, type Flags, type Options, type Table } from '../options/option.js';
import { assertDraws } from '../photos.js';
import { datasetNames } from '../produce/dataset.js';
import { type DatasetQuality, type MeasureOptions, withQualityOf } from '../produce/measureQuality.js';
import { qualityTable } from '../report/qualityTable.js';
import { colored, taskBars } from '../terminal.js';

const options = {
  models: {
    kind: several(modelName),
    flag: '--model',
    placeholder: 'name',
    help: `${common.model.help}; may be given several times`,
    fallback: usual.models,
  },
  data: {
    kind: oneOf(datasetNames),
    placeholder: 'name',
    help: 'what the images are from',
    default: usual.data,
  },
  fonts: common.fonts,
  paths: {
    kind: someOf(pathNames),
    placeholder: 'names',
    help: `comma-separated: ${pathNames.join(', ')}; a model leaves out what its codes do not allow`,
    default: [...usual.paths],
  },
  shots: {
    ...common.shots,
    help: 'real images per class that hallucinations are made of',
    default: usual.shots,
  },
  perClass: { ...common.perClass, help: 'images of each row and class', default: usual.perClass },
  episodes: {
    kind: whole(1),
    placeholder: 'n',
    help: 'support sets to average over',
    default: usual.episodes,
  },
  labelCheck: common.labelCheck,
  cnn: { ...common.cnn, help: 'network of the accuracy scores', default: usual.cnn },
  cnnSteps: common.cnnSteps,
  judgeImages: {
    kind: whole(1),
    placeholder: 'n',
    help: 'the judge learns from the first so many train images',
    otherwise: 'a third of them',
  },
  judgeSteps: {
    kind: whole(1),
    placeholder: 'n',
    help: 'batches that the judge trains on',
    otherwise: 'three times through them, at least 600',
  },
  seed: common.seed,
  backend: common.backend,
  work: {
    kind: text,
    placeholder: 'folder',
    help: 'keep finished parts there, and go on from them',
    otherwise: 'keep none',
  },
  shard: common.shard,
  queue: common.queue,
  store: common.store,
  json: common.json,
  out: common.out,
  quiet: common.quiet,
} satisfies Options;

const table: Table<typeof options> = {
  name: 'quality',
  options,
  recorded: [
    ...(['models', 'data', 'paths', 'shots', 'perClass', 'episodes', 'cnn', 'cnnSteps'] as const),
    ...(['judgeImages', 'judgeSteps', 'seed', 'labelCheck', 'backend'] as const),
  ],
  always: ['models', 'shots', 'episodes', 'seed', 'backend'],
};

async function measureAndPrint(flags: Flags<typeof options>, { signal, terminal }: Context): Promise<void> {
  const {
    models = usual.models,
    backend: request,
    work,
    json: _,
    out,
    shard,
    queue,
    store: __,
    quiet: ___,
    ...rest
  } = flags;
  for (const model of models) {
    await assertDraws(
      model,
      'Codes are judged by fewshot eval, and shown by their neighbors: fewshot preview.',
    );
  }
  assertMachineFlags(flags);
  if (out !== undefined) await assertWritable(out);
  const backend = await useBackend(request, terminal);
  const settings: DatasetQuality = {
    ...rest,
    models,
    labelCheck: flags.labelCheck === true,
    backend: backend.name,
  };
  const bars = taskBars(terminal);
  try {
    const command = commandText(table, { ...settings, data: flags.data });
    const options: Omit<MeasureOptions, 'digests'> = {
      ...(work === undefined ? {} : { keep: keptParts(work) }),
      signal,
      onProgress: (done, total, stage) => bars.update(stage, done, total),
      onSkip: ({ model, path }, why) => terminal.note(`No ${path} of ${model}: ${why}.`),
    };
    const result = await perform(
      (digests, use) => withQualityOf(settings, { ...options, digests }, use),
      concludeQuality,
      flags,
      {
        ...{ command, terminal, signal },
        onProgress: (done, total) => queue !== undefined && bars.update('Measuring', done, total),
      },
    );
    bars.stop();
    if (result !== undefined) await printQuality(result, flags);
  } finally {
    bars.stop();
  }
}

/** Writes a result to the file that flags name, and prints it. */
export async function printQuality(
  result: QualityResult,
  { json, out }: Pick<Flags<typeof options>, 'json' | 'out'>,
): Promise<void> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) await atomicWrite(out, text);
  stdout.write(json === true ? text : qualityTable(result, { color: colored() }));
}

/** `fewshot quality`: measures of hallucinated images, for every path of every model. */
export const command = defineCommand({
  table,
  run: (flags, context) => {
    const measure = () => measureAndPrint(flags, context);
    return flags.work === undefined ? measure() : whileFolderLocked(flags.work, measure);
  },
  kept: ({ work, shard, out }) =>
    (work ?? shard) === undefined
      ? 'Nothing was written.'
      : `Finished parts are kept in ${work ?? out}; the same command goes on from them.`,
  output: ({ out }) => out,
});
