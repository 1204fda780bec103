import { mkdir, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../../src/core/errors.js';
import { randomStream } from '../../../src/core/random.js';
import type { Pixels } from '../../../src/data/decode/pixels.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { fitTo } from '../../../src/data/resize.js';
import type { Model } from '../../../src/models/model.js';
import {
  areColorful,
  areDrawings,
  arePhotographs,
  assertFits,
  isColorful,
  isDrawing,
  isPhotograph,
} from '../../../src/node/images/encoderFits.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';

type Color = readonly [number, number, number];

const SIDE = 64;

/** A picture of a color for each place in [0, 1]², with the noise of a camera. */
function picture(colorAt: (x: number, y: number) => Color, seed = 1): Pixels {
  const random = randomStream('camera', seed);
  const pixels = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const place = Math.floor(i / 3);
    const value = colorAt((place % SIDE) / SIDE, Math.floor(place / SIDE) / SIDE)[i % 3]!;
    return Math.min(1, Math.max(0, value + 0.03 * (random.uniform() - 0.5)));
  });
  return { pixels, shape: [SIDE, SIDE, 3] };
}

/** A ring of ink on a sheet of paper, which the light of a lamp falls on from one side. */
const drawing = (paper: Color, ink: Color, shade = 0.15) =>
  picture((x, y) => {
    const light = 1 - shade * x;
    const isInk = Math.abs(Math.hypot(x - 0.5, y - 0.5) - 0.3) < 0.05;
    return (isInk ? ink : paper).map((value) => value * light) as unknown as Color;
  });

/** Green below a blue sky, with something orange in front. */
const landscape = (seed = 1) =>
  picture((x, y) => {
    if (Math.hypot(x - 0.5, y - 0.6) < 0.2) return [0.7, 0.45, 0.25];
    return y < 0.5 ? [0.55, 0.65, 0.8] : [0.3 + 0.1 * x, 0.42, 0.25];
  }, seed);

const black: Color = [0.1, 0.1, 0.12];

describe('isColorful', () => {
  it.each<[string, Pixels]>([
    ['ink on white paper', drawing([0.97, 0.97, 0.97], black)],
    ['ink on cream paper', drawing([0.96, 0.91, 0.8], black)],
    ['ink under a lamp', drawing([0.78, 0.69, 0.55], black, 0.3)],
    ['a blue pen', drawing([0.97, 0.97, 0.96], [0.15, 0.2, 0.55])],
    ['a sepia print', picture((x) => [0.4 + 0.5 * x, 0.31 + 0.49 * x, 0.2 + 0.45 * x])],
  ])('takes %s for gray', (_, image) => expect(isColorful(image)).toBe(false));

  it.each<[string, Pixels]>([
    ['a landscape', landscape()],
    ['a gray thing on a brown table', drawing([0.45, 0.33, 0.23], [0.7, 0.72, 0.75])],
    ['something that is red all over', picture(() => [0.75, 0.15, 0.15])],
  ])('sees the colors of %s', (_, image) => expect(isColorful(image)).toBe(true));

  it('takes any picture of one value in all channels for gray', () => {
    const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(values, (row) => {
        const pixels = Float32Array.from({ length: 192 }, (_, i) => row[Math.floor(i / 3)]!);
        expect(isColorful({ pixels, shape: [8, 8, 3] })).toBe(false);
        expect(isColorful({ pixels: Float32Array.from(row), shape: [8, 8, 1] })).toBe(false);
      }),
    );
  });
});

describe('isDrawing', () => {
  it('takes ink on paper for a drawing of any size, and neither a photo in gray nor one in color', async () => {
    const ring = drawing([0.97, 0.97, 0.97], black);
    const gray = picture((x, y) => {
      const [red, green, blue] = [0.3 + 0.6 * x, 0.2 + 0.6 * y, 0.5];
      return [0, 1, 2].map(() => (red + green + blue) / 3) as unknown as Color;
    });
    const small = fitTo(ring, [20, 20, 1], 'crop');
    expect([ring, small, gray, landscape()].map(isDrawing)).toEqual([true, true, false, false]);
    expect(await areDrawings(await openCatalog(await folderOf('drawn', [ring, gray, ring])))).toBe(true);
    expect(await areDrawings(await openCatalog(await folderOf('toned', [gray, ring, gray])))).toBe(false);
  });
});

