import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { milliseconds, noise } from '../timing.mjs';
import { onnxNet } from './onnxNet.mjs';

/** A package that `npm run bench:peers` installs. */
function installed(name) {
  try {
    return createRequire(new URL('../../.peers/', import.meta.url))(name);
  } catch {
    throw new Error('not installed (npm run bench:peers)');
  }
}

const [count, batch, side] = [32, 16, 160];

/** ONNX Runtime on one thread, with the same weights. It has kernels of its own, on whichever backend ours computes. */
export default {
  async setup(load) {
    const { InferenceSession, Tensor } = installed('onnxruntime-node');
    const { decodeSafetensors } = await load();
    const file = new URL('../../models/photos.safetensors', import.meta.url);
    const { tensors } = decodeSafetensors(await readFile(file), 'photos');
    const session = await InferenceSession.create(onnxNet(tensors, batch, side), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    const size = side * side * 3;
    const pixels = noise(count * size);
    const embed = async () => {
      for (let start = 0; start < count; start += batch) {
        const input = pixels.subarray(start * size, (start + batch) * size).map((v) => (255 * v - 127) / 128);
        await session.run({ pictures: new Tensor('float32', input, [batch, 3, side, side]) });
      }
    };
    return { round: async () => (count * 1000) / (await milliseconds(embed)) };
  },
};
