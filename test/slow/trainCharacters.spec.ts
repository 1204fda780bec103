import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { decodeModel } from '../../src/models/model.js';
import { fewshotProcess } from '../cli/fewshot.js';
import { onWasm } from '../models/tiny.js';
import { ownFolder } from '../node/folder.js';

onWasm();
const at = ownFolder();

it('learns characters that are drawn anew in every batch; the card says how drawings come into its shape', async () => {
  const quick = ['--epochs', '1', '--batch-size', '16', '--filters', '2,2,4,4', '--backend', 'wasm'];
  const soft = ['--margin', '0.3', '--temperature', '0.1', '--batch-norm', '--base', '2'];
  const args = ['train', '--data', 'characters', ...quick, ...soft];
  const { code, stderr } = await fewshotProcess([...args, '--out', 'drawn.safetensors'], { cwd: at() });
  expect(code, stderr).toBe(0);
  const model = await decodeModel(await readFile(at('drawn.safetensors')), 'drawn');
  expect(model.card).toMatchObject({ protocol: 'novel', objective: { temperature: 0.1, batchNorm: true } });
  expect(model.card.data).toMatchObject({ name: 'characters', classes: [], images: 1600, fit: 'strokes' });
  expect([model.imageShape, model.styleSize, model.base!.codes.length]).toEqual([[40, 40, 1], 8, 160]);
  model.dispose();
  const card = await readFile(at('drawn.md'), 'utf8');
  expect(card).toContain('each of a character that is drawn in one batch alone');
  expect(card).toContain('one of an eighth with 24');
  expect(card).toContain('--temperature 0.1 --batch-norm');
  for (const unfit of ['--latent=8', '--shift=1', '--style=2', '--learner=ae', '--batch-size=20']) {
    const refused = await fewshotProcess([...args, unfit, '--out', 'other.safetensors'], { cwd: at() });
    expect([unfit, refused.code, refused.stdout]).toEqual([unfit, 2, '']);
  }
});
