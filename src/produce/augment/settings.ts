import type { PathName } from '../../augment/index.js';
import type { BackendName } from '../../backend/index.js';
import type { Fit } from '../../data/index.js';
import { commandLine } from '../../evaluate/command.js';
import { isEvaluationData } from '../../evaluate/data.js';

/** Everything that the files of an augmented folder depend on, and nothing else. */
export interface AugmentSettings {
  /** `mnist`, `fashion-mnist`, or the path of one's own images. */
  readonly data: string;
  /** How one's own images come into the model's shape. Default: as its card says, else they must have it. */
  readonly fit?: Fit;
  /** Pass over images of one's own that cannot be read. Default: the first is an error. */
  readonly skipBad?: boolean;
  /** Images per class that are drawn from a data set. A folder gives all that it has. */
  readonly shots: number;
  /** Shipped name, path or URL of the model. */
  readonly model: string;
  /** Images to make for each class. */
  readonly perClass: number;
  readonly path: PathName;
  readonly seed: number;
  /** Keep only what is nearer to its own class's mean than to any other's. */
  readonly labelCheck: boolean;
  /** Share of what decoding loses of a parent that is laid back over each image, in [0, 1]. Default: 0. */
  readonly detail?: number;
  /** Put the real images into the folder too. */
  readonly includeOriginals: boolean;
  readonly backend: BackendName;
}

/** Most images of a class that are parents; of more, a seeded choice. */
export const BANK_SIZE = 512;

/** The command line that makes the same files, but for where they go. */
export function commandOf(settings: AugmentSettings): string {
  const { data, shots, model, perClass, path, seed, labelCheck, includeOriginals, backend } = settings;
  const { fit, skipBad, detail = 0 } = settings;
  const words = [
    ...['fewshot', 'augment', '--data', data],
    ...(isEvaluationData(data) ? ['--shots', shots] : []),
    ...['--model', model, '--per-class', perClass, '--path', path, '--seed', seed],
    ...(fit === undefined ? [] : ['--fit', fit]),
    ...(skipBad ? ['--skip-bad'] : []),
    ...(labelCheck ? ['--label-check'] : []),
    ...(detail === 0 ? [] : ['--detail', detail]),
    ...(includeOriginals ? ['--include-originals'] : []),
    ...['--backend', backend],
  ];
  return commandLine(words);
}
