import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';

const example = (name: string) =>
  fileURLToPath(new URL(`../../../examples/pipelines/${name}.json`, import.meta.url));
const small = [
  'eval',
  '--backend',
  'wasm',
  '--shots',
  '2',
  '--queries',
  '5',
  '--episodes',
  '1',
  '--cnn-steps',
  '5',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, content: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const noisy = { schema: 'fewshot.pipeline/1', steps: [{ do: 'geometric', transforms: [{ name: 'noise' }] }] };

describe('fewshot eval --pipeline', () => {
  it('judges each file as an arm of its name, on the same episodes, whatever the workers', async () => {
    const mine = await written('my own.json', `\uFEFF${JSON.stringify(noisy)}`);
    const paired = await written('paired.json', {
      ...noisy,
      seed: 4,
      steps: [{ do: 'hallucinate', perClass: 3 }, ...noisy.steps],
    });
    const args = [...small, '--arms', 'none', '--pipeline', paired, '--pipeline', mine, '--json'];
    const runs = [await fewshot([...args, '--workers', '1']), await fewshot([...args, '--workers', '2'])];
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const [one, two] = runs.map(({ stdout }) => {
      const { seconds: _, ...rest } = JSON.parse(stdout);
      return rest;
    });
    expect(two).toEqual(one);
    expect(
      one.results.map((row: { arm: string; classifier: string }) => `${row.arm} ${row.classifier}`),
    ).toEqual(['none', 'paired', 'my own'].flatMap((arm) => [`${arm} knn`, `${arm} cnn`]));
    for (const { episodes, mean } of one.results) {
      expect(episodes.length).toBe(1);
      expect(mean).toBeGreaterThan(0);
    }
    expect(
      one.comparisons.map((row: { arm: string; against: string }) => [row.arm, row.against]),
    ).toContainEqual(['paired', 'none']);
    expect(one.pipelines).toEqual([
      {
        name: 'paired',
        pipeline: {
          schema: 'fewshot.pipeline/1',
          seed: 4,
          steps: [
            expect.objectContaining({ do: 'hallucinate', perClass: 3, bankSize: 512 }),
            expect.objectContaining({ do: 'geometric', copies: 1 }),
          ],
        },
      },
      {
        name: 'my own',
        pipeline: {
          schema: 'fewshot.pipeline/1',
          seed: 0,
          steps: [
            {
              do: 'geometric',
              transforms: [{ name: 'noise', options: { deviation: 0.05 } }],
              copies: 1,
              keepOriginals: false,
            },
          ],
        },
      },
    ]);
    expect(one.command).toContain(`--pipeline ${paired} --pipeline '${mine}' --backend wasm`);
  });

  it('puts the arm into the table, and says where one shot leaves nothing to hallucinate', async () => {
    const { code, stdout, stderr } = await fewshot([
      ...[
        'eval',
        '--backend',
        'wasm',
        '--shots',
        '1',
        '--queries',
        '2',
        '--episodes',
        '1',
        '--classifiers',
        'knn',
      ],
      ...['--arms', 'none', '--pipeline', example('slerp-affine'), '--pipeline', example('elastic-mixup')],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^slerp-affine +\d+\.\d +[+−]\d+\.\d$/m);
    expect(stdout).toMatch(/^elastic-mixup +\d+\.\d +[+−]\d+\.\d$/m);
    expect(stderr).toMatch(/nothing is hallucinated for slerp-affine\.$/m);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'that is missing',
      async () => join(folder, 'none.json'),
      /cannot read the pipeline .*none\.json: no such file/,
    ],
    ['that is a folder', async () => folder, /cannot read the pipeline .*: /],
    [
      'that is not JSON',
      () => written('text.json', '{ "schema": 1, }'),
      /text\.json is not JSON: .*\n +JSON has/,
    ],
    [
      'of another version',
      () => written('new.json', { ...noisy, schema: 'fewshot.pipeline/9' }),
      /new\.json: the pipeline is of version fewshot\.pipeline\/9, but this release reads fewshot\.pipeline\/1/,
    ],
    [
      'with a wrong key',
      () => written('key.json', { ...noisy, steps: [{ do: 'mixup' }, { do: 'mixup', aplha: 1 }] }),
      /key\.json: step 2 \(mixup\): there is no option aplha\n +Options .*alpha/,
    ],
    [
      'with a wrong transform',
      () => written('deep.json', { ...noisy, steps: [{ do: 'geometric', transforms: [{ name: 'spin' }] }] }),
      /deep\.json: step 1 \(geometric\), transforms\[0\]: there is no transform named spin\n +Transforms: affine/,
    ],
    [
      'named as an arm is',
      () => written('affine.json', noisy),
      /affine\.json: there is an arm named affine already/,
    ],
  ])('refuses a file %s with 2, and names it', async (_what, file, says) => {
    const { code, stdout, stderr } = await fewshot([...small, '--quiet', '--pipeline', await file()]);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('refuses two files of one name', async () => {
    const file = await written('twice.json', noisy);
    const { code, stderr } = await fewshot([...small, '--quiet', '--pipeline', file, '--pipeline', file]);
    expect(stderr).toMatch(
      /twice\.json: there is an arm named twice already \(--pipeline\)\n +.*give it another/,
    );
    expect(code).toBe(2);
  });
});
