import { stdout } from 'node:process';
import { hallucinations } from '../../augment/hallucinate.js';
import { baseOf, latentPath } from '../../augment/paths.js';
import { imagesOf } from '../../core/image.js';
import { drawEpisode, sampleEpisode } from '../../data/episodes.js';
import {
  evaluationDataNames,
  isEvaluationData,
  loadSplitsFor,
  shotsFor,
  sizesOf,
} from '../../evaluate/data.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { loadExtractor } from '../../node/loadExtractor.js';
import { loadModel } from '../../node/loadModel.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertThere, findingLines, modelFor } from '../images.js';
import { common, dataOr, ownDataOf, ownDataOptions } from '../options/common.js';
import type { Flags, Options } from '../options/option.js';
import { assertNoDetail, modelOfFeatures, photosFor } from '../photos.js';
import { neighborsText, type Place, photosAt } from '../produce/neighbors.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';
import { neighborSheet } from '../report/neighborSheet.js';

const options = {
  data: { ...common.data, help: dataOr(evaluationDataNames), default: 'mnist' },
  ...ownDataOptions,
  shots: { ...common.shots, help: 'real images per class', otherwise: '5, or as many as there are' },
  perClass: { ...common.perClass, help: 'hallucinations per class', default: 10 },
  path: common.path,
  labelCheck: common.labelCheck,
  detail: common.detail,
  model: {
    ...common.model,
    fallback: defaultSettings.model,
    otherwise: `${defaultSettings.model}; for photos of your own photos`,
  },
  seed: { ...common.seed, help: 'seed of the choice of images' },
  backend: common.backend,
  out: { ...common.out, help: 'PNG to write', default: 'hallucinations.png' },
  quiet: common.quiet,
} satisfies Options;

type PreviewFlags = Flags<typeof options>;

async function preview(flags: PreviewFlags, context: Context): Promise<void> {
  if (!isEvaluationData(flags.data)) await assertThere(flags.data, evaluationDataNames);
  const features = await modelOfFeatures(flags);
  const settled = { ...flags, model: features ?? modelFor(flags) };
  await assertWritable(flags.out);
  return features === undefined ? drawImages(settled, context) : drawNeighbors(settled, context);
}

type Settled = PreviewFlags & { readonly model: string };

async function drawImages(flags: Settled, { terminal }: Context): Promise<void> {
  const { data, shots: asked, perClass, path, labelCheck = false, detail = 0, seed, out } = flags;
  const { model: name } = flags;
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

/** Shows hallucinated codes by their nearest photos, where a model gives features and draws nothing. */
async function drawNeighbors(flags: Settled, { terminal, signal }: Context): Promise<void> {
  const { data, shots: asked, perClass, path, labelCheck = false, seed, out, model: name } = flags;
  assertNoDetail(flags);
  await useBackend(flags.backend, terminal);
  const extractor = await loadExtractor(name);
  try {
    baseOf(latentPath(path), extractor);
    const photos = await photosFor(extractor, flags, { terminal, signal });
    const { codes } = photos.embedded;
    const sizes = sizesOf(photos);
    const shots = asked ?? shotsFor(sizes);
    const among = photos.classes.filter((_, i) => sizes[i]! >= shots);
    const { classes, supportIndices } = drawEpisode(
      { support: photos, query: { ...photos } },
      { shots, queries: 1, seed, episode: 0, among },
    );
    const own = classes.map((label) =>
      [...supportIndices].filter((index) => photos.classes[photos.labels[index]!] === label),
    );
    const support = own.flatMap((indices, c) =>
      indices.map((index) => ({ code: codes[index]!, label: classes[c]! })),
    );
    const made = [...hallucinations(extractor, support, { perClass, path, labelCheck, seed })];
    const rows = classes.map((label, c): Place[][] => [
      own[c]!.map((photo) => ({ photo })),
      made
        .filter((one) => one.label === label)
        .map(({ code, provenance }) => ({
          point: code,
          parents: provenance!.parents.map((parent) => own[c]![parent]!),
          label: photos.classes.indexOf(label),
        })),
    ]);
    const sheet = neighborSheet(await photosAt(photos, rows));
    signal.throwIfAborted();
    await atomicWrite(out, pictureToPng(sheet));
    const lines = classes.map((label, c) => `${c + 1}  ${label}\n`).join('');
    stdout.write(
      `${lines}Each row: ${shots} real ${shots === 1 ? 'photo' : 'photos'} of a class, and the neighbors of codes that are hallucinated of them along ${path}.\n${neighborsText(extractor.name, data)}\n${out}\n`,
    );
  } finally {
    extractor.dispose();
  }
}

/** `fewshot preview`: a picture of a support set and of hallucinations made from it. */
export const command = defineCommand({
  table: { name: 'preview', options, recorded: [], always: [] },
  run: preview,
  output: ({ out }) => out,
});
