import type { Model } from '../models/index.js';
import { fetchModel, type ModelBytes, modelFromBytes } from './fetchModel.js';

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
