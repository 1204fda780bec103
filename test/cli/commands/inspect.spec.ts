import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJpeg } from '../../../src/data/decode/jpeg.js';
import { decodePng, encodePng } from '../../../src/data/decode/png.js';
import { fitTo } from '../../../src/data/resize.js';
import { fewshot } from '../fewshot.js';
import { photosFolder } from '../photosFolder.js';

let folder: string;
beforeAll(async () => {
  folder = await photosFolder(4);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const inspect = (...args: string[]) => fewshot(['inspect', ...args], { cwd: folder });

describe('fewshot inspect', () => {
  it('tells classes, sizes and broken files, and draws a sheet', async () => {
    const { code, stdout, stderr } = await inspect('photos', '--sheet', 'sheet.png');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^photos: 32 images of 8 classes; 150 to 400 pixels a side; 32 in color, 0 gray\n/,
    );
    expect(stdout).toMatch(/ {2}wing nut: 4\n/);
    expect(stdout).toMatch(/cannot be read: 3\n {2}photos\/gear\/gear-page\.png is neither PNG nor JPEG/);
    expect(stdout).toMatch(/more than once: 0\n/);
    expect(stderr).toMatch(/Read 35 images, [\d,]+ images\/s\./);
    const [height] = decodePng(await readFile(join(folder, 'sheet.png')), 'sheet').shape;
    expect(height).toBe(8 * 67 + 3);
    expect((await inspect('photos', '--sheet', 'sheet.png')).code).toBe(2);
  });

  it('finds files twice, and pictures of the train set in the test set though they were resized', async () => {
    const put = async (from: string, to: string) => {
      await mkdir(dirname(join(folder, to)), { recursive: true });
      await cp(join(folder, 'photos', from), join(folder, to));
    };
    for (const label of ['nut', 'washer']) {
      await put(`${label}/${label}-001.jpg`, `split/train/${label}/1.jpg`);
      await put(`${label}/${label}-002.JPEG`, `split/train/${label}/2.jpg`);
      await put(`${label}/${label}-004.png`, `split/test/${label}/3.png`);
    }
    await put('nut/nut-002.JPEG', 'split/train/nut/again.jpg');
    const seen = decodeJpeg(await readFile(join(folder, 'photos/washer/washer-001.jpg')), 'washer');
    const [height, width] = seen.shape;
    const small = fitTo(seen, [Math.round(height / 2), Math.round(width / 2), 3], 'crop');
    await writeFile(join(folder, 'split/test/washer/seen.png'), encodePng(small.pixels, small.shape));
    const { stdout, code, stderr } = await inspect('split', '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      images: 8,
      classes: [
        { label: 'nut', images: { train: 3, test: 1 } },
        { label: 'washer', images: { train: 2, test: 2 } },
      ],
      duplicates: [['train/nut/2.jpg', 'train/nut/again.jpg']],
      leaks: [['train/washer/1.jpg', 'test/washer/seen.png']],
    });
  });

  it('refuses what is not there or holds nothing', async () => {
    const none = await inspect('nowhere');
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/no data at nowhere/)]);
    await mkdir(join(folder, 'empty', 'a'), { recursive: true });
    await writeFile(join(folder, 'empty', 'a', '1.png'), '');
    const empty = await inspect('empty');
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringMatching(/holds no image that can be read/)]);
  });
});