describe('isPhotograph', () => {
  const waves = (x: number, y: number) => 0.5 + 0.45 * Math.sin(7 * x + 3 * y) * Math.cos(5 * y);
  const gray: Pixels = {
    pixels: Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
      waves((i % SIDE) / SIDE, Math.floor(i / SIDE) / SIDE),
    ),
    shape: [SIDE, SIDE, 1],
  };

  it('takes pictures in color, and those of many tones, for photographs', () => {
    expect(isPhotograph(landscape())).toBe(true);
    expect(isPhotograph(gray)).toBe(true);
    expect(isPhotograph(picture((x, y) => [waves(x, y), waves(x, y), waves(x, y)]))).toBe(true);
  });

  it.each<[string, Pixels]>([
    ['ink on white paper', drawing([0.97, 0.97, 0.97], black)],
    ['ink under a lamp', drawing([0.78, 0.69, 0.55], black, 0.3)],
    ['a small picture in gray', { pixels: gray.pixels.subarray(0, 784), shape: [28, 28, 1] }],
  ])('takes %s for a drawing', (_, image) => expect(isPhotograph(image)).toBe(false));

  it('goes by most images', async () => {
    const ink = drawing([0.97, 0.97, 0.97], black);
    expect(await arePhotographs(await openCatalog(await folderOf('tones', [gray, ink, gray])))).toBe(true);
    expect(await arePhotographs(await openCatalog(await folderOf('lines', [gray, ink, ink])))).toBe(false);
  });
});

const at = ownFolder();

async function folderOf(name: string, images: readonly Pixels[]): Promise<string> {
  for (const label of ['a', 'b']) {
    await mkdir(at(name, label), { recursive: true });
    for (const [i, { pixels, shape }] of images.entries()) {
      await writeFile(at(name, label, `${i}.png`), encodePng(pixels, shape));
    }
  }
  return at(name);
}

/** An encoder by the facts of its card that count. */
const encoder = (channels: 1 | 3, data: object = { name: 'mnist' }) =>
  ({ imageShape: [28, 28, channels], card: { data } }) as unknown as Model;

describe('assertFits', () => {
  it('refuses images in color for an encoder that has seen gray ones alone, and tells the way out', async () => {
    const catalog = await openCatalog(await folderOf('photos', [landscape(1), landscape(2)]));
    const refused = expect(assertFits(encoder(1), 'mnist', catalog)).rejects;
    await refused.toThrow(UsageError);
    await refused.toMatchObject({
      message: expect.stringContaining('mnist'),
      hint: expect.stringMatching(/fewshot train --data \S*photos/),
      options: ['model', 'data'],
    });
    await assertFits(encoder(3), 'own', catalog);
  });

  it('takes color images that the encoder was trained on, or others that were made gray', async () => {
    const catalog = await openCatalog(await folderOf('photos', [landscape(1), landscape(2)]));
    await assertFits(encoder(1, { name: 'photos', fit: 'crop' }), 'own', catalog);
    await assertFits(encoder(1, { name: 'other', fit: 'crop', madeGray: true }), 'own', catalog);
    await expect(assertFits(encoder(1, { name: 'other', fit: 'crop' }), 'own', catalog)).rejects.toThrow(
      UsageError,
    );
  });

  it('takes scans of ink that are saved in color, and gray images', async () => {
    const scans = [drawing([0.97, 0.95, 0.9], black), drawing([0.9, 0.85, 0.75], black)];
    await assertFits(encoder(1), 'mnist', await openCatalog(await folderOf('scans', scans)));
    const gray: Pixels = { pixels: new Float32Array(784).fill(0.4), shape: [28, 28, 1] };
    const catalog = await openCatalog(await folderOf('gray', [gray, gray]));
    for (const channels of [1, 3] as const) await assertFits(encoder(channels), 'mnist', catalog);
  });

  it('goes by most images, and leaves those that cannot be read to others', async () => {
    const ink = drawing([0.97, 0.97, 0.97], black);
    const mostlyInk = await folderOf('ink', [ink, landscape(), ink]);
    await assertFits(encoder(1), 'mnist', await openCatalog(mostlyInk));
    const mostlyPhotos = await folderOf('photos', [landscape(1), ink, landscape(2)]);
    await writeFile(at('photos', 'a', '0.png'), 'broken');
    const catalog = await openCatalog(mostlyPhotos);
    expect(await areColorful(catalog)).toBe(true);
    await expect(assertFits(encoder(1), 'mnist', catalog)).rejects.toThrow(UsageError);
    for (const label of ['a', 'b'])
      for (const i of [0, 1, 2]) await writeFile(at('photos', label, `${i}.png`), 'broken');
    await assertFits(encoder(1), 'mnist', catalog);
    await expect(catalog.read('a/9.png')).rejects.toThrow(DataError);
  });
});
