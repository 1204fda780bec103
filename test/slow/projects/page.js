import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as fewshot from 'fewshot-atnl';
import mnist from 'fewshot-atnl/models/mnist.safetensors?url';
import { walk } from './walk.js';

const wasmPaths = { 'tfjs-backend-wasm.wasm': plain, 'tfjs-backend-wasm-simd.wasm': simd };

/** Called by the test with the backend to take. `lost`: the page is not told where wasm's files are. */
window.run = async (backend, lost = false) => {
  try {
    const info = await fewshot.selectBackend(backend, lost ? {} : { wasmPaths });
    const bytes = await (await fetch(mnist)).arrayBuffer();
    const model = await fewshot.loadModel(bytes);
    const digests = [model.digest, (await fewshot.loadModel(mnist)).digest];
    const page = { info, digests, nodeOnly: 'toReadable' in fewshot, isolated: crossOriginIsolated };
    return { ...page, ...(await walk(fewshot, model)) };
  } catch (error) {
    return { error: { name: error.name, message: error.message, hint: error.hint } };
  }
};
