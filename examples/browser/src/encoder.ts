import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { type BackendName, loadModel, type Model, selectBackend } from 'fewshot-atnl/browser';
import mnist from 'fewshot-atnl/models/mnist.safetensors?url';

/** Starts the backend and loads the encoder, both from this page's own files. */
export async function openEncoder(): Promise<{ readonly model: Model; readonly backend: BackendName }> {
  const { name } = await selectBackend('auto', {
    wasmPaths: { 'tfjs-backend-wasm.wasm': plain, 'tfjs-backend-wasm-simd.wasm': simd },
  });
  return { model: await loadModel(mnist), backend: name };
}
