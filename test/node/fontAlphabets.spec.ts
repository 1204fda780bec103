import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import { characterBatch } from '../../src/data/characters/characterBatch.js';
import { meantBox, penLines } from '../../src/data/characters/drawing.js';
import { fontAlphabets } from '../../src/node/fontAlphabets.js';
import { bar, type Corners, letters, square, writeFont } from './fontFiles.js';

const [THAI, TAMIL_MARKS, RUNIC, OGHAM] = [0xe01, 0xe34, 0x16a0, 0x1681] as const;
const marks = Object.fromEntries(
  Array.from({ length: 6 }, (_, i) => [
    String.fromCodePoint(TAMIL_MARKS + i),
    bar.map(([right, up]) => [right - 300, 720 + up * (0.2 + 0.05 * i)] as const),
  ]),
);

let folder: string;
let withMarks: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-letters-'));
  await mkdir(join(folder, 'deep'));
  await writeFont(folder, 'Two-Bold.otf', letters(THAI, 14, 120));
  await writeFont(folder, 'Two-Regular.otf', letters(THAI, 20));
  await writeFont(join(folder, 'deep'), 'Two-Light.otf', {
    ...letters(THAI, 16),
    ...letters(OGHAM, 13),
    // Too small and too large for letters.
    '\u1690': square.map(([right, up]) => [right / 30, up / 30] as const),
    '\u1691': square.map(([right, up]) => [right * 6, up] as const),
  });
  await writeFont(folder, 'TwoDisplay-Light.otf', letters(THAI, 18));
  await writeFont(folder, 'Few.ttf', letters(THAI, 11));
  await writeFont(folder, 'Runes.ttf', { ...letters(RUNIC, 15), ...letters(0x61, 20) });
  await writeFont(
    folder,
    'Twins.otf',
    Object.fromEntries(Object.keys(letters(THAI, 20)).map((t) => [t, bar])),
  );
  withMarks = await mkdtemp(join(tmpdir(), 'fewshot-letters-'));
  await writeFont(withMarks, 'Marks.ttf', { ...letters(THAI, 12), ...marks });
});
afterAll(async () => {
  for (const made of [folder, withMarks]) await rm(made, { recursive: true, force: true });
});

describe('fontAlphabets', () => {
  it('reads the letters of each script of the lightest font of a family, but no script of Omniglot', async () => {
    const steps: (readonly [number, number])[] = [];
    const found = await fontAlphabets(folder, { seed: 1, onProgress: (...step) => steps.push(step) });
    const sizes = Object.fromEntries(found.map(({ name, characters }) => [name, characters.length]));
    expect(sizes).toEqual({ 'Two Thai': 16, 'Two Ogham': 13 });
    expect(steps).toEqual([1, 2, 3, 4].map((done) => [done, 4]));
    const { characters } = found.find(({ name }) => name === 'Two Thai')!;
    for (const { strokes } of characters) expect(strokes).toHaveLength(2);
  });

  it('takes 140 letters of more', async () => {
    const many = await mkdtemp(join(tmpdir(), 'fewshot-letters-'));
    // Vai has 300 letters.
    const corners = (i: number): Corners =>
      bar.map(([right, up]) => [right * (0.5 + (i % 15) / 10), up * (0.4 + Math.floor(i / 15) / 15)]);
    const shapes = Array.from(
      { length: 150 },
      (_, i) => [String.fromCodePoint(0xa500 + i), corners(i)] as const,
    );
    await writeFont(many, 'Many.ttf', Object.fromEntries(shapes));
    const [found] = await fontAlphabets(many, { seed: 1 });
    expect(found!.characters).toHaveLength(140);
    await rm(many, { recursive: true });
  });

  it('leaves out the scripts that it is told to', async () => {
    const names = async (without: string[]) =>
      (await fontAlphabets(folder, { seed: 1, without })).map(({ name }) => name).sort();
    expect(await names(['Thai'])).toEqual(['Runes Latin', 'Runes Runic', 'Two Ogham']);
    expect(await names(['Latin', 'Ogham'])).toEqual(['Runes Runic', 'Two Thai']);
  });

  it('adds letters with marks, each seed others', async () => {
    const read = async (seed: number) => {
      const [found] = await fontAlphabets(withMarks, { seed });
      expect(found!.name).toBe('Marks Thai');
      return found!.characters;
    };
    const [once, again, other] = [await read(1), await read(1), await read(2)];
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
    expect(other.slice(0, 12)).toEqual(once.slice(0, 12));
    expect(once.length).toBeGreaterThan(30);
    // A mark is a stroke of its own, above the letter.
    const apart = once.slice(12).filter(({ strokes }) => strokes.length === 3);
    expect(apart.length).toBeGreaterThan(0.8 * (once.length - 12));
    const ratio = (character: (typeof once)[number]) => {
      const { half } = meantBox(character, penLines());
      return half[1] / half[0];
    };
    const mean = (of: typeof once) => of.reduce((sum, character) => sum + ratio(character), 0) / of.length;
    expect(mean(once.slice(12))).toBeGreaterThan(1.1 * mean(once.slice(0, 12)));
  });

  it('gives characters that a batch draws', async () => {
    const fonts = await fontAlphabets(folder, { seed: 1 });
    const { pixels } = characterBatch({ alphabets: 1, fonts, fontShare: 1, seed: 1 });
    expect(pixels.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
  });

  it('refuses what is no script, and names a folder without letters', async () => {
    const unknown = fontAlphabets(folder, { seed: 1, without: ['Elvish'] });
    await expect(unknown).rejects.toThrow(UsageError);
    await expect(unknown).rejects.toThrow('without[0] is Elvish');
    const none = fontAlphabets(folder, { seed: 1, without: ['Thai', 'Ogham', 'Runic', 'Latin'] });
    await expect(none).rejects.toThrow(DataError);
    await expect(none).rejects.toThrow(folder);
  });
});
