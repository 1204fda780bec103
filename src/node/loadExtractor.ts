import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelError } from '../core/errors.js';
import { checkText } from '../core/kindChecks.js';
import type { FeatureExtractor } from '../models/extractor.js';
import {
  checkLoadOptions,
  type ExtractorPlatform,
  type LoadExtractorOptions,
  loadKind,
  onnxRuntime,
  rethrow,
} from '../models/extractorKinds.js';
import { extractorFromBytes, fetchExtractor } from '../models/fetchExtractor.js';
import type { ModelBytes } from '../models/fetchModel.js';
import { reasonOf } from './files.js';
import { locateModel, shippedModels } from './loadModel.js';
import { openZip } from './zipArchive.js';

const platform: ExtractorPlatform = {
  unpack: (bytes, name) => openZip(bytes, name, 'Download it again.'),
  // That for browsers runs here too, more slowly, and its installation downloads nothing else.
  onnx: () =>
    onnxRuntime('onnxruntime-node', () =>
      import('onnxruntime-node').catch(() => import('onnxruntime-web').catch(rethrow)),
    ),
  async shipped(name) {
    const path = (await shippedModels()).get(name);
    return path === undefined
      ? undefined
      : { name: path, bytes: await readBytes(path), read: async () => undefined };
  },
};

/** Most bytes of a file: 2 GiB are what a Node buffer holds. */
const MOST_BYTES = 2 ** 31 - 1;

async function readBytes(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, but up to ${MOST_BYTES} are read`);
  return readFile(path);
}

async function readExtractor(path: string, options: LoadExtractorOptions): Promise<FeatureExtractor> {
  let file = path;
  let bytes: Uint8Array;
  try {
    if ((await stat(path)).isDirectory()) file = join(path, 'model.json');
    bytes = await readBytes(file);
  } catch (cause) {
    throw new ModelError(`cannot read the extractor ${file}: ${reasonOf(cause)}`, {
      hint: 'Name a shipped one, or the path of a .safetensors, model.json, .onnx or .zip file.',
      cause,
    });
  }
  const read = async (beside: string) => {
    try {
      return await readBytes(join(dirname(file), beside));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ModelError(`${file}: cannot read ${beside} beside it: ${reasonOf(cause)}`, { cause });
    }
  };
  return loadKind({ name: file, bytes, read }, options, platform);
}

/**
 * Loads an extractor of features: a shipped name (`photos`), the path of a file, the folder or zip archive of a Teachable Machine
 * project as it is downloaded, a URL, or a file's bytes. Files are safetensors of this library (extractors and autoencoders),
 * `model.json` of TensorFlow.js, or ONNX. The backend must be chosen first; `selectBackend()` does that.
 *
 * ```ts
 * const extractor = await loadExtractor('photos');
 * const theirs = await loadExtractor('my-project.zip');
 * ```
 *
 * @param source a string is a URL when it begins with `http://` or `https://`
 * @param options of networks that know nothing of this library; others take none
 * @throws ModelError when it is missing, damaged, or of no known kind
 */
export async function loadExtractor(
  source: string | URL | ModelBytes,
  options: LoadExtractorOptions = {},
): Promise<FeatureExtractor> {
  checkLoadOptions(options);
  if (source instanceof URL) {
    return source.protocol === 'file:'
      ? readExtractor(fileURLToPath(source), options)
      : fetchExtractor(source, options, platform);
  }
  if (typeof source !== 'string') return extractorFromBytes(source, options, platform);
  checkText('the source', source, 'loadExtractor');
  if (/^https?:\/\//i.test(source)) return fetchExtractor(source, options, platform);
  return readExtractor(await locateExtractor(source), options);
}

/** The path of a shipped name or of a file. A shipped name comes before a folder that is called the same. */
async function locateExtractor(nameOrPath: string): Promise<string> {
  if (/[\\/]|\.(onnx|json|zip)$/i.test(nameOrPath)) return nameOrPath;
  try {
    return await locateModel(nameOrPath);
  } catch (error) {
    if (await stat(nameOrPath).catch(() => undefined)) return nameOrPath;
    throw error;
  }
}
