import { describe, expect, it } from 'vitest';
import { evaluationTable } from '../../../src/cli/report/evaluationTable.js';
import type { ArmResult, Comparison, EvaluationResult } from '../../../src/evaluate/result.js';

const arm = (name: string, classifier: 'knn' | 'cnn', mean: number, ci95: number | null): ArmResult => ({
  arm: name,
  classifier,
  k: classifier === 'knn' ? 3 : null,
  mean,
  ci95,
  episodes: ci95 === null ? [mean] : [mean, mean, mean],
});

const versus = (
  name: string,
  against: string,
  classifier: 'knn' | 'cnn',
  difference: number,
  ci95: number | null,
): Comparison => ({ arm: name, against, classifier, difference, ci95 });

const result: EvaluationResult = {
  schema: 'fewshot.eval/1',
  command: 'fewshot eval',
  seed: 4,
  backend: 'wasm',
  versions: {},
  data: 'mnist',
  split: 'test',
  protocol: 'paper',
  model: { name: 'tiny', sha256: 'f00' },
  ways: 5,
  shots: 1,
  queries: 12345,
  perClass: 10,
  mix: 0.5,
  trust: 0.5,
  cnn: 'fast',
  cnnSteps: 100,
  knnEngine: 'exact',
  results: [
    arm('none', 'knn', 0.5, 0.02),
    arm('none', 'cnn', 0.8, 0.03),
    arm('affine', 'knn', 0.61, 0.01),
    arm('affine', 'cnn', 1, 0),
    arm('slerp', 'knn', 0.6, 0.012),
    arm('slerp', 'cnn', 0.9004, 0.1),
  ],
  comparisons: [
    versus('affine', 'none', 'knn', 0.11, 0.015),
    versus('slerp', 'none', 'knn', 0.1, 0.12),
    versus('slerp', 'affine', 'knn', -0.01, 0.005),
    versus('affine', 'none', 'cnn', 0.2, 0.03),
    versus('slerp', 'none', 'cnn', 0.1004, 0.02),
    versus('slerp', 'affine', 'cnn', -0.0004, 0.002),
  ],
  seconds: 12,
};

/** What a single episode of a single classifier leaves: no intervals. */
const single: EvaluationResult = {
  ...result,
  results: [arm('none', 'knn', 0.5, null), arm('slerp', 'knn', 0.45, null)],
  comparisons: [versus('slerp', 'none', 'knn', -0.05, null)],
};

