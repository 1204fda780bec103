import { describe, expect, it } from 'vitest';
import { onWasm } from '../../../test/models/tiny.js';
import { expectNoLeak } from '../../../test/tensors.js';
import type { Exhibit, ResultHead } from '../../reproduce/exhibit.js';
import { figure1 } from '../../reproduce/figure1.js';
import { figure5 } from '../../reproduce/figure5.js';
import { figure6 } from '../../reproduce/figure6.js';
import { nameOf } from '../../reproduce/recipes.js';
import { table1 } from '../../reproduce/table1.js';
import { type FakeLab, fakeLab, fakeScale } from './fakeLab.js';

onWasm();

/** Measures an exhibit, and draws it from its JSON as another program would read it. */
async function made<Body extends object>(name: string, exhibit: Exhibit<Body>, lab: FakeLab = fakeLab()) {
  const head: ResultHead = {
    schema: exhibit.schema,
    command: `fewshot reproduce ${name}`,
    scale: 'quick',
    seeds: fakeScale.seeds,
    backend: 'wasm',
    versions: {},
  };
  const body = await expectNoLeak(() => exhibit.measure(lab));
  const files = await exhibit.draw(JSON.parse(JSON.stringify({ ...head, ...body })));
  expect(lab.parts, 'names of parts').toHaveLength(new Set(lab.parts).size);
  await expectAllPieces(exhibit, lab);
  expectWholeLinks(name, files);
  return { body, files, lab, page: files.md! };
}

/** Pieces make all that a measurement asked a lab for, and each needs no encoder but that of its name. */
async function expectAllPieces<Body>(exhibit: Exhibit<Body>, { asked, parts }: FakeLab): Promise<void> {
  const lab = fakeLab();
  for (const piece of exhibit.pieces(lab)) {
    const before = lab.asked.length;
    await piece.make();
    expect(lab.asked.slice(before).map(nameOf)).toEqual([piece.name]);
  }
  expect(new Set(lab.asked.map(nameOf))).toEqual(new Set(asked.map(nameOf)));
  expect(lab.parts.toSorted()).toEqual(parts.toSorted());
}

/** Every file beside the page is linked to from there, and every link leads to one. */
function expectWholeLinks(name: string, files: Readonly<Record<string, string>>): void {
  const links = [...files.md!.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
  const others = Object.keys(files).filter((ending) => ending !== 'md');
  const named = others.map((ending) => (ending.includes('.') ? `${name}-${ending}` : `${name}.${ending}`));
  expect(links.sort()).toEqual(named.sort());
  for (const ending of others.filter((of) => of.endsWith('svg')))
    expect(files[ending]).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
}

/** The cells of the table row of a page that begins with a name. */
const cells = (page: string, first: string) =>
  page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((row) => row[1] === first)!
    .slice(2, -1);

describe('table1', () => {
  it('gives each learner, classifier and data set its accuracy, over the seeds', async () => {
    const { body, lab, page } = await made('table1', table1);
    expect(body.rows).toHaveLength(2 * 4 * 2);
    for (const row of body.rows.filter(({ classifier }) => classifier === 'knn')) {
      // Classes lie apart on the circle, whichever their order.
      expect(row).toMatchObject({ mean: 1, ci95: 0, accuracies: [1, 1], seeds: [1, 2] });
    }
    expect(lab.asked).toHaveLength(2 * 4 * 2);
    expect(page).toContain('test set in part, mean over 2 encoders ± 95 % interval (seeds 1, 2; quick run)');
    expect(cells(page, 'ATNL')[0]).toBe('100.00 ± 0.00');
    expect(cells(page, 'ATNL')[2]).toBe('99.14');
  });
});

describe('figure1', () => {
  it('tells codes in numerical order from those that are not', async () => {
    const { body, lab, page } = await made('figure1', figure1);
    const [vae, atnl] = body.rows;
    expect(atnl).toMatchObject({ learner: 'atnl', ci95: 0 });
    // Angles grow with the difference of shades; pairs that are as far apart tie but for the images' own pixels.
    expect(atnl!.spearman).toBeGreaterThan(0.98);
    expect(vae!.spearman).toBeLessThan(0.5);
    expect(lab.asked.map(({ variant }) => variant?.name)).toEqual([
      undefined,
      undefined,
      'ordinal',
      'ordinal',
    ]);
    for (const { points, labels, shares } of body.maps) {
      expect([points.length, labels.length]).toEqual([100, 100]);
      // A half circle lies in a plane.
      expect(shares[0] + shares[1]).toBeCloseTo(1, 5);
    }
    expect(cells(page, 'ATNL')).toEqual([`${atnl!.spearman.toFixed(3)} ± 0.000`]);
  });
});

describe('figure5', () => {
  it('maps the codes of four learners of two data sets in two and three dimensions', async () => {
    const { body, lab } = await made('figure5', figure5);
    expect(body.rows).toHaveLength(2 * 4 * 2);
    expect(new Set(lab.asked.map(({ learner }) => learner))).toEqual(new Set(['ae', 'vae', 'aae', 'atnl']));
    for (const { dimensions, points, labels, trustworthiness } of body.rows) {
      expect(points).toHaveLength(100);
      expect(points.every((point) => point.length === dimensions && point.every(Number.isFinite))).toBe(true);
      expect(labels.filter((label) => label === 3)).toHaveLength(10);
      expect(trustworthiness).toBeGreaterThan(0);
      expect(trustworthiness).toBeLessThanOrEqual(1);
    }
  });
});

describe('figure6', () => {
  it('shows and scores the ways of six systems, by encoders of digits and of lines', async () => {
    const { body, lab, page } = await made('figure6', figure6);
    expect(body.rows.map(({ name, path }) => `${name} ${path}`)).toEqual([
      'AE lerp',
      'VAE lerp',
      'AAE lerp',
      'ACAI lerp',
      'ATNL* lerp',
      'ATNL slerp',
    ]);
    for (const { images, labelKept, meanDistance } of body.rows) {
      expect(images.map((row) => row.length)).toEqual([9, 9]);
      expect(labelKept).toBeGreaterThanOrEqual(0);
      expect(labelKept).toBeLessThanOrEqual(1);
      expect(meanDistance).toBeGreaterThan(0);
    }
    expect(lab.asked.filter(({ data }) => data === 'lines')).toHaveLength(6);
    expect(lab.asked.filter(({ data, variant }) => data === 'lines' && variant)).toEqual([]);
    expect(body.pairs).toEqual([
      ['1', '7'],
      ['3', '8'],
    ]);
    // The ends are the test images themselves: shades 1 and 7 of 9.
    const [from, to] = body.ends[0]!.map((text) => Buffer.from(text, 'base64'));
    expect([from![1], to![1]]).toEqual([28, 198]);
    expect(cells(page, 'ATNL*')[0]).toBe('lerp');
  });

  it('gives both paths of one encoder the same ends', async () => {
    const { body } = await made('figure6', figure6);
    const [straight, round] = body.rows.slice(-2);
    for (const pair of [0, 1]) {
      expect(straight!.images[pair]![0]).toBe(round!.images[pair]![0]);
      expect(straight!.images[pair]!.at(-1)).toBe(round!.images[pair]!.at(-1));
      expect(straight!.images[pair]![4]).not.toBe(round!.images[pair]![4]);
    }
  });
});
