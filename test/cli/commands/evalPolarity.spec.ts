import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { inventAlphabet } from '../../../src/data/characters/alphabet.js';
import { inventCharacter } from '../../../src/data/characters/character.js';
import { inventDrawer } from '../../../src/data/characters/drawer.js';
import { drawCharacter } from '../../../src/data/characters/drawing.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { fewshot } from '../fewshot.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
  for (let c = 0; c < 4; c++) {
    const random = randomStream(8, 'characters', c);
    const character = inventCharacter(inventAlphabet(random), random);
    for (const ground of ['dark', 'light'])
      await mkdir(join(folder, ground, `character${c}`), { recursive: true });
    for (let i = 0; i < 5; i++) {
      const { pixels, shape } = drawCharacter(character, inventDrawer(random), random, { side: 40 });
      for (const [ground, image] of [
        ['dark', pixels],
        ['light', pixels.map((ink) => 1 - ink)],
      ] as const)
        await writeFile(join(folder, ground, `character${c}`, `${i}.png`), encodePng(image, shape));
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('judges drawings on a dark ground and on a light one alike, without a flag', async () => {
  const accuracies = async (ground: string): Promise<number[]> => {
    const out = join(folder, `${ground}.json`);
    await fewshot([
      ...['eval', '--data', join(folder, ground), '--shots', '2', '--episodes', '3', '--arms', 'none'],
      ...['--cnn-steps', '15', '--backend', 'wasm', '--out', out],
    ]);
    const { results } = JSON.parse(await readFile(out, 'utf8'));
    return results.map(({ mean }: { mean: number }) => mean);
  };
  const [dark, light] = [await accuracies('dark'), await accuracies('light')];
  expect(dark).toHaveLength(2);
  for (const [i, accuracy] of dark.entries()) expect(Math.abs(accuracy - light[i]!)).toBeLessThan(0.01);
});
