import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePng } from '../../../src/data/decode/png.js';
import { decodeModel } from '../../../src/models/model.js';
import { imageFolder } from '../../../src/node/images/imageFolder.js';
import { onWasm } from '../../models/tiny.js';
import { fewshot } from '../fewshot.js';
import { photosFolder } from '../photosFolder.js';

/** Nets that compute in no time. */
const tiny = ['--size', '16', '--filters', '4,8', '--latent', '4', '--epochs', '2'];
const own = ['--data', 'photos', '--skip-bad', '--backend', 'wasm'];
const withModel = [...own, '--model', './own.safetensors'];

onWasm();

let folder: string;
beforeAll(async () => {
  folder = await photosFolder(6);
  const { code, stderr } = await fewshot(['train', ...own, ...tiny, '--out', 'own.safetensors'], {
    cwd: folder,
  });
  expect(code, stderr).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Pictures are decoded once for all but the tests of that. */
const run = (...args: string[]) =>
  fewshot(args, { cwd: folder, env: { FEWSHOT_CACHE: join(folder, 'unpacked') } });

describe('photographs of one’s own', () => {
  it('are looked at before an encoder is trained, and the card says how they came into its shape', async () => {
    const args = ['train', ...own, '--epochs', '1', '--out', 'chosen.safetensors', '--force'];
    const { code, stderr, stdout } = await run(...args);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /photos: 40 images of 8 classes to learn from, 8 held out of them to be judged on; 150 to 400 pixels a side, in color; 3 cannot be read\./,
    );
    expect(stderr).toMatch(
      /Training with --size 48 --channels 3 --fit letterbox --filters 32,64,64 --latent 64 --batch-size 8 --epochs 1 --learning-rate 0\.002 --shift 2 --warp;/,
    );
    expect(stderr).toMatch(
      /Passed over 3 images that cannot be read:\n {2}photos\/gear\/gear-page\.png is neither/,
    );
    expect(stdout).toMatch(
      /^KNN on codes, k = 10, 40 train images as references, accuracy on \d+ test images: /,
    );
    const model = await decodeModel(await readFile(join(folder, 'chosen.safetensors')), 'chosen');
    expect(model.imageShape).toEqual([48, 48, 3]);
    expect(model.card.data).toMatchObject({ name: 'photos', fit: 'letterbox', images: 40 });
    expect(model.card.command).toMatch(/^fewshot train --data photos --learner atnl --size 48 --channels 3/);
    model.dispose();
    const card = await readFile(join(folder, 'chosen.md'), 'utf8');
    expect(card).toContain('whole between bars');
  });

  it('are augmented into a folder that is a folder again, and each file can be made again', async () => {
    const args = ['augment', ...withModel, '--per-class', '3', '--include-originals', '--out', 'more'];
    const made = await run(...args, '--workers', '1');
    expect(made.code, made.stderr).toBe(0);
    expect(made.stderr).toMatch(/Passed over 3 images/);
    expect(made.stdout).toMatch(/^72 images of 8 classes; 72 made/);
    const paths: string[] = [];
    for await (const { path, shape, label } of imageFolder(join(folder, 'more'))) {
      expect(shape).toEqual([16, 16, 3]);
      expect(path.startsWith(`${label}/`)).toBe(true);
      paths.push(path);
    }
    expect(paths).toHaveLength(72);
    expect(paths).toContain('鍵/original-鍵-001.jpg.png');
    const again = await run('augment', '--replay', 'more/manifest.jsonl', '--out', 'again');
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/^72 of 72 files came out the same/),
    ]);
    const table = await run(
      'augment',
      '--data',
      'more/manifest.jsonl',
      ...withModel.slice(2),
      '--per-class',
      '2',
      '--out',
      'third',
    );
    expect(table.code, table.stderr).toBe(0);
    expect(table.stdout).toMatch(/^16 images of 8 classes/);
  });

  it('keep their detail in what is made of them, and in what is judged and shown', async () => {
    const kept = ['--detail', '0.5', '--seed', '3'];
    const made = await run('augment', ...withModel, ...kept, '--per-class', '2', '--out', 'kept');
    expect(made.code, made.stderr).toBe(0);
    const [header, first] = (await readFile(join(folder, 'kept/manifest.jsonl'), 'utf8'))
      .split('\n', 2)
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ settings: { detail: 0.5 } });
    expect(header.command).toContain(' --detail 0.5 ');
    expect(first).toMatchObject({ provenance: { detail: 0.5 } });
    const again = await run('augment', '--replay', 'kept/manifest.jsonl', '--out', 'kept-again');
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/^16 of 16 files came out the same/),
    ]);

    const pictures = await Promise.all(
      [[], kept].map(async (flags, i) => {
        const drawn = await run('preview', ...withModel, ...flags, '--seed', '3', '--out', `look-${i}.png`);
        expect(drawn.code, drawn.stderr).toBe(0);
        return readFile(join(folder, `look-${i}.png`));
      }),
    );
    expect(pictures[0]!.equals(pictures[1]!)).toBe(false);

    const few = ['--shots', '2', '--episodes', '2', '--arms', 'none,atnl', '--classifiers', 'knn'];
    const judged = await run('eval', ...withModel, ...few, ...kept, '--out', 'kept.json');
    expect(judged.code, judged.stderr).toBe(0);
    expect(judged.stdout).toContain(' · detail 0.5 · ');
    const result = JSON.parse(await readFile(join(folder, 'kept.json'), 'utf8'));
    expect(result).toMatchObject({ detail: 0.5, command: expect.stringContaining(' --detail 0.5 ') });
    const shown = await run('report', ...withModel, '--evaluation', 'kept.json', '--out', 'kept.html');
    expect(shown.code, shown.stderr).toBe(0);
    expect(await readFile(join(folder, 'kept.html'), 'utf8')).toContain('<code>--detail 0.5</code>');
  });

  it('are drawn beside what is hallucinated from them', async () => {
    const made = await run('preview', ...withModel, '--shots', '3', '--per-class', '4', '--out', 'sheet.png');
    expect([made.code, made.stdout], made.stderr).toEqual([0, 'sheet.png\n']);
    expect(made.stderr).toMatch(/^Passed over 3 images that cannot be read:\n/m);
    const quiet = await run('preview', ...withModel, '--out', 'quiet.png', '--quiet');
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, 'quiet.png\n', '']);
    const [height, width, channels] = decodePng(await readFile(join(folder, 'sheet.png')), 'sheet').shape;
    // Eight classes, a row each; three real images and four hallucinations side by side.
    expect([channels, height! > 8 * 16, width! > 7 * 16]).toEqual([3, true, true]);
    const strict = ['preview', '--data', 'photos', '--model', './own.safetensors', '--out', 'other.png'];
    const broken = await run(...strict);
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('gear-page.png')]);
    const digits = await run(...strict, '--data', 'mnist');
    expect([digits.code, digits.stderr]).toEqual([
      2,
      expect.stringContaining('takes images of 16×16×3, but mnist has 28×28×1'),
    ]);
    expect(await readdir(folder)).not.toContain('other.png');
  });

  it.each([
    ['augment', '--out', 'none'],
    ['preview', '--out', 'none.png'],
    ['interpolate', '--out', 'none.png'],
    ['embed', '--out', 'none.json'],
    ['report', '--out', 'none.html'],
    ['eval', '--out', 'none.json'],
  ])('need a model that knows such, for fewshot %s', async (...args) => {
    const gray = await run(...args, ...own, '--model', 'mnist', '--fit', 'letterbox');
    expect([gray.code, gray.stderr]).toEqual([
      2,
      expect.stringMatching(/mnist.*gray[\s\S]*fewshot train --data photos/),
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  it('may be made gray to learn from, which the card tells', async () => {
    const args = [...own, ...tiny, '--channels', '1', '--background', 'white', '--out', 'gray.safetensors'];
    const trained = await run('train', ...args);
    expect(trained.code, trained.stderr).toBe(0);
    const model = await decodeModel(await readFile(join(folder, 'gray.safetensors')), 'gray');
    expect(model.card.data).toMatchObject({ madeGray: true, background: 'white' });
    expect(model.card.command).toContain(' --background white ');
    model.dispose();
    await cp(join(folder, 'photos'), join(folder, 'others'), { recursive: true });
    const others = ['--data', 'others', '--skip-bad', '--model', './gray.safetensors', '--backend', 'wasm'];
    const made = await run('augment', ...others, '--per-class', '1', '--out', 'of-others');
    expect(made.code, made.stderr).toBe(0);
    const [header] = (await readFile(join(folder, 'of-others/manifest.jsonl'), 'utf8')).split('\n', 1);
    expect(JSON.parse(header!)).toMatchObject({ settings: { fit: 'letterbox', background: 'white' } });
    const again = await run('augment', '--replay', 'of-others/manifest.jsonl', '--out', 'of-others2');
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^8 of 8 files came out the same/)]);
  });

  it('are evaluated, by an encoder of theirs or one that each episode trains', async () => {
    const few = [
      '--shots',
      '2',
      '--episodes',
      '2',
      '--cnn-steps',
      '3',
      '--arms',
      'none,atnl',
      '--per-class',
      '4',
    ];
    const { code, stdout, stderr } = await run('eval', ...withModel, ...few, '--json');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Passed over 3 images/);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ data: 'photos', ways: 8, shots: 2, queries: 8 });
    expect(result.command).toMatch(/--data photos .*--model \.\/own\.safetensors .*--skip-bad/);
    const alone = [...own, ...few, '--protocol', 'shots-only', '--encoder-steps', '2', '--size', '16'];
    const shots = await run('eval', ...alone, '--arms', 'none', '--json', '--quiet');
    expect(shots.code, shots.stderr).toBe(0);
    expect(JSON.parse(shots.stdout).command).toMatch(/--size 16 --channels 3 --skip-bad/);
  });

  it('are kept unpacked for the next run, unless nothing is to be kept', async () => {
    const args = ['interpolate', ...withModel, '--pairs', '1', '--force', '--out', 'cached.png'];
    const env = { FEWSHOT_CACHE: join(folder, 'cache') };
    const alone = await fewshot([...args, '--no-cache'], { cwd: folder, env });
    expect(alone.code, alone.stderr).toBe(0);
    expect(await readdir(folder)).not.toContain('cache');
    const picture = await readFile(join(folder, 'cached.png'));
    for (const _ of ['first', 'next']) {
      const { code, stderr } = await fewshot(args, { cwd: folder, env });
      expect(code, stderr).toBe(0);
      expect(await readdir(join(folder, 'cache'))).toHaveLength(48);
      expect((await readFile(join(folder, 'cached.png'))).equals(picture)).toBe(true);
    }
  });

  it('are laid out and interpolated', async () => {
    const embedded = await run('embed', ...withModel, '--perplexity', '5', '--out', 'e.json');
    expect(embedded.code, embedded.stderr).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'e.json'), 'utf8'))).toMatchObject({
      data: 'photos',
      images: { length: 48 },
    });
    const drawn = await run(
      'interpolate',
      ...withModel,
      '--pairs',
      '2',
      '--paths',
      'slerp',
      '--out',
      'i.png',
    );
    expect(drawn.code, drawn.stderr).toBe(0);
    expect(drawn.stdout).toMatch(/Each row: an image of photos, what the model own draws/);
    expect(decodePng(await readFile(join(folder, 'i.png')), 'i.png').shape[2]).toBe(3);
  });

  it('are learnt from a model that is there, whose nets stay', async () => {
    const args = [
      'train',
      ...own,
      '--from',
      './own.safetensors',
      '--epochs',
      '1',
      '--out',
      'next.safetensors',
    ];
    const { code, stderr } = await run(...args);
    expect(code, stderr).toBe(0);
    const [before, after] = await Promise.all(
      ['own', 'next'].map(async (name) =>
        decodeModel(await readFile(join(folder, `${name}.safetensors`)), name),
      ),
    );
    expect(after!.architecture).toEqual(before!.architecture);
    expect(after!.card.from).toEqual({
      name: 'own',
      sha256: before!.digest,
      command: before!.card.command,
    });
    expect(after!.card.command).toContain('--from ./own.safetensors');
    before!.dispose();
    after!.dispose();
  });

  it('go on training after Ctrl-C with the same result', async () => {
    const args = ['train', ...own, ...tiny, '--epochs', '80', '--quiet'];
    expect((await run(...args, '--out', 'whole.safetensors')).code).toBe(0);
    // A second signal would end it at once.
    let stopped = false;
    const cut = await fewshot(['train', ...own, ...tiny, '--epochs', '80', '--out', 'cut.safetensors'], {
      cwd: folder,
      onStderr: (child, text) => {
        if (stopped || !/epoch (4[5-9]|[5-7]\d)\/80/.test(text)) return;
        stopped = child.kill('SIGINT');
      },
    });
    expect([cut.code, cut.stderr]).toEqual([130, expect.stringContaining('checkpoint is kept')]);
    const resumed = await run(...args, '--out', 'cut.safetensors', '--resume');
    expect(resumed.code, resumed.stderr).toBe(0);
    const digests = await Promise.all(
      ['whole', 'cut'].map(async (name) => {
        const model = await decodeModel(await readFile(join(folder, `${name}.safetensors`)), name);
        model.dispose();
        return model.digest;
      }),
    );
    expect(digests[1]).toBe(digests[0]);
    expect((await readdir(folder)).filter((name) => /tmp|checkpoint/.test(name))).toEqual([]);
  });
});

