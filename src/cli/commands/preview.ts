import { stderr, stdout } from 'node:process';
import { Command, Option } from 'commander';
import { hallucinations } from '../../augment/hallucinate.js';
import { type PathName, pathNames } from '../../augment/paths.js';
import { imagesOf } from '../../core/image.js';
import { sampleEpisode } from '../../data/episodes.js';
import type { Fit } from '../../data/resize.js';
import { evaluationDataNames, loadSplitsFor } from '../../evaluate/data.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { badLines } from '../dataText.js';
import { addFitFlags, backendFlag, dataOr, detailFlag, wholeNumber } from '../flags.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';
import { sizesOf } from '../reportData.js';
import { run } from '../run.js';

interface PreviewFlags {
  readonly data: string;
  readonly fit?: Fit;
  readonly skipBad?: boolean;
  readonly shots?: number;
  readonly perClass: number;
  readonly path: PathName;
  readonly labelCheck?: boolean;
  readonly detail?: number;
  readonly model: string;
  readonly seed: number;
  readonly backend: BackendRequest;
  readonly out: string;
}

async function preview({
  data,
  fit,
  skipBad = false,
  shots: asked,
  perClass,
  path,
  labelCheck = false,
  detail = 0,
  model: name,
  seed,
  backend,
  out,
}: PreviewFlags): Promise<void> {
  await assertWritable(out);
  await selectBackend(backend);
  const model = await loadModel(name);
  try {
    const { train, query, bad } = await loadSplitsFor(model, {
      ...{ data, split: 'test', skipBad, model: name },
      ...(fit === undefined ? {} : { fit }),
    });
    for (const line of badLines(bad)) stderr.write(`${line}\n`);
    const shots = asked ?? Math.min(defaultSettings.shots, ...sizesOf(train));
    const { support, classes } = sampleEpisode(
      { support: train, query },
      { shots, queries: 1, seed, episode: 0 },
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

/** `fewshot preview`: a picture of a support set and of what is hallucinated from it. */
export function previewCommand(): Command {
  const command = new Command('preview')
    .description('draw real images (left) beside hallucinated ones (right), a class a row, as a PNG')
    .option('--data <name>', dataOr(evaluationDataNames), 'mnist');
  return addFitFlags(command)
    .option('--shots <n>', 'real images per class (default: 5, or as many as there are)', wholeNumber(1))
    .option('--per-class <n>', 'hallucinations per class', wholeNumber(1), 10)
    .addOption(
      new Option('--path <name>', 'way through latent space').choices([...pathNames]).default('slerp'),
    )
    .option('--label-check', 'draw hallucinations anew that look like another class')
    .addOption(detailFlag())
    .option('--model <name>', 'shipped model or path of a model file', 'mnist')
    .option('--seed <n>', 'seed of the choice of images', wholeNumber(0), 1)
    .addOption(backendFlag())
    .option('--out <file>', 'PNG to write', 'hallucinations.png')
    .action((flags: PreviewFlags) => run(() => preview(flags), 'Nothing was written.', flags.out));
}
