import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXTRACTOR_SCHEMA } from '../../src/models/extractorCard.js';
import { decodeExtractor } from '../../src/models/extractorFile.js';
import { decodeSafetensors } from '../../src/models/safetensors.js';
import { loadModel } from '../../src/node/loadModel.js';

const folders = ['models', 'paper/experiments/encoders'].map(
  (name) => new URL(`../../${name}/`, import.meta.url),
);
const all = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.safetensors'))
    .map((name) => fileURLToPath(new URL(name, folder))),
);
const isExtractor = (file: string) => readFileSync(file).subarray(0, 4096).includes(EXTRACTOR_SCHEMA);
const [files, extractors] = [all.filter((file) => !isExtractor(file)), all.filter(isExtractor)];

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

  it.each(extractors)('%s is what its card says', async (file) => {
    const text = await readFile(file.replace(/\.safetensors$/, '.md'), 'utf8');
    const bytes = await readFile(file);
    const extractor = await decodeExtractor(bytes, file);
    try {
      const card = JSON.parse(decodeSafetensors(bytes, file).metadata.card!);
      expect(text).toContain(`# ${extractor.name}\n`);
      expect(text).toContain(`| file | ${bytes.length.toLocaleString('en')} bytes, `);
      expect(text).toContain(`| SHA-256, as results name it | \`${extractor.digest}\` |`);
      expect(text).toContain(`| license | ${card.license} `);
      expect(text).toContain(`| notice | ${card.notice} |`);
      expect(text).toContain(card.source.sha256);
      expect(text).toContain(`| command | \`${card.command}\` |`);
      expect(bytes.length).toBeLessThan(file.includes('small') ? 3.6e6 : 7e6);
    } finally {
      extractor.dispose();
    }
  });

  it('are autoencoders, and two extractors', () => {
    expect(files.length).toBeGreaterThan(5);
    expect(extractors).toHaveLength(2);
  });
});
