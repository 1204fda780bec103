import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataError, UsageError } from '../../../src/core/errors.js';
import { sizeOf } from '../../../src/core/image.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { ownFolder } from '../../../test/node/folder.js';
import {
  loadMultiPie,
  type MultiPieFile,
  type MultiPieOptions,
  multiPieCameras,
  multiPieFiles,
  multiPieYaws,
} from '../../data/multiPie.js';

const at = ownFolder();

/** A path as the database has it. */
function original(subject: number, session: number, recording: number, camera: string, illumination: number) {
  const digits = (value: number, width = 2) => String(value).padStart(width, '0');
  const name = [digits(subject, 3), digits(session), digits(recording), camera, digits(illumination)].join(
    '_',
  );
  const folders = [`session${digits(session)}`, 'multiview', digits(subject, 3), digits(recording)];
  return [...folders, `${camera.slice(0, 2)}_${camera[2]}`, `${name}.png`].join('/');
}

/** A color picture of 16 × 12 pixels like the database's 640 × 480, of one shade. */
const picture = (shade = 0.2) => encodePng(new Float32Array(sizeOf([12, 16, 3])).fill(shade), [12, 16, 3]);

async function put(path: string, content: Uint8Array | string = picture()): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content);
}

async function refusal(options: MultiPieOptions = {}, root = at('')): Promise<DataError> {
  const error = await loadMultiPie(root, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).hint).toBeTruthy();
  return error as DataError;
}

describe('the cameras', () => {
  it('are 13, every 15 degrees, from the left profile over the front to the right one', () => {
    expect(multiPieYaws).toEqual([-90, -75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75, 90]);
    expect([multiPieCameras['110'], multiPieCameras['051'], multiPieCameras['240']]).toEqual([-90, 0, 90]);
    // Half-profiles and quarter-profiles, by facereclib's names.
    expect([multiPieCameras['090'], multiPieCameras['200']]).toEqual([-60, 60]);
    expect([multiPieCameras['130'], multiPieCameras['041']]).toEqual([-30, 30]);
  });
});

