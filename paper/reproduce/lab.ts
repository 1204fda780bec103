import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, type DatasetName, loadDataset } from '../../src/cli/produce/dataset.js';
import { learnerOf } from '../../src/cli/produce/trainingRecipe.js';
import { checkpointOf, trainModel } from '../../src/cli/produce/trainModel.js';
import { DataError } from '../../src/core/errors.js';
import { slice } from '../../src/data/imageSource.js';
import type { Model } from '../../src/models/model.js';
import { type Keep, keptParts } from '../../src/node/keptParts.js';
import { loadModel, MODEL_ENDING } from '../../src/node/loadModel.js';
import type { BackendInfo, BackendName } from '../../src/node/selectBackend.js';
import { type EncoderKind, nameOf, recipeOf, type Scale } from './recipes.js';

export interface LabOptions {
  /** Folder of encoders and finished parts. */
  readonly work: string;
  readonly scale: Scale;
  readonly backend: BackendInfo;
  /** The command, as the cards of encoders record it. */
  readonly command: string;
  /** Threads that render. Default: 1. */
  readonly workers?: number;
  /** Called with the current task and its progress. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Data, encoders and finished parts, for exhibits. */
export interface Lab {
  readonly scale: Scale;
  readonly backend: BackendName;
  readonly signal: AbortSignal | undefined;
  /** All train images, and as many test images as the scale asks for. */
  dataset(name: DatasetName): Promise<Dataset>;
  /** A trained encoder, from its file or trained now. The caller disposes it. */
  encoder(kind: EncoderKind): Promise<Model>;
  /** Path of that encoder's file, which may not exist yet. */
  fileOf(kind: EncoderKind): string;
  /** Returns a part that was finished before, or makes and keeps it. */
  readonly once: Keep;
  /** Progress callback of a task. */
  progress(what: string): (done: number, total: number) => void;
}

/** Opens a lab with its folder on disk. Encoders of another scale or recipe are refused. */
export function openLab({ work, scale, backend, command, workers = 1, onProgress, signal }: LabOptions): Lab {
  const datasets = new Map<DatasetName, Promise<Dataset>>();
  const progress = (what: string) => (done: number, total: number) => onProgress?.(what, done, total);
  const stoppable = signal === undefined ? {} : { signal };

  const dataset = (name: DatasetName) => {
    const known = datasets.get(name);
    if (known !== undefined) return known;
    const loading = loadDataset(name, {
      small: scale.small,
      workers,
      onProgress: progress(`Rendering ${name}`),
      ...stoppable,
    }).then((all) => ({ ...all, test: slice(all.test, 0, scale.tests ?? all.test.labels.length) }));
    datasets.set(name, loading);
    return loading;
  };

  const fileOf = (kind: EncoderKind) => join(work, `${nameOf(kind)}${MODEL_ENDING}`);

  return {
    scale,
    backend: backend.name,
    signal,
    dataset,
    progress,
    fileOf,
    async encoder(kind) {
      const recipe = recipeOf(kind, scale);
      const out = fileOf(kind);
      const there = await loadIfThere(out);
      if (there === undefined) {
        const training = progress(`Training ${nameOf(kind)}`);
        await trainModel({
          recipe,
          out,
          resume: true,
          force: false,
          dataset: await dataset(kind.data),
          backend,
          command,
          onProgress: ({ done, total }) => training(done, total),
          ...stoppable,
        });
        return loadModel(out);
      }
      // An earlier run may have been killed between writing the model and removing its checkpoint.
      await rm(checkpointOf(out), { force: true });
      const { card } = there;
      const wanted = {
        learner: recipe.learner,
        filters: recipe.architecture.filters,
        epochs: recipe.epochs,
        batchSize: recipe.batchSize,
        learningRate: recipe.learningRate,
        seed: recipe.seed,
        objective: learnerOf(recipe).options,
      };
      const found = {
        learner: card.learner,
        filters: card.architecture.filters,
        epochs: card.epochs,
        batchSize: card.batchSize,
        learningRate: card.learningRate,
        seed: card.seed,
        objective: card.objective,
      };
      if (JSON.stringify(wanted) !== JSON.stringify(found)) {
        there.dispose();
        throw new DataError(`${out} was trained by another recipe`, {
          hint: 'Remove it, or choose another folder with --work.',
        });
      }
      return there;
    },
    once: keptParts(join(work, 'parts')),
  };
}

async function loadIfThere(path: string): Promise<Model | undefined> {
  const there = await readFile(path).then(
    () => true,
    () => false,
  );
  return there ? loadModel(path) : undefined;
}
