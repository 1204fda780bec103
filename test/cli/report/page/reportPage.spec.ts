import { describe, expect, it } from 'vitest';
import { zoomed } from '../../../../src/cli/report/page/pageParts.js';
import { reportPage } from '../../../../src/cli/report/page/reportPage.js';
import { decodePng } from '../../../../src/data/decode/png.js';
import { arm, image, parts } from './parts.js';

const page = reportPage(parts);
const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

/** The sections by their ids. Sections are not in one another. */
const sections = Object.fromEntries(
  page
    .split('<details class="part" id="')
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('"')), text.split('<footer>')[0]!]),
);
const textOf = (markup: string) => markup.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('a report', () => {
  it('begins with the answer in a sentence, and a chart of the gains', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain(
      '<h1>Few-shot report: <bdi>pets</bdi></h1>\n<p class="answer">Use affine with the KNN',
    );
    expect(/<p class="answer">(.*)<\/p>/.exec(page)![1]!.replaceAll('\u00a0', ' ')).toBe(
      'Use affine with the KNN: 81.0 % of new images are recognized, +10.0 ± 0.0 points over the real images alone; hallucination does not help (lerp −5.0 ± 0.0).',
    );
    const chart = page.slice(page.indexOf('<figure class="gains">'), page.indexOf('</figure>'));
    expect(textOf(chart)).toMatch(/KNN \(k = 1\) affine 81\.0 % ▲ \+10\.0 ± 0\.0 .* none 71\.0 % baseline/);
    expect(chart).toContain('title="affine: rotated, scaled, sheared and shifted"');
    expect(page.indexOf('<details')).toBeGreaterThan(page.indexOf('</figure>'));
  });

  it('has details in sections to fold, each with a heading and its gist, pictures unfolded', () => {
    expect(Object.keys(sections)).toEqual([
      ...['hallucinations', 'data', 'accuracy', 'confusion', 'map', 'encoder'],
    ]);
    for (const [id, text] of Object.entries(sections)) {
      expect(text).toMatch(/<summary><h2>[^<]+<\/h2> <span>[^<]+<\/span><\/summary>/);
      expect([id, / open>/.test(text.split('\n')[0]!)]).toEqual([id, id === 'hallucinations']);
    }
    expect(textOf(sections.data!)).toContain('Images 24 images of 2 classes');
  });

  it('needs neither network nor scripts', () => {
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\(| on\w+="/);
    const sources = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, target]) => target!);
    expect(sources).toHaveLength(5);
    for (const target of sources) expect(target).toMatch(/^(#\w+$|data:image\/png;base64,)/);
  });

  it('says the same twice', () => {
    expect(reportPage(parts)).toBe(page);
  });

  it('has for every picture what it shows, and for every table a caption', () => {
    expect(page.match(/<img /g)).toHaveLength(page.match(/ alt=""/g)!.length);
    const pictures = page.replace(
      /<span class="strip" role="img" aria-label="[^"]+">.*?<\/span><\/span>/g,
      '',
    );
    expect(pictures).not.toContain('<img');
    for (const [tag] of page.matchAll(/<svg [^>]*>/g)) expect(tag).toMatch(/ role="img" aria-label="[^"]+"/);
    expect(page.match(/<caption/g)).toHaveLength(page.match(/<table/g)!.length);
  });

  /** Brightness of the pictures in a section. */
  const drawn = (text: string) =>
    [...text.matchAll(/base64,([^"]+)"/g)].map(
      ([, code]) => decodePng(Buffer.from(code!, 'base64'), 'picture').pixels[0],
    );

  it('draws the images of each class, and what lies between two of a class', () => {
    expect(drawn(sections.data!)).toEqual([expect.closeTo(0.5, 2), expect.closeTo(0.5, 2)]);
    expect(drawn(sections.hallucinations!)).toEqual([0, expect.closeTo(0.5, 2), 1]);
    // Small images are enlarged by whole numbers, large ones reduced to any height.
    expect([28, 40, 45, 100].map((height) => zoomed(height, 64))).toEqual([56, 80, 45, 64]);
    expect(sections.hallucinations).toMatch(/<img class="pixels" [^>]* width="64" height="64">/);
  });

  it('draws ink on paper as such, which the encoder sees light on black', () => {
    const { hallucinations, data } = parts;
    if ('missing' in hallucinations) throw new Error('they are there');
    const rows = [0.1, 0.2].map((value) => ({
      ...hallucinations.rows[0]!,
      ...{ from: image('cat', value), made: [image('cat', 0)], to: image('cat', 0.3) },
    }));
    const between = (samples: number, drawings = true) =>
      reportPage({
        ...parts,
        hallucinations: { ...hallucinations, rows },
        data: {
          ...data,
          drawings,
          found: { ...data.found, samples: [[image('cat', samples)], [image('dog', samples)]] },
        },
      }).split('id="data"')[0]!;
    const light = (text: string) => drawn(text).map((value) => Math.round(10 * value!));
    expect(light(between(0.9))).toEqual([9, 10, 7, 8, 10, 7]);
    expect(between(0.9)).toContain('Drawn dark on white like the originals');
    expect(light(between(0.2))).toEqual([1, 0, 3, 2, 0, 3]);
    expect(between(0.2)).not.toContain('Drawn dark');
    expect(between(0.9, false)).not.toContain('Drawn dark');
  });

  it('gives each figure its setting, its command, versions and seed', () => {
    const setting =
      'pets, test images · 2-way 5-shot · 400 queries · 2 episodes · protocol disjoint · encoder pets · backend wasm · seed 1';
    expect(page).toContain(`<p class="setting">${setting}</p>\n</header>`);
    for (const id of ['accuracy', 'confusion']) expect(textOf(sections[id]!)).toContain(setting);
    for (const command of ['eval', 'embed', 'interpolate', 'train', 'report'])
      expect(page).toMatch(new RegExp(`<code>fewshot ${command} --data pets`));
    expect(textOf(page)).toMatch(/Seed 1 · backend wasm · fewshot-atnl 9\.8\.7/);
    expect(textOf(sections.map!)).toContain('Trustworthiness 0.950');
  });

  it('marks differences that stand clear of zero, in words too', () => {
    const row = (name: string) =>
      textOf(new RegExp(`<tr><th scope="row">${name}</th>.*`).exec(sections.accuracy!)![0]);
    expect(row('affine')).toMatch(/81\.0 ± 2\.0 \+10\.0 ± 1\.0 ▲ clearly better/);
    expect(row('lerp')).toMatch(/\+5\.0 ± 6\.0 not clear of zero −5\.0 ± 6\.0 not clear of zero/);
  });

  it('draws the real images alone and the best arm, and folds the others away', () => {
    const [shown, folded] = sections.confusion!.split('<details><summary>');
    expect(textOf(shown!)).toMatch(
      /none : 71\.0 % right .*affine , the highest of the others: 81\.0 % right/,
    );
    expect(textOf(folded!)).toMatch(/2 more arms: lerp, atnl/);
    // Of 200 cats 150 are right; of 200 dogs 66 are taken for cats.
    expect(shown).toMatch(
      /<td class="right s8" title="150 of 200">75<\/td>.*<td class="s3" title="50 of 200">25<\/td>/,
    );
    expect(textOf(shown!)).toMatch(
      /Most often: dog taken for cat \(66 of 200\); cat taken for dog \(50 of 200\)/,
    );
  });

  it('lists mistakes alone where classes are too many for a matrix', () => {
    const classes = Array.from({ length: 21 }, (_, i) => `class ${i}`);
    const confusion = classes.map((_, own) =>
      classes.map((_, place) => (own === 4 && place === 7 ? 3 : own === place ? 9 : 0)),
    );
    const results = [arm('none', [0.9, 0.9], { confusion })];
    const many = reportPage({ ...parts, evaluation: { ...parts.evaluation, classes, results } });
    expect(many).not.toContain('<table class="confusion"');
    expect(textOf(many)).toContain('Most often: class 4 taken for class 7 (3 of 12)');
  });

  it('says so where an evaluation of an earlier release has no matrices', () => {
    const { classes: _, ...older } = parts.evaluation;
    expect(reportPage({ ...parts, evaluation: older })).toContain(
      'This evaluation holds no confusion matrices',
    );
  });

  it('says why a part is missing', () => {
    const without = reportPage({
      ...parts,
      map: { missing: 'three <images> are too few.' },
      hallucinations: { missing: 'no class has two images.' },
    });
    expect(without).toContain('There is no map: three &#60;images&#62; are too few.');
    expect(without).toContain('There are none: no class has two images.');
  });

  it('claims nothing of faults where nobody looked for them', () => {
    expect(page).toContain('cannot be read and were left out: none');
    const unseen = reportPage({ ...parts, data: { ...parts.data, checked: false } });
    expect(unseen).not.toMatch(/cannot be read|more than once/);
  });

  it('shows forty classes of a hundred, and stays small', () => {
    const classes = Array.from({ length: 100 }, (_, i) => ({ label: `class ${i}`, images: { all: i + 1 } }));
    const noise = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => ((i * 7919) % 256) / 255);
    const sample = { pixels: noise, shape: [64, 64, 3] as const, label: 'x' };
    const samples = classes.slice(0, 40).map(() => Array.from({ length: 10 }, () => sample));
    const found = { ...parts.data.found, classes, samples };
    const large = reportPage({ ...parts, data: { ...parts.data, found } });
    expect(large).toContain('60 more classes with 41 to 100 images each are not shown.');
    expect(large).not.toContain('>class 40<');
    expect(large.length).toBeLessThan(4_000_000);
  });

  it('leaves names of classes and files nothing but names', () => {
    const { found } = parts.data;
    const { map, hallucinations, encoder, evaluation } = parts;
    if ('missing' in map || 'missing' in hallucinations) throw new Error('both are there');
    const { card } = encoder;
    const hostile = reportPage({
      ...{ command: evil, seed: 1, backend: evil, versions: { [evil]: evil }, title: evil },
      data: {
        name: evil,
        notes: [evil],
        checked: true,
        found: {
          ...found,
          classes: [{ label: evil, images: { all: 2 } }],
          samples: [[image(evil)]],
          bad: [{ name: evil, reason: evil }],
          duplicates: [[evil, evil]],
          leaks: [[evil, evil]],
        },
      },
      encoder: {
        digest: evil,
        card: {
          ...{ ...card, name: evil, learner: evil, protocol: evil, command: evil },
          ...{ objective: { [evil]: evil }, scores: { [evil]: 1 }, versions: { [evil]: evil } },
          data: { ...card.data, name: evil, split: evil, classes: [evil] },
        },
      },
      map: {
        ...{ ...map, method: evil, command: evil },
        figure: {
          ...map.figure,
          title: evil,
          classes: [evil, evil],
          panels: [{ ...map.figure.panels[0]!, title: evil, note: evil }],
        },
      },
      hallucinations: {
        ...hallucinations,
        path: evil,
        command: evil,
        rows: [{ ...hallucinations.rows[0]!, label: evil }],
      },
      evaluation: {
        ...{ ...evaluation, command: evil, data: evil, split: evil, protocol: evil, cnn: evil },
        ...{ model: { name: evil, sha256: evil }, versions: { 'fewshot-atnl': evil } },
        classes: [evil, 'dog'],
        results: evaluation.results.map((row) => ({ ...row, arm: row.arm === 'lerp' ? evil : row.arm })),
        comparisons: evaluation.comparisons.map((row) => ({
          ...row,
          arm: row.arm === 'lerp' ? evil : row.arm,
        })),
      },
    });
    expect(hostile).not.toMatch(/<script/);
    expect(hostile).not.toMatch(/<img src=x/);
    expect(hostile).not.toContain("onerror='");
    // Wherever a name is put, it is escaped once and stays what it is.
    expect(hostile.split('&#34;&#62;&#60;script&#62;alert(1)').length).toBeGreaterThan(40);
    expect(hostile).not.toContain('&#38;#34;');
  });
});
