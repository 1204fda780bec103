import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataError, UsageError } from '../../src/core/errors.js';
import { renderGlyphs } from '../../src/node/renderGlyphs.js';
import { bar, square, triangle, writeFont } from './fontFiles.js';

const SIZE = 28 * 28;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-glyphs-'));
  await mkdir(join(folder, 'deep'));
  await writeFont(folder, 'a.otf', { A: square, B: triangle, E: bar, O: square, 7: bar });
  await writeFont(folder, 'b.ttf', { A: square, E: bar, O: square, 7: bar });
  await writeFont(join(folder, 'deep'), 'c.OTF', { A: triangle, E: bar, O: square, 7: bar });
  await writeFile(join(folder, 'licence.txt'), 'no font');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.doUnmock('opentype.js'));

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe('renderGlyphs', () => {
  it('draws every character that enough fonts have, but nothing that is or looks like a digit', async () => {
    const { train, test } = await renderGlyphs(folder, { drawings: 5, testDrawings: 2, seed: 1 });
    expect(train.classes).toEqual(['A', 'E']);
    expect(test.classes).toEqual(train.classes);
    expect(train.shape).toEqual([28, 28, 1]);
    expect([...train.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...test.labels]).toEqual([0, 0, 1, 1]);
    expect((await renderGlyphs(folder, { fonts: 2, seed: 1 })).train.classes).toEqual(['A', 'E']);
  });

  it('keeps a font for the test drawings', async () => {
    // Of A, one font draws a triangle, which has half the ink of a square.
    const { train, test } = await renderGlyphs(folder, { drawings: 12, testDrawings: 12, seed: 1 });
    const isTriangle = (ink: number) => ink < 280;
    const inks = ({ pixels }: { pixels: Float32Array }) =>
      Array.from({ length: 12 }, (_, i) => sum(pixels.subarray(i * SIZE, (i + 1) * SIZE)));
    const [seen, held] = [inks(train.images()), inks(test.images())].map((of) => new Set(of.map(isTriangle)));
    expect(held!.size).toBe(1);
    expect(seen!.size).toBe(held!.has(true) ? 1 : 2);
  });

  it('centers 20 of 28 pixels of ink, and varies the weight of strokes', async () => {
    const { train } = await renderGlyphs(folder, { drawings: 16, seed: 1 });
    const { pixels } = train.images();
    const inks = new Set<number>();
    for (let drawing = 16; drawing < 32; drawing++) {
      const image = pixels.subarray(drawing * SIZE, (drawing + 1) * SIZE);
      const rows = Array.from({ length: 28 }, (_, row) => sum(image.subarray(28 * row, 28 * row + 28)));
      const inked = rows.flatMap((ink, row) => (ink > 0.01 ? [row] : []));
      expect(inked.length).toBeGreaterThanOrEqual(18);
      expect(inked.length).toBeLessThanOrEqual(22);
      const middle = rows.reduce((total, ink, row) => total + ink * (row + 0.5), 0) / sum(image);
      expect(middle).toBeCloseTo(14, 1);
      inks.add(Math.round(sum(image)));
    }
    expect(inks.size).toBeGreaterThan(5);
  });

  it('depends on the fonts, the seed and its own numbers alone', async () => {
    const [once, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => renderGlyphs(folder, { drawings: 4, seed })),
    );
    expect(again!.train.images().pixels).toEqual(once!.train.images().pixels);
    expect(other!.train.images().pixels).not.toEqual(once!.train.images().pixels);
  });

  it('draws in another size', async () => {
    const { train } = await renderGlyphs(folder, { side: 12, seed: 1 });
    expect(train.shape).toEqual([12, 12, 1]);
    expect(sum(train.images([0]).pixels)).toBeGreaterThan(20);
  });

  it.each([
    ['drawings', 0],
    ['testDrawings', 1.5],
    ['fonts', 1],
    ['side', 7],
  ])('refuses %s of %d', async (name, value) => {
    await expect(renderGlyphs(folder, { [name]: value, seed: 1 })).rejects.toThrow(UsageError);
    await expect(renderGlyphs(folder, { [name]: value, seed: 1 })).rejects.toThrow(`${name} is ${value}`);
  });

  it('names a folder that is missing or without fonts, and says when they have too little in common', async () => {
    const missing = join(folder, 'nowhere');
    await expect(renderGlyphs(missing, { seed: 1 })).rejects.toThrow(missing);
    const empty = await mkdtemp(join(tmpdir(), 'fewshot-glyphs-'));
    await expect(renderGlyphs(empty, { seed: 1 })).rejects.toThrow(`no font in ${empty}`);
    await expect(renderGlyphs(folder, { fonts: 4, seed: 1 })).rejects.toThrow('no two characters are in 4');
    await rm(empty, { recursive: true });
  });

  it('names a damaged font', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'fewshot-glyphs-'));
    await writeFile(join(broken, 'broken.woff'), 'wOFF, but not really');
    const rendering = renderGlyphs(broken, { seed: 1 });
    await expect(rendering).rejects.toThrow(DataError);
    await expect(rendering).rejects.toThrow(join(broken, 'broken.woff'));
    await rm(broken, { recursive: true });
  });

  it('says how to install what reads fonts', async () => {
    vi.doMock('opentype.js', () => {
      throw new Error('not there');
    });
    await expect(renderGlyphs(folder, { seed: 1 })).rejects.toMatchObject({
      message: expect.stringContaining('opentype.js'),
      hint: 'Install it: npm install opentype.js',
    });
  });
});
