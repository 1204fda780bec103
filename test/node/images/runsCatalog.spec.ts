import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/core/errors.js';
import { runsCatalog } from '../../../src/node/images/runsCatalog.js';
import { draw, drawRuns } from '../drawings.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();

const labelsAt = (run = 'run01') => at(run, 'class_labels.txt');

async function refusal(folder = at('')): Promise<DataError> {
  const error = await runsCatalog(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).hint).toBeTruthy();
  return error as DataError;
}

describe('runs', () => {
  it('give each image its class, those to learn from and those to be tested on', async () => {
    await drawRuns(at(''), { runs: 2, ways: 2 });
    const { images } = await runsCatalog(at(''));
    expect([...images].map(({ split, label, name }) => `${split}:${label} ${name}`)).toEqual([
      'train:run01/class01 run01/training/class01.png',
      'train:run01/class02 run01/training/class02.png',
      'test:run01/class02 run01/test/item01.png',
      'test:run01/class01 run01/test/item02.png',
      'train:run02/class01 run02/training/class01.png',
      'train:run02/class02 run02/training/class02.png',
      'test:run02/class02 run02/test/item01.png',
      'test:run02/class01 run02/test/item02.png',
    ]);
  });

  it('are read', async () => {
    await drawRuns(at(''));
    const catalog = await runsCatalog(at(''));
    const stored = await catalog.read('run02/test/item03.png');
    expect(await stored.header()).toMatchObject({ width: 35, height: 35, channels: 1 });
  });

  it('may have several images of a class, by number or in a folder of its own', async () => {
    await drawRuns(at(''), { runs: 1, ways: 2, shots: 2 });
    await mkdir(at('run01/training/class02'));
    for (const n of [1, 2])
      await rename(at(`run01/training/class02_${n}.png`), at(`run01/training/class02/${n}.png`));
    await writeFile(
      labelsAt(),
      'run01/test/item02.png run01/training/class01_2.png\r\nrun01/test/item01.png run01/training/class02/1.png\r\n',
    );
    const { images } = await runsCatalog(at(''));
    const labels = [...images].map(({ split, label }) => `${split}:${label}`);
    expect(labels).toEqual([
      ...['train:run01/class01', 'train:run01/class01', 'train:run01/class02', 'train:run01/class02'],
      ...['test:run01/class02', 'test:run01/class01'],
    ]);
  });

  it('keep classes apart whose names end in a number', async () => {
    await drawRuns(at(''), { runs: 1, ways: 2 });
    for (const n of [1, 2])
      await rename(at(`run01/training/class0${n}.png`), at(`run01/training/class_${n}.png`));
    const text = await readFile(labelsAt(), 'utf8');
    await writeFile(labelsAt(), text.replaceAll('class0', 'class_'));
    const { images } = await runsCatalog(at(''));
    expect(new Set([...images].map(({ label }) => label))).toEqual(
      new Set(['run01/class_1', 'run01/class_2']),
    );
  });

  it('may lie in a folder that only wraps them, beside files and folders that nobody means', async () => {
    await drawRuns(at('all_runs'));
    await mkdir(at('__MACOSX'));
    await writeFile(at('all_runs/demo.py'), '');
    expect((await runsCatalog(at(''))).images).toHaveLength(12);
  });

  it('may have classes that nothing is asked about', async () => {
    await drawRuns(at(''), { runs: 1, ways: 3 });
    await rm(at('run01/test/item01.png'));
    const text = await readFile(labelsAt(), 'utf8');
    await writeFile(labelsAt(), text.replace(/.*item01.*\n/, ''));
    const { images } = await runsCatalog(at(''));
    expect([...images].filter(({ split }) => split === 'test')).toHaveLength(2);
  });
});

describe('a folder that is none of runs', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['is empty', async () => undefined, /holds no runs/],
    ['is one run', () => rename(at('run01/class_labels.txt'), at('class_labels.txt')), /is one run/],
    [
      'has a folder without labels',
      () => draw(at('run03/training/class01.png'), 'x', 0),
      /run03.class_labels\.txt is missing/,
    ],
    ['lacks labels', () => rm(labelsAt('run02')), /run02.class_labels\.txt is missing/],
    [
      'lacks an image to learn from',
      () => rm(at('run02/training/class01.png')),
      /class01\.png is missing.*line 3 of .*run02/,
    ],
    ['lacks a class', () => without('run02', 3), /run02 has 2 classes, but run01 has 3/],
    ['lacks all of them', () => rm(at('run02/training'), { recursive: true }), /run02.training/],
    [
      'lacks an image to be tested on',
      () => rm(at('run02/test/item02.png')),
      /item02\.png is missing.*line 2 of .*run02/,
    ],
    [
      'has an image without a line',
      () => draw(at('run01/test/item04.png'), 'x', 0),
      /does not name run01\/test\/item04\.png/,
    ],
    [
      'has an image twice',
      () => changeLine('item02', 'item01'),
      /line 2 of .* names run01\/test\/item01\.png again/,
    ],
    [
      'has a line of one word',
      () => changeLine(/ .*/, ''),
      /line 1 of .* is unknown: run01\/test\/item01\.png/,
    ],
    ['has a line of another run', () => changeLine(/run01/g, 'run02'), /line 1 of .* is unknown/],
    [
      'names a class that is not there',
      () => changeLine('class02', 'class07'),
      /class07\.png is missing.*line 2/,
    ],
    [
      'has a class with two images',
      () => draw(at('run02/training/class01_1.png'), 'x', 0),
      /run02\/class01 has 2 images to learn from, but run01\/class01 has 1/,
    ],
    ['has a single class', () => without('run01', 2, 3), /run01.training holds images of one class/],
  ])('%s: the error names it', async (about, change, says) => {
    if (about !== 'is empty') await drawRuns(at(''));
    await change();
    expect((await refusal()).message).toMatch(says);
  });

  it('is missing: the error names it', async () => {
    expect((await refusal(at('nowhere'))).message).toMatch(/nowhere/);
  });
});

async function changeLine(from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(labelsAt(), 'utf8');
  await writeFile(labelsAt(), text.replace(from, to));
}

/** Takes classes of a run away with all that is asked about them. */
async function without(run: string, ...classes: readonly number[]): Promise<void> {
  for (const n of classes) {
    await rm(at(`${run}/training/class0${n}.png`));
    await rm(at(`${run}/test/item0${4 - n}.png`));
    const text = await readFile(labelsAt(run), 'utf8');
    await writeFile(labelsAt(run), text.replace(new RegExp(`.*class0${n}.*\\n`), ''));
  }
}
