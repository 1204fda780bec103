import { describe, expect, it } from 'vitest';
import { photosPage } from '../../../../src/cli/report/page/photosPage.js';
import { photos, photosParts, row } from './photosParts.js';

const page = photosPage(photosParts);
const text = page
  .slice(page.indexOf('<body>'), page.indexOf('<script>'))
  .replace(/<[^>]*>/g, ' ')
  .replace(/\s+/g, ' ');

describe('a page about photos', () => {
  it('begins with the answer in one sentence, and a chart of the gains', () => {
    expect(text).toMatch(
      /Photo report: tools Use the prototypes on codes: from 4 photos of each of 3 things, 94\.0 % ± 2\.5 of the other photos are recognized, and no other of 4 rows is clearly better\. tools, all images/,
    );
    expect(text).toMatch(
      /prototypes codes\+mean 94\.3 % \+0\.3 ± 1\.4 codes 94\.0 % baseline .* KNN \(k = 1\) codes\+mean 93\.2 % −0\.8 ± 1\.9 codes 91\.0 % ▼ −3\.0 ± 2\.5 /,
    );
  });

  it('names data, shots and protocol beside each figure, and how to make it again', () => {
    const setting =
      'tools, all images · 3-way 4-shot · 3 queries · 3 episodes · protocol novel · encoder photos · backend wasm · seed 1';
    expect(text.split(setting)).toHaveLength(5);
    expect(page).toContain('<code>fewshot eval --data tools --model photos</code>');
    expect(page).toContain('<code>fewshot report --data tools --model photos</code>');
    expect(page).toContain('<code>const extractor = await loadExtractor(&#39;photos&#39;);</code>');
  });

  it('lists accuracies with differences in a table', () => {
    expect(text).toMatch(
      /codes\+mean KNN 93\.2 ± 2\.6 −0\.8 ± 1\.9 not clear of zero \+2\.2 ± 0\.9 ▲ clearly better/,
    );
  });

  it('leads from a cell to the pictures that were mistaken, the most frequent pair first', () => {
    const cells = [...page.matchAll(/<a href="#(pair-\d-\d)" data-pair="\1" aria-label="([^"]*)"/g)];
    expect(cells.map(([, id, label]) => [id, label])).toEqual([
      ['pair-0-1', 'gear taken for &#60;nut&#62;: 2 of 40. Show the photos'],
      ['pair-1-0', '&#60;nut&#62; taken for gear: 1 of 40. Show the photos'],
      ['pair-2-1', 'saw taken for &#60;nut&#62;: 4 of 40. Show the photos'],
    ]);
    const sections = [...page.matchAll(/<section id="(pair-\d-\d)"/g)].map(([, id]) => id);
    expect(sections).toEqual(['pair-2-1', 'pair-0-1', 'pair-1-0']);
    const saws = page.slice(page.indexOf('<section id="pair-2-1"'), page.indexOf('<section id="pair-0-1"'));
    expect(saws).toMatch(/<img src="data:image\/png;base64,[^"]+" alt="saw\/4\.jpg" width="4" height="6">/);
    expect(saws).toMatch(/<li><bdi>saw\/2\.jpg<\/bdi>, 1 of 8 times<\/li>/);
    expect(text).toContain('Least recognized: saw (36 of 40); gear (38 of 40); &#60;nut&#62; (39 of 40)');
  });

  it('asks the network for nothing, and takes no name for markup', () => {
    expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
    expect(page).not.toContain('<nut>');
    expect(page.length).toBeLessThan(60_000);
    expect(photosPage(photosParts)).toBe(page);
  });

  it('says what it cannot show', () => {
    const { curve: _, mistakes: __, classes: ___, ...rest } = photos;
    const results = rest.results.map(({ confusion: _, ...bare }) => bare);
    const bare = photosPage({ ...photosParts, evaluation: { ...rest, results } });
    expect(bare).toContain('There is no curve');
    expect(bare).not.toContain('No mistakes');
    const right = row('codes', 'prototypes', [1, 1], {
      confusion: [
        [4, 0, 0],
        [0, 4, 0],
        [0, 0, 4],
      ],
    });
    const { mistakes: ____, ...none } = photos;
    expect(photosPage({ ...photosParts, evaluation: { ...none, results: [right] } })).toContain(
      'No mistakes',
    );
  });
});