describe('loadMultiPie', () => {
  it('reads subject, yaw and illumination from the names', async () => {
    await put(original(12, 2, 1, '240', 7), picture(0.8));
    await put(original(1, 1, 1, '051', 0), picture(0.2));
    await put(original(1, 1, 1, '110', 18), picture(0.4));
    const faces = await loadMultiPie(at(''), { size: 8 });
    expect(faces.origin).toBe('CMU Multi-PIE');
    expect(faces.shape).toEqual([8, 8, 1]);
    expect([...faces.subjects]).toEqual([1, 1, 12]);
    expect([...faces.yaws]).toEqual([0, -90, 90]);
    expect([...faces.lights]).toEqual([0, 18, 7]);
    expect(faces.byYaw.classes).toEqual([-90, 0, 90]);
    expect([...faces.byYaw.labels]).toEqual([1, 0, 2]);
    expect(faces.bySubject.classes).toEqual([1, 12]);
    expect([...faces.bySubject.labels]).toEqual([0, 0, 1]);
    const { pixels } = faces.byYaw.images();
    expect([0, 64, 128].map((i) => Number(pixels[i]!.toFixed(2)))).toEqual([0.2, 0.4, 0.8]);
  });

  it('loads neutral recordings by default, and what `keep` says', async () => {
    for (const recording of [1, 2, 3]) await put(original(5, 3, recording, '051', recording));
    expect([...(await loadMultiPie(at(''))).lights]).toEqual([1]);
    const seen: MultiPieFile[] = [];
    const keep = (file: MultiPieFile) => seen.push(file) > 1;
    const done: string[] = [];
    const faces = await loadMultiPie(at(''), { keep, onProgress: (i, n) => done.push(`${i}/${n}`) });
    expect([...faces.lights]).toEqual([2, 3]);
    expect(done).toEqual(['1/2', '2/2']);
    expect(seen[0]).toEqual({
      subject: 5,
      session: 3,
      recording: 1,
      camera: '051',
      illumination: 1,
      yaw: 0,
      path: 'session03/multiview/005/01/05_1/005_03_01_051_01.png',
    });
  });

  it('passes over the cameras above, high resolution, hidden files and what is no PNG', async () => {
    await put(original(1, 1, 1, '081', 0));
    await put(original(1, 1, 1, '191', 0));
    await put('session01/highres/001/001_01_01.png');
    await put('session01/._x.png', 'hidden');
    await put('session01/readme.txt', 'text');
    await put(original(1, 1, 1, '041', 3));
    expect([...(await loadMultiPie(at(''))).yaws]).toEqual([30]);
  });

  it('reads folders of any other shape by the names alone', async () => {
    await put('mine/a/346_04_01_190_19.png');
    await put('007_01_01_080_05.png');
    const faces = await loadMultiPie(at(''));
    expect([...faces.subjects]).toEqual([7, 346]);
    expect([...faces.yaws]).toEqual([-45, 45]);
  });

  it('takes the middle square, or the crop asked for, in gray', async () => {
    // Columns 0, 1, … 15 in 16 shades; left of the middle red is full, which counts 0.299.
    const pixels = Float32Array.from({ length: 12 * 16 * 3 }, (_, i) => {
      const column = Math.floor(i / 3) % 16;
      return column < 8 && i % 3 === 0 ? 1 : column >= 8 ? column / 15 : 0;
    });
    await put(original(1, 1, 1, '051', 0), encodePng(pixels, [12, 16, 3]));
    const row = async (options: MultiPieOptions) => {
      const { byYaw } = await loadMultiPie(at(''), options);
      return [...byYaw.images().pixels.subarray(0, byYaw.shape[1])].map((value) => Number(value.toFixed(2)));
    };
    const middle = await row({ size: 12 });
    expect(middle).toEqual([0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.53, 0.6, 0.67, 0.73, 0.8, 0.87]);
    const corner = await row({ size: 8, crop: () => ({ top: 4, left: 8, side: 8 }) });
    expect(corner).toEqual([0.53, 0.6, 0.67, 0.73, 0.8, 0.87, 0.93, 1]);
    const { message } = await refusal({ crop: { top: 5, left: 8, side: 8 } });
    expect(message).toMatch(/001_01_01_051_00\.png is 12×16×3: the square of 8 at 5, 8 is not within it/);
  });

  it('averages the area that a pixel covers, so that the mean stays', async () => {
    const pixels = Float32Array.from({ length: 12 * 12 }, (_, i) => ((i * 37) % 11) / 10);
    await put(original(1, 1, 1, '051', 0), encodePng(pixels, [12, 12, 1]));
    for (const size of [8, 9, 12, 31]) {
      const { pixels: small } = (await loadMultiPie(at(''), { size })).byYaw.images();
      const mean = (values: Float32Array) => values.reduce((a, b) => a + b) / values.length;
      expect(mean(small)).toBeCloseTo(mean(pixels), 2);
    }
  });

  it('splits by person', async () => {
    for (const subject of [1, 2, 3]) await put(original(subject, 1, 1, '010', subject), picture(subject / 5));
    const faces = await loadMultiPie(at(''), { size: 8 });
    const rest = faces.where(({ subject }) => subject !== 2);
    expect([...rest.subjects]).toEqual([1, 3]);
    expect([...rest.lights]).toEqual([1, 3]);
    expect(rest.bySubject.classes).toEqual([1, 3]);
    expect(rest.byYaw.images()).toEqual({ ...faces.byYaw.images([0, 2]) });
  });

  it('names a file with another name', async () => {
    await put('session01/multiview/001/01/05_1/face.png');
    const { message, hint } = await refusal();
    expect(message).toBe('session01/multiview/001/01/05_1/face.png is not named like a Multi-PIE file');
    expect(hint).toContain('001_01_01_051_07.png');
  });

  it('names a file of no camera, in the wrong folder, or damaged', async () => {
    await put('001_01_01_999_00.png');
    expect((await refusal()).message).toBe(
      '001_01_01_999_00.png is from camera 999, which Multi-PIE does not have',
    );
    await rm(at('001_01_01_999_00.png'));
    await put('session02/multiview/001/01/05_1/001_01_01_051_00.png');
    expect((await refusal()).message).toMatch(
      /lies in session02\/multiview\/001\/01\/05_1, but its name says session01\/multiview\/001\/01\/05_1$/,
    );
    await rm(at('session02'), { recursive: true });
    await put(original(1, 1, 1, '051', 0), picture().subarray(0, 60));
    expect((await refusal()).message).toMatch(/001_01_01_051_00\.png is damaged/);
  });

  it('refuses symbolic links, to files and to folders', async () => {
    await put(original(1, 1, 1, '051', 0));
    await symlink(at('session01'), at('session02'));
    expect((await refusal()).message).toMatch(/session02 is a symbolic link/);
    await rm(at('session02'));
    await symlink(at(original(1, 1, 1, '051', 0)), at('001_01_01_051_01.png'));
    expect((await refusal()).message).toMatch(/001_01_01_051_01\.png is a symbolic link/);
  });

  it('says when nothing is found or kept, and when the folder is missing', async () => {
    expect((await refusal()).message).toMatch(/holds 0 Multi-PIE images/);
    await put(original(1, 1, 2, '051', 0));
    expect((await refusal()).message).toMatch(/holds 1 Multi-PIE images, of which none is kept/);
    expect((await refusal({}, at('elsewhere'))).message).toMatch(/cannot read the folder .*elsewhere/);
    await expect(loadMultiPie(at(''), { size: 0 })).rejects.toThrow(UsageError);
  });

  it('lists files without opening them', async () => {
    await put(original(2, 1, 1, '051', 0), 'no PNG');
    const files: MultiPieFile[] = [];
    for await (const file of multiPieFiles(at(''))) files.push(file);
    expect(files.map(({ subject }) => subject)).toEqual([2]);
  });
});
