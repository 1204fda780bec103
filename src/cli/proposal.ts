import { type Catalog, type Fit, nameOfData, survey } from '../data/index.js';
import type { Inspection } from '../data/own/inspectCatalog.js';
import { defaultSettings } from '../evaluate/index.js';
import { MODEL_ENDING } from '../files/loadModel.js';
import { chooseShape, chooseTraining } from '../produce/chosenDefaults.js';
import { isDatasetName } from '../produce/index.js';
import { count } from '../report/figures.js';
import { CONFIG_SCHEMA, type Config } from './configSchema.js';
import { cutFound } from './cutFound.js';

const PER_CLASS = 100;

/** A config for somebody's images, and what there is to be said of it. */
export interface Proposal {
  readonly config: Config;
  readonly lines: readonly string[];
}

const fitTexts: Readonly<Record<Fit, string>> = {
  letterbox: 'whole between black bars',
  crop: 'the middle part',
};

/**
 * What commands would do with images that were looked at: as `train` chooses by itself, and as many shots as each class has.
 *
 * @throws DataError when there are too few images to learn from
 */
export async function proposalFor(
  catalog: Catalog,
  found: Inspection,
  signal?: AbortSignal,
): Promise<Proposal> {
  const { root } = catalog;
  const { train: learnt, test, heldOut, shots } = cutFound(catalog, found);
  const shape = chooseShape(await survey(catalog, { skipBad: true, ...(signal && { signal }) }));
  const { epochs, batchSize, learningRate } = chooseTraining(shape, learnt.length);
  const out = `${nameOfData(root) || 'own'}${MODEL_ENDING}`;
  const fit = 'letterbox';
  // A small decoder draws no more of a photo than colours and outlines; of strokes that move, detail leaves ghosts.
  const kept = shape.channels === 3 ? { detail: 1 } : {};
  const config: Config = {
    schema: CONFIG_SCHEMA,
    data: isDatasetName(root) ? `./${root}` : root,
    fit,
    ...(found.bad.length > 0 ? { skipBad: true } : {}),
    model: `./${out}`,
    seed: defaultSettings.seed,
    backend: 'auto',
    train: { out, ...shape, epochs, batchSize, learningRate },
    augment: { perClass: PER_CLASS, path: 'slerp', ...kept },
    eval: { shots, ...kept },
  };
  const { size, channels } = shape;
  const lines = [
    ...(found.bad.length > 0
      ? [`pass over the ${count(found.bad.length)} that cannot be read (skipBad)`]
      : []),
    `bring images to ${size}×${size} pixels, ${channels === 3 ? 'in colour' : 'gray'}, ${fitTexts[fit]} (train.size, train.channels, fit)`,
    `learn from ${count(learnt.length)} images, ${epochs} times each, ${batchSize} at a time (train.epochs, train.batchSize)`,
    `judge on ${count(test.length)} images${heldOut ? ' that are held out of them' : ' of the test set'}`,
    `write the encoder to ${out} (train.out, model)`,
    `make ${PER_CLASS} images per class along slerp (augment.perClass, augment.path)`,
    ...(kept.detail === undefined
      ? []
      : [`lay the detail of the nearer parent over them (augment.detail, eval.detail)`]),
    `evaluate with ${shots} labelled ${shots === 1 ? 'image' : 'images'} per class (eval.shots)`,
  ];
  return { config, lines };
}
