import { readFile } from 'node:fs/promises';
import { milliseconds, noise } from '../timing.mjs';

const [count, side] = [32, 160];

export default {
  title: `codes of ${count} photos of ${side}×${side} by EfficientNet-Lite0 up to its last block, batches of 16`,
  unit: 'images/s',
  better: 'higher',
  peers: { pytorch: ['features.py', count, side], onnxruntime: 'features.mjs' },
  async setup(load) {
    const { decodeExtractor } = await load();
    const file = new URL('../../models/photos.safetensors', import.meta.url);
    const extractor = await decodeExtractor(await readFile(file), 'photos', { side });
    const size = side * side * 3;
    const pixels = noise(count * size);
    const pictures = Array.from({ length: count }, (_, i) => ({
      pixels: pixels.subarray(i * size, (i + 1) * size),
      shape: [side, side, 3],
    }));
    return { round: async () => (count * 1000) / (await milliseconds(() => extractor.embed(pictures))) };
  },
};
