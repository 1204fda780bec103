import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/node/loadModel.js';

const folders = ['models', 'paper/experiments/encoders'].map(
  (name) => new URL(`../../${name}/`, import.meta.url),
);
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.safetensors'))
    .map((name) => fileURLToPath(new URL(name, folder))),
);

describe('models in the repository', () => {
  it.each(files)('%s is what its card says', async (file) => {
    const text = await readFile(file.replace(/\.safetensors$/, '.md'), 'utf8');
    const model = await loadModel(file);
    try {
      const { length } = await readFile(file);
      expect(text).toContain(`# ${model.card.name}\n`);
      expect(text).toContain(`| file | ${length.toLocaleString('en')} bytes, float16, safetensors |`);
      expect(text).toContain(`| SHA-256, as results name it | \`${model.digest}\` |`);
      expect(text).toContain(`| command | \`${model.card.command}\` |`);
    } finally {
      model.dispose();
    }
  });
});
