import { describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';

const small = [
  ...['eval', '--backend', 'wasm', '--protocol', 'shots-only', '--encoder-steps', '2', '--ways', '3'],
  ...['--shots', '2', '--queries', '10', '--episodes', '2', '--per-class', '5', '--classifiers', 'knn'],
  ...['--arms', 'none,atnl,transport'],
];

describe('fewshot eval --protocol shots-only', () => {
  it('trains an encoder in each episode, the same with one worker and with two', async () => {
    const runs = [
      await fewshot([...small, '--json', '--workers', '1']),
      await fewshot([...small, '--json', '--workers', '2']),
    ];
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const [one, two] = runs.map(({ stdout }) => {
      const { seconds: _, ...result } = JSON.parse(stdout);
      return result;
    });
    expect(two).toEqual(one);
    expect(one).toMatchObject({ data: 'mnist', protocol: 'shots-only', encoders: { steps: 2 } });
    expect(one.command).toContain('--protocol shots-only');
    expect(one.command).toContain('--encoder-steps 2');
    expect(one).not.toHaveProperty('model');
    const { sha256 } = one.encoders;
    expect(sha256).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(sha256[0]).not.toBe(sha256[1]);
    for (const { episodes } of one.results) expect(episodes).toHaveLength(2);
  });

  it('says in the table that each episode has its own', async () => {
    const { stdout } = await fewshot([...small, '--episodes', '1', '--arms', 'none', '--quiet']);
    expect(stdout).toContain('protocol shots-only · an encoder an episode, 2 steps · backend wasm');
  });

  it.each([
    ['a model', ['--protocol', 'shots-only', '--model', 'mine.safetensors'], /takes no model/],
    ['encoder steps under another protocol', ['--encoder-steps', '5'], /paper trains no encoder/],
  ])('refuses %s', async (_, args, says) => {
    const { code, stdout, stderr } = await fewshot(['eval', '--backend', 'wasm', '--quiet', ...args]);
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([2, '']);
  });
});
