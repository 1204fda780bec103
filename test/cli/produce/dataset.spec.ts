import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Dataset,
  type DatasetName,
  datasetDefaults,
  datasetNames,
  loadDataset,
} from '../../../src/cli/produce/dataset.js';
import { fashionIsHere } from '../../node/fashionFiles.js';
import { square, triangle, writeFont } from '../../node/fontFiles.js';

const here = datasetNames.filter((name) => name !== 'glyphs' && (name !== 'fashion-mnist' || fashionIsHere));

const datasets = new Map<DatasetName, Dataset>();

beforeAll(async () => {
  for (const name of here) datasets.set(name, await loadDataset(name, { small: true }));
}, 120_000);

describe('loadDataset', () => {
  it.each(here)('gives %s in the shape that the nets are built for', (name) => {
    const { train, test } = datasets.get(name)!;
    const { architecture, classes, semantics } = datasetDefaults(name);
    expect(train.classes).toEqual(classes);
    expect(train.shape).toEqual(architecture.imageShape);
    expect(test.shape).toEqual(architecture.imageShape);
    expect(test.classes).toEqual(train.classes);
    if (semantics.semantics === 'ordinal') expect(semantics.range).toBe(train.classes.length - 1);
    if (semantics.semantics === 'circular') expect(semantics.range).toBe(train.classes.length);
  });

  it('renders people of the test set that are not in the train set', () => {
    const { train, test } = datasets.get('faces-stand-in')!;
    expect(train.labels.length).toBe(25 * 13 * 7);
    expect(test.labels.length).toBe(5 * 13 * 7);
    const picture = (source: Dataset['train'], i: number) => source.images([i]).pixels.join();
    const seen = new Set(Array.from(train.labels, (_, i) => picture(train, i)));
    expect([...test.labels.keys()].filter((i) => seen.has(picture(test, i)))).toEqual([]);
  });

  it('draws other lines for the test set', () => {
    const { train, test } = datasets.get('lines')!;
    expect([train.labels.length, test.labels.length]).toEqual([5_000, 500]);
    expect(test.images([0]).pixels).not.toEqual(train.images([0]).pixels);
  });

  it('draws glyphs by the fonts that are named, and says so where none are', async () => {
    const fonts = await mkdtemp(join(tmpdir(), 'fewshot-fonts-'));
    for (const name of ['a.otf', 'b.otf', 'c.otf']) await writeFont(fonts, name, { A: square, C: triangle });
    const { train, test } = await loadDataset('glyphs', { fonts });
    expect(train.classes).toEqual(['A', 'C']);
    expect(datasetDefaults('glyphs').classes).toEqual(expect.arrayContaining([...train.classes]));
    expect(train.shape).toEqual(datasetDefaults('glyphs').architecture.imageShape);
    expect([train.labels.length, test.labels.length]).toEqual([48, 8]);
    await rm(fonts, { recursive: true });
    await expect(loadDataset('glyphs')).rejects.toMatchObject({
      message: expect.stringContaining('no fonts are named'),
      hint: expect.stringContaining('--fonts'),
    });
  });

  it('stops when asked', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(loadDataset('faces-stand-in', { signal: controller.signal })).rejects.toThrow('enough');
  });
});
