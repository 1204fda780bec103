import { ModelError } from '../core/errors.js';
import { checkBytes } from '../core/kindChecks.js';
import { decodeModel, type Model } from './model.js';

/** The bytes of a model file in memory. */
export type ModelBytes = Uint8Array | ArrayBuffer;

/** The model in the bytes of a model file. Throws a `ModelError` when they are truncated, altered or of another version. */
export async function modelFromBytes(bytes: ModelBytes): Promise<Model> {
  const found = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  checkBytes('the source', found, 'loadModel');
  return decodeModel(found, 'model');
}

/** The model behind a URL. Throws a `ModelError` also when it cannot be fetched. */
export async function fetchModel(url: string | URL): Promise<Model> {
  const refuse = (reason: string, cause?: unknown) =>
    new ModelError(`cannot fetch the model ${url}: ${reason}`, {
      hint: 'Check the URL, and that its server allows this page to read it.',
      cause,
    });
  let bytes: ArrayBuffer;
  try {
    const response = await fetch(url);
    if (!response.ok) throw refuse(`the server answers ${response.status} ${response.statusText}`.trimEnd());
    bytes = await response.arrayBuffer();
  } catch (cause) {
    throw cause instanceof ModelError ? cause : refuse((cause as Error).message, cause);
  }
  return decodeModel(new Uint8Array(bytes), String(url));
}

/**
 * Loads a pretrained model from the bytes of its file or from a URL, relative to the page or absolute; nothing else is
 * fetched. Its digest is checked. The backend must be chosen first; `selectBackend()` does that.
 *
 * ```ts
 * import mnist from 'fewshot-atnl/models/mnist.safetensors?url'; // with Vite
 *
 * const model = await loadModel(mnist);
 * const same = await loadModel(await file.arrayBuffer()); // a file that the user chose
 * ```
 *
 * @throws ModelError when the model cannot be fetched, is truncated, altered or of another version.
 */
export async function loadModel(source: string | URL | ModelBytes): Promise<Model> {
  return typeof source === 'string' || source instanceof URL ? fetchModel(source) : modelFromBytes(source);
}