describe('evaluationTable', () => {
  it('says that each episode has an encoder of its own where no one serves all', () => {
    const { model: _, ...others } = result;
    const own = { ...others, protocol: 'shots-only', encoders: { steps: 600, sha256: ['f00', 'ba5'] } };
    expect(evaluationTable(own).split('\n')[1]).toBe(
      'protocol shots-only · an encoder an episode, 600 steps · backend wasm · seed 4',
    );
  });

  it('names the encoders that had a say in labels', () => {
    const teachers = ['one', 'other'].map((name) => ({ name, sha256: 'f00' }));
    expect(evaluationTable({ ...result, teachers }).split('\n')[1]).toBe(
      'protocol paper · model tiny · teachers one, other · backend wasm · seed 4',
    );
  });

  it('lines up arms, classifiers and differences, the figures by their last digits', () => {
    expect(evaluationTable(result).split('\n')).toEqual([
      'mnist test set · 5-way 1-shot · 12,345 queries · 3 episodes',
      'protocol paper · model tiny · backend wasm · seed 4',
      '',
      'arm     KNN (k = 3)       vs none   vs affine   CNN (fast)      vs none   vs affine',
      '───────────────────────────────────────────────────────────────────────────────────',
      'none     50.0 ± 2.0                             80.0 ± 3.0',
      'affine   61.0 ± 1.0   +11.0 ± 1.5              100.0 ± 0.0  +20.0 ± 3.0',
      'slerp    60.0 ± 1.2  +10.0 ± 12.0  −1.0 ± 0.5  90.0 ± 10.0  +10.0 ± 2.0  +0.0 ± 0.2',
      '',
      'Accuracy in percent, mean ± 95 % interval; differences are paired by episode. 12 s.',
      '',
    ]);
  });

  const [green, red, faint, end] = ['\u001b[32m', '\u001b[31m', '\u001b[2m', '\u001b[0m'];
  const bare = (text: string) =>
    [green, red, faint, end].reduce((rest, code) => rest.replaceAll(code, ''), text);

  it('colors the differences that are more than chance, each with a bar of its length', () => {
    const colored = evaluationTable(result, { color: true, columns: 120 });
    for (const better of ['+11.0 ± 1.5', '+20.0 ± 3.0', '+10.0 ± 2.0']) {
      expect(colored).toContain(`${green}${better}${end}`);
    }
    expect(colored).toContain(`${red}−1.0 ± 0.5${end}`);
    expect(colored).toContain(`${faint}██████${end}`);
    // The largest of the differences from none is a whole bar.
    expect(bare(colored).split('\n').slice(3, 8)).toEqual([
      'arm     KNN (k = 3)       vs none  gain           vs affine   CNN (fast)      vs none  gain           vs affine',
      '───────────────────────────────────────────────────────────────────────────────────────────────────────────────',
      'none     50.0 ± 2.0                                           80.0 ± 3.0',
      'affine   61.0 ± 1.0   +11.0 ± 1.5  ██████▋                   100.0 ± 0.0  +20.0 ± 3.0  ████████████',
      'slerp    60.0 ± 1.2  +10.0 ± 12.0  ██████        −1.0 ± 0.5  90.0 ± 10.0  +10.0 ± 2.0  ██████        +0.0 ± 0.2',
    ]);
  });

  it('sets classifiers below one another where a line has no room for bars beside', () => {
    const lines = bare(evaluationTable(result, { color: true })).split('\n');
    expect(Math.max(...lines.slice(3, 13).map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.startsWith('slerp'))).toEqual([
      'slerp    60.0 ± 1.2  +10.0 ± 12.0  ██████        −1.0 ± 0.5',
      'slerp   90.0 ± 10.0  +10.0 ± 2.0  ██████        +0.0 ± 0.2',
    ]);
    const narrow = bare(evaluationTable(result, { color: true, columns: 54 })).split('\n');
    expect(narrow).toContain('slerp    60.0 ± 1.2  +10.0 ± 12.0  ██▌    −1.0 ± 0.5');
    // Where nothing fits, the bars go first.
    expect(evaluationTable(result, { color: true, columns: 20 })).not.toContain('█');
  });

  it('gives codes, which make no images, no bar, and says so', () => {
    const withCodes: EvaluationResult = {
      ...result,
      results: [...result.results, arm('codes', 'knn', 0.98, 0.01), arm('codes', 'cnn', 0.99, 0.01)],
      comparisons: [
        ...result.comparisons,
        versus('codes', 'none', 'knn', 0.48, 0.02),
        versus('codes', 'none', 'cnn', 0.19, 0.02),
      ],
    };
    const lines = bare(evaluationTable(withCodes, { color: true, columns: 120 })).split('\n');
    expect(lines[6]).toContain('+20.0 ± 3.0  ████████████');
    expect(lines[8]).toMatch(/^codes +98\.0 ± 1\.0 +\+48\.0 ± 2\.0 +99\.0 ± 1\.0 +\+19\.0 ± 2\.0$/);
    expect(lines[11]).toBe('codes makes no images: it compares codes of the real ones.');
    expect(evaluationTable(result)).not.toContain('codes');
  });

  it('gives one episode no interval, and no difference a color', () => {
    const lines = evaluationTable(single).split('\n');
    expect(lines[0]).toMatch(/ · 1 episode$/);
    expect(lines.slice(3, 7)).toEqual([
      'arm    KNN (k = 3)  vs none',
      '───────────────────────────',
      'none          50.0',
      'slerp         45.0     −5.0',
    ]);
    expect(bare(evaluationTable(single, { color: true }))).toMatch(/^slerp +45\.0 +−5\.0 +████████████$/m);
    expect(evaluationTable(single, { color: true })).not.toContain(red);
  });

  it('drops the columns of references that nothing is compared with', () => {
    const lines = evaluationTable({ ...single, comparisons: [] }).split('\n');
    expect(lines[3]).toBe('arm    KNN (k = 3)');
  });
});
