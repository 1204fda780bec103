import { ModelError } from '../core/errors.js';
import { checkBytes } from '../core/kindChecks.js';
import type { FeatureExtractor } from './extractor.js';
import {
  type ArchiveFiles,
  checkLoadOptions,
  type ExtractorPlatform,
  type LoadExtractorOptions,
  loadKind,
  onnxRuntime,
  rethrow,
} from './extractorKinds.js';
import type { ModelBytes } from './fetchModel.js';

/** Most bytes of an archive when unpacked. */
const MOST_BYTES = 2 ** 30;

/** The files of an archive in memory. */
async function unpack(bytes: Uint8Array, name: string): Promise<ArchiveFiles> {
  const { unzipSync } = await import('fflate');
  let files: Record<string, Uint8Array>;
  let total = 0;
  try {
    files = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
        return true;
      },
    });
  } catch (cause) {
    throw new ModelError(`${name}: is a damaged zip archive: ${(cause as Error).message}`, {
      hint: 'Download it again.',
      cause,
    });
  }
  return { names: Object.keys(files), read: async (file) => files[file]! };
}

const platform: ExtractorPlatform = {
  unpack,
  onnx: () => onnxRuntime('onnxruntime-web', () => import('onnxruntime-web').catch(rethrow)),
  shipped: async () => undefined,
};

async function fetchBytes(url: string | URL): Promise<Uint8Array | undefined> {
  const refuse = (reason: string, cause?: unknown) =>
    new ModelError(`cannot fetch the extractor ${url}: ${reason}`, {
      hint: 'Check the URL, and that its server allows this page to read it.',
      cause,
    });
  try {
    const response = await fetch(url);
    if (response.status === 404) return undefined;
    if (!response.ok) throw refuse(`the server answers ${response.status} ${response.statusText}`.trimEnd());
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw cause instanceof ModelError ? cause : refuse((cause as Error).message, cause);
  }
}

/** URL of a file beside another, which may be relative to the page. */
function beside(url: string | URL, path: string): string {
  const [whole, query = ''] = String(url).split(/(?=[?#])/, 2);
  return `${whole!.slice(0, whole!.lastIndexOf('/') + 1)}${encodeURI(path)}${query}`;
}

/** The extractor behind a URL. Throws a `ModelError` also when it cannot be fetched. */
export async function fetchExtractor(
  url: string | URL,
  options: LoadExtractorOptions,
  on: ExtractorPlatform = platform,
): Promise<FeatureExtractor> {
  const bytes = await fetchBytes(url);
  if (bytes === undefined) {
    throw new ModelError(`cannot fetch the extractor ${url}: the server answers 404`, {
      hint: 'Check the URL; of a model of TensorFlow.js it ends with model.json.',
    });
  }
  return loadKind({ name: String(url), bytes, read: (path) => fetchBytes(beside(url, path)) }, options, on);
}

/** The extractor in the bytes of a file. */
export async function extractorFromBytes(
  bytes: ModelBytes,
  options: LoadExtractorOptions,
  on: ExtractorPlatform = platform,
): Promise<FeatureExtractor> {
  const found = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  checkBytes('the source', found, 'loadExtractor');
  return loadKind({ name: options.name ?? 'model', bytes: found, read: async () => undefined }, options, on);
}

/**
 * Loads an extractor of features from a URL, relative to the page or absolute, or from the bytes of its file: a safetensors file of
 * this library, a `model.json` of TensorFlow.js, a zip archive of a Teachable Machine project, or an ONNX file. Nothing else
 * is fetched but the weights beside it. The backend must be chosen first; `selectBackend()` does that.
 *
 * ```ts
 * const extractor = await loadExtractor('/models/photos.safetensors');
 * const theirs = await loadExtractor(await file.arrayBuffer()); // a file that the user chose
 * ```
 *
 * @throws ModelError when it cannot be fetched, is damaged, or is of no known kind
 */
export async function loadExtractor(
  source: string | URL | ModelBytes,
  options: LoadExtractorOptions = {},
): Promise<FeatureExtractor> {
  checkLoadOptions(options);
  return typeof source === 'string' || source instanceof URL
    ? fetchExtractor(source, options)
    : extractorFromBytes(source, options);
}