describe('a wrong request', () => {
  it.each<[string, string[], number, RegExp]>([
    [
      'a broken image',
      ['train', '--data', 'photos'],
      1,
      /gear-page\.png is neither PNG nor JPEG[\s\S]*--skip-bad/,
    ],
    ['no such data', ['train', '--data', 'fotos'], 2, /no data called fotos[\s\S]*mnist, fashion-mnist/],
    ['a size of a data set', ['train', '--size', '32'], 2, /--size goes with images of your own/],
    ['a size that is none', ['train', '--data', 'photos', '--size', '4'], 2, /--size.*from 8 to 512/],
    ['a rule that is none', ['train', '--data', 'photos', '--fit', 'squeeze'], 2, /letterbox, crop/],
    ['two channels', ['train', '--data', 'photos', '--channels', '2'], 2, /must be 1 or 3/],
    [
      'nets beside a model',
      ['train', ...own, '--from', 'mnist', '--latent', '8'],
      2,
      /--from mnist brings its nets/,
    ],
    [
      'a model of another size',
      ['train', '--data', 'lines', '--from', 'mnist'],
      2,
      /28×28×1, but lines has 32×32×1/,
    ],
    ['a class that is none', ['train', ...own, ...tiny, '--classes', 'cog'], 2, /photos has no class cog/],
    ['no model', ['augment', ...own, '--out', 'x'], 2, /no model is named[\s\S]*fewshot train --data/],
    [
      'no validation images',
      ['eval', ...withModel, '--split', 'validation', '--shots', '2', '--k', '1'],
      2,
      /no validation images/,
    ],
    ['more shots than images', ['eval', ...withModel, '--shots', '9'], 2, /9 shots.*photos/],
  ])('%s', async (_, args, code, says) => {
    const outcome = await run(...args);
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
  });

  it('data that changed since the checkpoint', async () => {
    await cp(join(folder, 'photos'), join(folder, 'changed'), { recursive: true });
    const args = ['train', ...own.slice(2), '--data', 'changed', ...tiny, '--epochs', '80'];
    await fewshot([...args, '--out', 'changed.safetensors'], {
      cwd: folder,
      onStderr: (child, text) => {
        if (/epoch (4[5-9]|[5-7]\d)\/80/.test(text)) child.kill('SIGKILL');
      },
    });
    await writeFile(
      join(folder, 'changed', 'nut', 'nut-001.jpg'),
      await readFile(join(folder, 'changed', 'nut', 'nut-002.JPEG')),
    );
    const { code, stderr } = await run(...args, '--out', 'changed.safetensors', '--resume');
    expect(code).toBe(1);
    expect(stderr).toMatch(/another (recipe|training)|other settings|does not fit|of another/);
  });
});
