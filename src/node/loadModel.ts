import { readdir, readFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelError } from '../core/errors.js';
import { checkText } from '../core/kindChecks.js';
import { fetchModel, type ModelBytes, modelFromBytes } from '../models/fetchModel.js';
import { decodeModel, type Model } from '../models/model.js';
import { reasonOf } from './files.js';
import { packageFolder } from './packageFiles.js';

/** Ending of model files. */
export const MODEL_ENDING = '.safetensors';

/** Name of a model by its shipped name or path: without folders and the ending. */
export const modelNameOf = (nameOrPath: string): string => basename(nameOrPath, MODEL_ENDING);

/** Paths of the shipped models by their names. */
export async function shippedModels(): Promise<ReadonlyMap<string, string>> {
  const folder = join(packageFolder() ?? '', 'models');
  const files = await readdir(folder).catch(() => []);
  const models = files.filter((file) => file.endsWith(MODEL_ENDING));
  return new Map(models.map((file) => [modelNameOf(file), join(folder, file)]));
}

/** Names of shipped models today, by those that they once had. */
const renamed: ReadonlyMap<string, string> = new Map([['mnist-styled', 'mnist']]);

/** The path of a model file, for a shipped name or a path. */
export async function locateModel(nameOrPath: string): Promise<string> {
  if (nameOrPath.includes('/') || nameOrPath.includes(sep) || nameOrPath.endsWith(MODEL_ENDING))
    return nameOrPath;
  const shipped = await shippedModels();
  const path = shipped.get(nameOrPath);
  if (path !== undefined) return path;
  const now = renamed.get(nameOrPath);
  throw new ModelError(`there is no model named ${nameOrPath}`, {
    hint: `${now === undefined ? '' : `It is called ${now} now. `}Shipped models: ${[...shipped.keys()].join(', ') || 'none'}. A path to a ${MODEL_ENDING} file works too.`,
  });
}

/**
 * Loads a pretrained model: a shipped name (`mnist`), the path of a model file, a URL, or the file's bytes. Its digest is
 * checked. The backend must be chosen first; `selectBackend()` does that.
 *
 * ```ts
 * const model = await loadModel('mnist');
 * ```
 *
 * @param source a string is a URL when it begins with `http://` or `https://`
 * @throws ModelError when the model is missing, truncated, altered or of another version.
 */
export async function loadModel(source: string | URL | ModelBytes): Promise<Model> {
  if (source instanceof URL) {
    return source.protocol === 'file:' ? readModel(fileURLToPath(source)) : fetchModel(source);
  }
  if (typeof source !== 'string') return modelFromBytes(source);
  checkText('the source', source, 'loadModel');
  return /^https?:\/\//i.test(source) ? fetchModel(source) : readModel(await locateModel(source));
}

async function readModel(path: string): Promise<Model> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new ModelError(`cannot read the model ${path}: ${reasonOf(cause)}`, {
      hint: 'Name a shipped model or train one with `fewshot train`.',
      cause,
    });
  }
  return decodeModel(bytes, path);
}
