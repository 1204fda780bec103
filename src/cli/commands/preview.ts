import { stdout } from 'node:process';
import { hallucinations } from '../../augment/hallucinate.js';
import { imagesOf } from '../../core/image.js';
import { sampleEpisode } from '../../data/episodes.js';
import {
  evaluationDataNames,
  isEvaluationData,
  loadSplitsFor,
  shotsFor,
  sizesOf,
} from '../../evaluate/data.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertThere, findingLines, modelFor } from '../images.js';
import { common, dataOr, ownDataOf, ownDataOptions } from '../options/common.js';
import type { Flags, Options } from '../options/option.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';

const options = {
  data: { ...common.data, help: dataOr(evaluationDataNames), default: 'mnist' },
  ...ownDataOptions,
  shots: { ...common.shots, help: 'real images per class', otherwise: '5, or as many as there are' },
  perClass: { ...common.perClass, help: 'hallucinations per class', default: 10 },
  path: common.path,
  labelCheck: common.labelCheck,
  detail: common.detail,
  model: { ...common.model, fallback: defaultSettings.model },
  seed: { ...common.seed, help: 'seed of the choice of images' },
  backend: common.backend,
  out: { ...common.out, help: 'PNG to write', default: 'hallucinations.png' },
  quiet: common.quiet,
} satisfies Options;

async function preview(flags: Flags<typeof options>, { terminal }: Context): Promise<void> {
  const { data, shots: asked, perClass, path, labelCheck = false, detail = 0, seed, out } = flags;
  if (!isEvaluationData(data)) await assertThere(data, evaluationDataNames);
  const name = modelFor(flags);
  await assertWritable(out);
  await useBackend(flags.backend, terminal);
  const model = await loadModel(name);
  try {
    const seen = await loadSplitsFor(model, {
      ...ownDataOf(flags),
      ...{ data, split: 'test', model: name, queries: 0 },
      ...(asked === undefined ? {} : { shots: asked }),
    });
    const { train } = seen;
    const sizes = sizesOf(train);
    const shots = asked ?? shotsFor(sizes);
    const among = isEvaluationData(data)
      ? train.classes
      : seen.among.filter((label) => sizes[train.classes.indexOf(label)]! >= shots);
    const left = train.classes
      .map((label, i) => ({ label: String(label), images: sizes[i]! }))
      .filter(
        ({ label, images }) => images < shots && !seen.findings.leftOut.some((own) => own.label === label),
      );
    const findings = { ...seen.findings, leftOut: [...seen.findings.leftOut, ...left], leaks: [] };
    for (const line of findingLines(findings)) terminal.note(line);
    // An episode has queries, but none are shown, so they may be any.
    const { support, classes } = sampleEpisode(
      { support: train, query: { ...train } },
      { shots, queries: 1, seed, episode: 0, among },
    );
    const real = [...imagesOf(support)];
    const made = [...hallucinations(model, real, { perClass, path, labelCheck, detail, seed })];
    const rows = classes.map((label) =>
      [real, made].map((images) => images.filter((image) => image.label === label)),
    );
    const sheet = contactSheet(rows, support.shape);
    await atomicWrite(out, pictureToPng(sheet));
    stdout.write(`${out}\n`);
  } finally {
    model.dispose();
  }
}

/** `fewshot preview`: a picture of a support set and of hallucinations made from it. */
export const command = defineCommand({
  table: { name: 'preview', options, recorded: [], always: [] },
  run: preview,
  output: ({ out }) => out,
});
