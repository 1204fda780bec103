import { describe, expect, it } from 'vitest';
import { gainChart } from '../../../../src/cli/report/page/gainChart.js';
import { arm } from './parts.js';

const [none, better, worse, open] = [
  arm('none', [0.6, 0.6]),
  arm('<b>', [0.8, 0.8], { ci95: 0.1 }),
  arm('worse', [0.5, 0.5]),
  arm('open', [0.65, 0.65]),
];
const over = (difference: number) => ({ difference, ci95: 0.06 });
const group = {
  title: 'KNN',
  baseline: 0.6,
  rows: [
    { row: none, title: 'real' },
    { row: worse, title: 'w', gain: over(-0.1) },
    { row: better, title: 'b', gain: over(0.2) },
    { row: open, title: 'o', gain: over(0.05) },
  ],
};
const drawn = gainChart([group], 'the real images alone').text;
const items = [...drawn.matchAll(/<li class="(\w+)"[\s\S]*?<\/li>/g)].map(([text, kind]) => ({ kind, text }));
const number = (text: string, pattern: RegExp) => Number(pattern.exec(text)![1]);

describe('gainChart', () => {
  it('lists the rows from the highest, with accuracy, gain and verdict in words and signs', () => {
    expect(items.map(({ kind, text }) => [kind, text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')])).toEqual(
      [
        ['better', ' &#60;b&#62; 80.0 % ▲ +20.0 ± 6.0 '],
        ['open', ' open 65.0 % +5.0 ± 6.0 '],
        ['real', ' none 60.0 % baseline '],
        ['worse', ' worse 50.0 % ▼ −10.0 ± 6.0 '],
      ],
    );
  });

  it('draws dot, interval, bar and baseline in one scale, which the axis numbers', () => {
    // The axis goes from 40 to 90 %.
    expect([...drawn.matchAll(/<text x="([\d.]+)%"[^>]*>(\d+)</g)].map(([, x, at]) => [x, at])).toEqual([
      ...[
        ['0.00', '40'],
        ['20.00', '50'],
        ['40.00', '60'],
        ['60.00', '70'],
        ['80.00', '80'],
      ],
      ['100.00', '90'],
    ]);
    const [first, , , last] = items.map(({ text }) => text);
    for (const { text } of items) expect(number(text, /class="baseline" x1="([\d.]+)%"/)).toBe(40);
    expect(number(first!, /<circle cx="([\d.]+)%"/)).toBe(80);
    expect(number(first!, /class="range" x1="([\d.]+)%"/)).toBe(60);
    expect(number(first!, /class="range" x1="[\d.]+%" x2="([\d.]+)%"/)).toBe(100);
    expect(first).toMatch(/<rect class="bar" x="40.00%" width="40.00%"/);
    expect(last).toMatch(/<rect class="bar" x="20.00%" width="20.00%"/);
  });

  it('does not make much of nearly equal accuracies, nor an interval where there is none', () => {
    const rows = [0.999, 1].map((mean) => ({ row: arm('a', [mean], { mean, ci95: null }), title: '' }));
    const text = gainChart([{ title: 'KNN', rows }], 'none').text;
    expect([...text.matchAll(/<circle cx="([\d.]+)%"/g)].map(([, x]) => Number(x))).toEqual([100, 98]);
    expect(text).not.toMatch(/baseline"|NaN/);
  });

  it('folds all but twelve rows', () => {
    const rows = Array.from({ length: 15 }, (_, i) => ({
      row: arm(`arm ${i}`, [i / 20, i / 20]),
      title: '',
    }));
    const [seen, folded] = gainChart([{ title: 'KNN', rows }], 'none').text.split('<details>');
    expect(seen!.match(/<li /g)).toHaveLength(12);
    expect(folded).toMatch(/^<summary>3 more rows: arm 2, arm 1, arm 0</);
  });
});
