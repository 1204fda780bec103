import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeModel } from '../../../src/models/model.js';
import { decodeSafetensors } from '../../../src/models/safetensors.js';
import { onWasm } from '../../models/tiny.js';
import { bar, square, triangle, writeFont } from '../../node/fontFiles.js';
import { fewshot, fewshotProcess } from '../fewshot.js';

const small = [
  'train',
  '--backend',
  'wasm',
  '--limit',
  '2560',
  '--epochs',
  '1',
  '--batch-size',
  '32',
  '--latent',
  '4',
  '--filters',
  '4,6',
];

onWasm();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fewshot train', () => {
  it('writes a model with its card, and leaves no checkpoint', async () => {
    const { code, stdout, stderr } = await fewshot([...small, '--out', 'a.safetensors'], { cwd: folder });
    expect(code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['a.md', 'a.safetensors']);
    expect(stdout).toMatch(/KNN on codes.*: 0\.\d+\n/);
    expect(stderr).toMatch(/epoch 1\/1 · 0 s left · .* images\/s · loss .* · reconstruction .* · atnl /);
    const card = await readFile(join(folder, 'a.md'), 'utf8');
    expect(card).toContain('--out a.safetensors');
    expect(card).toContain('mnist train: 2,560 images with labels');
    expect(card).toContain('`paper`');
  });

  it('writes the same model on any number of threads', async () => {
    const args = [...small, '--limit', '320', '--filters', '16,32', '--batch-size', '64'];
    const runs = ['1', '2'].map((threads) =>
      fewshotProcess([...args, '--threads', threads, '--out', `on${threads}.safetensors`], { cwd: folder }),
    );
    for (const { code, stderr } of await Promise.all(runs)) expect(code, stderr).toBe(0);
    const read = async (name: string) => decodeSafetensors(await readFile(join(folder, name)), name).tensors;
    expect(await read('on2.safetensors')).toEqual(await read('on1.safetensors'));
  });

  it('learns styles, and classes that it makes of the data and invents; the card says so', async () => {
    const made = ['--style', '2', '--composed', '4', '--invented', '5', '--group', '4', '--warp'];
    const args = [...small, '--limit', '320', '--classes', '1,7', ...made];
    const { code, stderr } = await fewshot([...args, '--out', 'made.safetensors'], { cwd: folder });
    expect(code, stderr).toBe(0);
    const model = await decodeModel(await readFile(join(folder, 'made.safetensors')), 'made');
    expect(model.styleSize).toBe(2);
    expect(model.card.data).toMatchObject({ classes: [1, 7], images: 320, composed: 4, invented: 5 });
    expect(model.card).toMatchObject({ groupSize: 4, warp: true, protocol: 'novel' });
    expect(model.card.architecture.filters).toEqual([4, 6]);
    expect(model.card.command).toContain('--style 2 --composed 4 --invented 5 --group 4 --warp');
    model.dispose();
    const card = await readFile(join(folder, 'made.md'), 'utf8');
    expect(card).toContain('4 classes composed of those images, 5 invented symbols');
    expect(card).toContain('the last 2 say the style');
  });

  it('learns glyphs of fonts beside the data, or alone; the card says so', async () => {
    const fonts = join(folder, 'fonts');
    await mkdir(fonts);
    for (const name of ['a.otf', 'b.otf', 'c.otf'])
      await writeFont(fonts, name, { A: square, C: triangle, X: bar });
    const beside = [
      ...small,
      '--limit',
      '320',
      '--classes',
      '1,7',
      '--fonts',
      'fonts',
      '--out',
      'beside.safetensors',
    ];
    expect(await fewshot(beside, { cwd: folder })).toMatchObject({ code: 0 });
    const card = await readFile(join(folder, 'beside.md'), 'utf8');
    expect(card).toContain('3 letters and signs of fonts');
    expect(card).toContain('--fonts fonts');

    const alone = [...small, '--data', 'glyphs', '--batch-size', '16', '--out', 'alone.safetensors'];
    expect(await fewshot([...alone, '--fonts', 'fonts'], { cwd: folder })).toMatchObject({ code: 0 });
    const model = await decodeModel(await readFile(join(folder, 'alone.safetensors')), 'alone');
    expect(model.card.data).toMatchObject({ name: 'glyphs', classes: ['A', 'C', 'X'], images: 72 });
    expect(model.card.data).not.toHaveProperty('glyphs');
    model.dispose();

    const without = await fewshot([...alone, '--force'], { cwd: folder });
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/no fonts are named.*--fonts/s);
    await rm(fonts, { recursive: true });
  });

  it('refuses made classes where labels are places in an order', async () => {
    const args = [...small, '--semantics', 'ordinal', '--invented', '5', '--out', 'ordered.safetensors'];
    const { code, stderr } = await fewshot(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/have no place in an order/);
    expect(await readdir(folder)).not.toContain('ordered.safetensors');
  });

  it('keeps as many codes of each class in the file as it is told, on the sphere', async () => {
    const read = async (name: string) => decodeSafetensors(await readFile(join(folder, name)), name).tensors;
    for (const base of ['3', '0']) {
      const args = [
        ...small,
        '--limit',
        '320',
        '--base',
        base,
        '--quiet',
        '--out',
        `base${base}.safetensors`,
      ];
      expect((await fewshot(args, { cwd: folder })).code).toBe(0);
    }
    const tensors = await read('base3.safetensors');
    const codes = tensors.get('base/codes')!;
    expect(codes.shape).toEqual([30, 4]);
    expect([...tensors.get('base/labels')!.values]).toEqual(
      Array.from({ length: 30 }, (_, i) => Math.floor(i / 3)),
    );
    for (let row = 0; row < 30; row++)
      expect(Math.hypot(...codes.values.subarray(4 * row, 4 * row + 4))).toBeCloseTo(1, 2);
    const model = await decodeModel(await readFile(join(folder, 'base3.safetensors')), 'base3');
    const card = await readFile(join(folder, 'base3.md'), 'utf8');
    expect(card).toContain('up to 3 of each class');
    // Base codes count: it is what results name.
    expect(card).toContain(model.digest);
    model.dispose();
    expect((await read('base0.safetensors')).has('base/codes')).toBe(false);
    await Promise.all(
      ['base3', 'base0'].flatMap((name) => [
        rm(join(folder, `${name}.md`)),
        rm(join(folder, `${name}.safetensors`)),
      ]),
    );
  });

  it('learns some digits only, and says so on the card, by which evaluations choose the others', async () => {
    const args = [
      ...small,
      '--limit',
      '320',
      '--classes',
      '0,1,2,5,7',
      '--quiet',
      '--out',
      'some.safetensors',
    ];
    expect((await fewshot(args, { cwd: folder })).code).toBe(0);
    const card = await readFile(join(folder, 'some.md'), 'utf8');
    expect(card).toContain('320 images with labels, classes 0, 1, 2, 5, 7');
    expect(card).toContain('--classes 0,1,2,5,7 --limit 320');
    expect(card).toContain('`novel`');
    const evaluation = [
      'eval',
      '--protocol',
      'novel',
      '--arms',
      'none',
      '--classifiers',
      'knn',
      '--queries',
      '10',
    ];
    const settings = ['--episodes', '1', '--backend', 'wasm', '--quiet', '--shots', '1'];
    const judged = await fewshot([...evaluation, ...settings, '--ways', '5', '--model', 'some.safetensors'], {
      cwd: folder,
    });
    expect(judged.stdout).toMatch(/5-way 1-shot · 50 queries/);
    expect(judged.stdout).toMatch(/protocol novel · model some/);
    const tooMany = await fewshot(
      [...evaluation, ...settings, '--ways', '6', '--model', 'some.safetensors'],
      { cwd: folder },
    );
    expect([tooMany.code, tooMany.stderr]).toEqual([
      2,
      expect.stringMatching(/6 ways are asked for, but there are 5 classes/),
    ]);
    const refused = await fewshot([...evaluation, ...settings, '--ways', '5', '--model', 'mnist'], {
      cwd: folder,
    });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/the protocol novel refuses the encoder mnist: it has seen every class/),
    ]);
    await Promise.all(['some.md', 'some.safetensors'].map((name) => rm(join(folder, name))));
  });

  it('trains a decoder for an encoder that is there; the card tells how both were made', async () => {
    const nets = small.indexOf('--latent');
    const common = [...small.slice(0, nets), '--limit', '320', '--quiet'];
    const run = (...args: string[]) => fewshot([...common, ...args], { cwd: folder });
    const files = ['soft', 'crisp'].map((name) => join(folder, `${name}.safetensors`));
    expect(
      (await run(...small.slice(nets), '--learner', 'atnl', '--style', '2', '--out', files[0]!)).code,
    ).toBe(0);
    const second = [
      '--learner',
      'adversarialDecoder',
      '--from',
      files[0]!,
      '--critic',
      '5',
      '--out',
      files[1]!,
    ];
    expect(await run(...second)).toMatchObject({ code: 0, stderr: '' });
    const [soft, crisp] = await Promise.all(
      files.map(async (file) => decodeModel(await readFile(file), file)),
    );
    expect(crisp!.card).toMatchObject({
      learner: 'adversarialDecoder',
      objective: { critic: 5, cycle: 40 },
      from: { name: 'soft', sha256: soft!.digest, command: soft!.card.command },
    });
    for (const [name, weight] of crisp!.weights) {
      const same = String(weight.dataSync()) === String(soft!.weights.get(name)!.dataSync());
      expect(same, name).toBe(name.startsWith('encoder/'));
    }
    expect(await readFile(join(folder, 'crisp.md'), 'utf8')).toContain(`made by \`${soft!.card.command}\``);
    for (const model of [soft!, crisp!]) model.dispose();
    await Promise.all(
      ['soft', 'crisp'].flatMap((name) => ['md', 'safetensors'].map((e) => rm(join(folder, `${name}.${e}`)))),
    );
  });

  it.each(['ae', 'vae', 'vaeTripletLoss', 'aae', 'acai'])('trains %s, whose model loads', async (learner) => {
    const args = [...small, '--limit', '320', '--learner', learner, '--quiet'];
    expect(await fewshot(args, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    const bytes = await readFile(join(folder, `${learner}.safetensors`));
    const card = await readFile(join(folder, `${learner}.md`), 'utf8');
    const supervised = learner === 'vaeTripletLoss';
    expect(card).toContain(supervised ? '320 images with labels' : '320 images without labels');
    expect(card).toContain(supervised ? '`paper`' : '`unlabelled`');
    expect(card).toContain(`--learner ${learner} `);
    expect(card).toContain('may lie anywhere');
    expect(card).not.toContain('base codes');
    const model = await decodeModel(bytes, learner);
    expect(model.card).toMatchObject({ learner, architecture: { latentSpace: 'euclidean' } });
    expect(model.posterior === undefined).toBe(!learner.startsWith('vae'));
    model.dispose();
    await Promise.all(['md', 'safetensors'].map((ending) => rm(join(folder, `${learner}.${ending}`))));
  });
});
