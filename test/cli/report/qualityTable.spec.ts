import { describe, expect, it } from 'vitest';
import { qualityTable } from '../../../src/cli/report/qualityTable.js';
import type {
  QualityComparison,
  QualityFigure,
  QualityMeasure,
  QualityResult,
  QualityRow,
} from '../../../src/evaluate/quality/qualityResult.js';

const real: QualityRow = { model: null, path: 'real' };
const slerp: QualityRow = { model: 'ball', path: 'slerp' };
const lerp: QualityRow = { model: 'ball', path: 'lerp' };

const figure = (
  row: QualityRow,
  measure: QualityMeasure,
  mean: number,
  ci95: number | null,
): QualityFigure => ({ ...row, measure, mean, ci95, episodes: ci95 === null ? [mean] : [mean, mean] });

const versus = (
  row: QualityRow,
  measure: QualityMeasure,
  difference: number,
  ci95: number | null,
): QualityComparison => ({ ...row, against: slerp, measure, difference, ci95 });

const result: QualityResult = {
  schema: 'fewshot.quality/1',
  command: 'fewshot quality',
  seed: 4,
  backend: 'wasm',
  versions: {},
  data: 'mnist',
  models: [{ name: 'ball', learner: 'atnl', sha256: 'f00', protocol: 'paper' }],
  ways: 10,
  shots: 5,
  perClass: 200,
  labelCheck: false,
  testImages: 10_000,
  k: 5,
  interpolations: { pairs: 50, steps: 16 },
  cnn: 'fast',
  cnnSteps: 300,
  judge: { images: 20_000, accuracy: 0.984 },
  supportAlone: { mean: 0.7, ci95: 0.02, episodes: [0.69, 0.71] },
  skipped: [{ model: 'ball', path: 'transport', why: 'it holds no base codes' }],
  results: [
    figure(real, 'labelPreservation', 0.983, 0.007),
    figure(real, 'frechetLeNet', 0.19, 0.02),
    figure(slerp, 'labelPreservation', 0.9, 0.05),
    figure(slerp, 'frechetLeNet', 10.168, 0.7),
    figure(slerp, 'largestStep', 1.42, 0.05),
    figure(lerp, 'labelPreservation', 0.89, 0.06),
    figure(lerp, 'frechetLeNet', 10.1, 0.7),
    figure(lerp, 'largestStep', 1.41, 0.05),
  ],
  comparisons: [
    versus(real, 'labelPreservation', 0.083, 0.02),
    versus(real, 'frechetLeNet', -9.978, 0.7),
    versus(lerp, 'labelPreservation', -0.01, 0.001),
    versus(lerp, 'frechetLeNet', -0.001, 0.3),
    versus(lerp, 'largestStep', 0.5, 0.02),
  ],
  seconds: 12,
};

describe('qualityTable', () => {
  it('shows what was measured, how rows differ from slerp, and what was left out', () => {
    expect(qualityTable(result).split('\n')).toEqual([
      'mnist test set, 10,000 images · 10-way 5-shot · 2,000 images a row · 2 episodes',
      'model ball · backend wasm · seed 4',
      'judge: LeNet, 20,000 train images, right about 98.4 % of the test set',
      '',
      'images  label kept         FLD ↓  largest step ↓',
      '────────────────────────────────────────────────',
      'real    98.3 ± 0.7   0.19 ± 0.02',
      'slerp   90.0 ± 5.0  10.17 ± 0.70     1.42 ± 0.05',
      'lerp    89.0 ± 6.0  10.10 ± 0.70     1.41 ± 0.05',
      '',
      'vs slerp  label kept         FLD ↓  largest step ↓',
      '──────────────────────────────────────────────────',
      'real      +8.3 ± 2.0  −9.98 ± 0.70',
      'lerp      −1.0 ± 0.1  +0.00 ± 0.30    +0.50 ± 0.02',
      '',
      'CNN (fast) on the support set alone: 70.0 ± 2.0 %.',
      'No transport of ball: it holds no base codes.',
      'Shares in percent, mean ± 95 % interval; ↓: less is better; differences are paired by episode. 12 s.',
      '',
    ]);
  });

  it('colors what is better green and what is worse red, where it is more than chance', () => {
    const colored = qualityTable(result, { color: true });
    const [green, red, end] = ['\u001b[32m', '\u001b[31m', '\u001b[0m'];
    for (const better of ['+8.3 ± 2.0', '−9.98 ± 0.70']) expect(colored).toContain(`${green}${better}${end}`);
    for (const worse of ['−1.0 ± 0.1', '+0.50 ± 0.02']) expect(colored).toContain(`${red}${worse}${end}`);
    expect(colored.split(end).length - 1).toBe(4);
    expect(colored.replaceAll(green, '').replaceAll(red, '').replaceAll(end, '')).toBe(qualityTable(result));
  });

  it('names models where there are several', () => {
    const flat: QualityRow = { model: 'flat', path: 'lerp' };
    const two = qualityTable({
      ...result,
      models: [...result.models, { ...result.models[0]!, name: 'flat' }],
      labelCheck: true,
      results: [...result.results, figure(flat, 'labelPreservation', 0.5, 0.1)],
      comparisons: [versus(flat, 'labelPreservation', -0.4, 0.1)],
    });
    expect(two).toContain('models ball, flat · label check · backend wasm');
    for (const line of [/^real {2}/m, /^ball slerp {2}/m, /^flat lerp {2}/m, /^vs ball slerp {2}/m])
      expect(two).toMatch(line);
  });

  it('gives one episode no intervals, and nothing to compare no second table', () => {
    const single = qualityTable({
      ...result,
      supportAlone: { mean: 0.7, ci95: null, episodes: [0.7] },
      results: [figure(real, 'density', 0.95, null), figure(lerp, 'density', 0.5, null)],
      comparisons: [],
      skipped: [],
    });
    expect(single.split('\n').slice(3, 10)).toEqual([
      '',
      'images  density',
      '───────────────',
      'real       0.95',
      'lerp       0.50',
      '',
      'CNN (fast) on the support set alone: 70.0 %.',
    ]);
    expect(single).toMatch(/ · 1 episode\n/);
  });
});
