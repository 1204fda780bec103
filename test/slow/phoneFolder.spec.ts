import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { writePhoneFolder } from '../../paper/data/phoneFolder.js';
import { fewshotProcess } from '../cli/fewshot.js';
import { ownFolder } from '../node/folder.js';

const at = ownFolder();

describe('a folder as a phone leaves it', () => {
  it('goes from init to a report without losing an image', async () => {
    const pictures = await writePhoneFolder(at('photos'), { seed: 3, classes: 3 });
    const run = async (...args: string[]) => {
      const outcome = await fewshotProcess(
        [...args, '--backend', 'wasm'].slice(0, args[0] === 'init' ? -2 : undefined),
        {
          cwd: at(),
        },
      );
      expect(outcome.code, outcome.stderr).toBe(0);
      return outcome;
    };
    const init = await run('init', 'photos', '--train', '--yes');
    const config = JSON.parse(await readFile(at('fewshot.config.json'), 'utf8'));
    expect(config.nested).toBe(true);
    expect(init.stdout).not.toMatch(/cup\/2024/);

    const seen = await fewshotProcess(['inspect', 'photos', '--nested', '--json'], { cwd: at() });
    const found = JSON.parse(seen.stdout);
    expect(found.images).toBe(pictures.length);
    expect(found.bad).toEqual([]);
    expect(found.passedOver).toEqual([]);

    await run('train', '--epochs', '20');
    await run('augment', '--until', '30', '--out', 'more');
    const manifest = (await readFile(at('more/manifest.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(manifest[0]!).images).toHaveLength(pictures.length);
    await run(
      'eval',
      '--episodes',
      '2',
      '--out',
      'evaluation.json',
      '--arms',
      'none,affine,atnl',
      '--classifiers',
      'knn',
    );
    await run('report', '--evaluation', 'evaluation.json', '--out', 'report.html');
    const page = await readFile(at('report.html'), 'utf8');
    for (const label of ['cup', 'key', 'leaf']) expect(page).toContain(label);
    expect(page).toContain(`${pictures.length} images of 3 classes`);
  });
});
