import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FirstRun, firstRun, questionsOn } from '../../../src/cli/commands/init.js';
import { UsageError } from '../../../src/core/errors.js';
import { fewshot } from '../fewshot.js';
import { drawPhotos, photosFolder } from '../photosFolder.js';

const CONFIG = 'fewshot.config.json';
let folder: string;
beforeAll(async () => {
  folder = await photosFolder(4);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Black ink on transparency: a bar that lies or stands, at a place of its own. */
function icon(turned: number, place: number): Uint8Array {
  const side = 32;
  const data = new Uint8Array(side * side * 4);
  for (let along = 4; along < 28; along++) {
    for (let across = 0; across < 5; across++) {
      const [x, y] = [along, 2 + 4 * place + across];
      data[(turned === 0 ? y * side + x : x * side + y) * 4 + 3] = 255;
    }
  }
  return encode({ data, width: side, height: side, channels: 4, depth: 8 });
}

const run = (...args: string[]) => fewshot(args, { cwd: folder });

describe('fewshot init, off a terminal', () => {
  it('says what it found and what it would do, and writes what the next commands read', async () => {
    const { code, stdout, stderr } = await run('init', 'photos', '--train');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^photos: 32 images of 8 classes; 150 to 400 pixels a side; 32 in color/);
    expect(stdout).toMatch(/cannot be read: 3\n {2}photos\/gear\/gear-page\.png/);
    expect(stdout).toMatch(/bring images to 48×48 pixels, in color, whole, /);
    expect(stdout).toMatch(/learn from 24 images, \d+ times each[\s\S]* evaluate with 3 labeled images/);
    expect(stdout).toMatch(/\nfewshot\.config\.json\n\nNext:\n {2}fewshot train\n/);
    const text = await readFile(join(folder, CONFIG), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      ...{ schema: 'fewshot.config/1', data: 'photos', fit: 'letterbox', skipBad: true, seed: 1 },
      ...{ model: './photos.safetensors', train: { out: 'photos.safetensors', size: 48, channels: 3 } },
      ...{ augment: { perClass: 100, detail: 1 }, eval: { shots: 3, detail: 1 } },
    });

    const again = await run('init', 'photos');
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/exists already[\s\S]*--force/)]);
    await writeFile(join(folder, CONFIG), 'mine');
    expect((await run('init', 'photos')).code).toBe(2);
    expect(await readFile(join(folder, CONFIG), 'utf8')).toBe('mine');
    expect((await run('init', 'photos', '--train', '--yes', '--force')).code).toBe(0);
    expect(await readFile(join(folder, CONFIG), 'utf8')).toBe(text);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    const tiny = ['--size', '16', '--filters', '4,8', '--latent', '4', '--epochs', '2', '--backend', 'wasm'];
    const trained = await run('train', ...tiny);
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.stderr).toMatch(
      /^Read fewshot\.config\.json: data, fit, background, skipBad, seed, train\.out, /,
    );
    expect(trained.stdout).toMatch(/\nphotos\.safetensors\n/);
    const more = await run('augment', '--per-class', '2', '--backend', 'wasm', '--out', 'more');
    expect([more.code, more.stdout]).toEqual([0, expect.stringMatching(/^16 images of 8 classes/)]);
  });

  it('proposes the model of features for photographs, without training', async () => {
    const cwd = await mkdtemp(join(folder, 'features-'));
    const photos = join(folder, 'photos');
    const { code, stdout, stderr } = await fewshot(['init', photos], { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /take features by the shipped model photos, without training, as these look like photographs: most are in color or have many tones, and half have \d+ pixels or more on the shorter side \(model; --train /,
    );
    expect(stdout).toMatch(/ask for each of the 32 photos while it is not learned from/);
    expect(stdout).toMatch(
      /\n\nNext:\n {2}fewshot eval --out evaluation\.json\n {2}fewshot report --evaluation evaluation\.json\n$/,
    );
    const config = JSON.parse(await readFile(join(cwd, CONFIG), 'utf8'));
    expect(config).toEqual({
      ...{ schema: 'fewshot.config/1', data: photos, background: 'edge', skipBad: true },
      ...{ model: 'photos', seed: 1, backend: 'auto', eval: { episodes: 50 } },
    });
  });

  it('takes features of photographs in gray, too, codes of what is of one ink, and trains an encoder for what is small', async () => {
    const cwd = await mkdtemp(join(folder, 'drawings-'));
    const draw = async (kind: string, side: number, color: (x: number, y: number, n: number) => number[]) => {
      for (const [n, label] of ['cup', 'key'].entries()) {
        await mkdir(join(cwd, kind, label), { recursive: true });
        for (let i = 0; i < 4; i++) {
          const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => {
            const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
            return color(x, y, 5 * n + i)[at % 3]!;
          });
          const png = encode({ data, width: side, height: side, channels: 3, depth: 8 });
          await writeFile(join(cwd, kind, label, `${i}.png`), png);
        }
      }
      const { code, stdout, stderr } = await fewshot(['init', kind, '--force'], { cwd });
      expect(code, stderr).toBe(0);
      return stdout;
    };
    // Waves of a direction of their own: no two look alike.
    const wave = (x: number, y: number, turn: number) =>
      Math.round(127 + 127 * Math.sin((x * Math.cos(turn) + y * Math.sin(turn)) / 3 + turn));
    const hues = (x: number, y: number, n: number) => [0, 1, 2].map((c) => wave(x, y, n + 2 * c));
    const gray = (x: number, y: number, n: number) => Array<number>(3).fill(wave(x, y, n));
    const ink = (x: number, y: number, n: number) => (wave(x, y, n) < 12 ? [20, 30, 120] : [240, 236, 225]);
    expect(await draw('hues', 64, hues)).toMatch(/shipped model photos/);
    expect(await draw('thumbnails', 32, hues)).toMatch(/write the encoder to/);
    expect(await draw('ink', 64, ink)).toMatch(/shipped model characters, without training/);
    expect(await draw('gray', 64, gray)).toMatch(/shipped model photos/);
  });

  it('points editors to the schema where the package is installed, which commands pass over', async () => {
    const schema = 'node_modules/fewshot-atnl/dist/fewshot.config.schema.json';
    await mkdir(join(folder, dirname(schema)), { recursive: true });
    await writeFile(join(folder, schema), '{}');
    expect((await run('init', 'photos', '--force')).code).toBe(0);
    const config = JSON.parse(await readFile(join(folder, CONFIG), 'utf8'));
    expect(Object.entries(config)[0]).toEqual(['$schema', `./${schema}`]);
    const { code, stderr } = await run('inspect');
    expect([code, stderr]).toEqual([0, expect.stringContaining(`Read ${CONFIG}: data, background.`)]);
  });

  it('asks nothing, and needs to be told the data', async () => {
    for (const args of [['init'], ['init', '--yes']]) {
      const { code, stderr } = await fewshot([...args, '--force'], { cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringMatching(/must be named[\s\S]*fewshot init photos/)]);
    }
  });

  it('reads pictures in folders within a class, and puts ink on transparency on white', async () => {
    const cwd = await mkdtemp(join(folder, 'phone-'));
    for (const [n, label] of ['cup', 'key'].entries()) {
      await mkdir(join(cwd, 'icons', label, '2024-05'), { recursive: true });
      for (let i = 0; i < 6; i++) {
        const place = i < 2 ? label : join(label, '2024-05');
        await writeFile(join(cwd, 'icons', place, `${i}.png`), icon(n, i));
      }
      await writeFile(join(cwd, 'icons', label, 'list.txt'), 'cup');
    }
    const { code, stdout, stderr } = await fewshot(['init', 'icons'], { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^icons: 12 images of 2 classes/);
    expect(stdout).toMatch(/Not used: 2 files[\s\S]*cup\/list\.txt/);
    expect(stdout).toMatch(/\(nested\)[\s\S]*white[\s\S]*transparency \(background\)/);
    expect(stdout).not.toMatch(/black but for little/i);
    const config = JSON.parse(await readFile(join(cwd, CONFIG), 'utf8'));
    expect(config).toMatchObject({ nested: true, background: 'white' });

    const wrong = await fewshot(['init', 'icons', '--force', '--exclude', 'lock'], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/lock/)]);
    const given = ['--no-nested', '--background', '#ffff80', '--group-by', '/(\\d)', '--include', 'cup,key'];
    const other = await fewshot(['init', 'icons', '--force', ...given], { cwd });
    expect(other.code, other.stderr).toBe(0);
    expect(JSON.parse(await readFile(join(cwd, CONFIG), 'utf8'))).toMatchObject({
      ...{ nested: false, background: '#ffff80', groupBy: '/(\\d)', include: ['cup', 'key'] },
    });
  });

  it('refuses what is not there, and what nobody could learn from', async () => {
    const cwd = await mkdtemp(join(folder, 'other-'));
    const init = (data: string) => fewshot(['init', data], { cwd });
    const none = await init('nowhere');
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/no data at nowhere/)]);
    await mkdir(join(cwd, 'one'));
    const photo = await readFile(join(folder, 'photos/nut/nut-001.jpg'));
    await mkdir(join(cwd, 'one', 'nut'));
    await writeFile(join(cwd, 'one', 'nut', '1.jpg'), photo);
    const one = await init('one');
    expect([one.code, one.stderr]).toEqual([1, expect.stringMatching(/one holds images of 1 class\n/)]);
    expect(await readdir(cwd)).toEqual(['one']);
  });
});

describe('fewshot init, asking', () => {
  const home = process.cwd();
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(folder, 'asked-'));
    await mkdir(join(cwd, 'code'));
    const photos = join(cwd, 'screws');
    drawPhotos(photos, 2, '--broken', '0');
    process.chdir(cwd);
  });
  afterAll(() => process.chdir(home));

  /** Gives one answer after another, as soon as each is asked for; `undefined` is the end of input. */
  async function answering(
    answers: (string | undefined)[],
    options: Partial<FirstRun> = {},
  ): Promise<string> {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let seen = '';
    output.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (!/\) $/.test(chunk.toString())) return;
      const answer = answers.shift();
      if (answer === undefined) input.end();
      else input.write(`${answer}\n`);
    });
    const { signal } = new AbortController();
    await firstRun({
      ...{ force: false, signal, questions: questionsOn(input, output, signal) },
      terminal: {
        note: (line) => {
          seen += `${line}\n`;
        },
        bar: () => ({ update() {}, stop() {} }),
      },
      say: (text) => {
        seen += text;
      },
      ...options,
    });
    return seen;
  }

  it('offers a folder of images, asks again for one that is none, and takes no for an answer', async () => {
    const seen = await answering(['nowhere', '', 'perhaps', 'no']);
    expect(seen).toMatch(/Where are your images\?.* \(screws\) there are no data at nowhere\. Name an image/);
    expect(seen).toMatch(
      /screws: 16 images of 8 classes[\s\S]*Write this to .* \(yes\) Please answer yes or no/,
    );
    expect(seen).toMatch(/Nothing was written\.\n$/);
    expect(await readdir(cwd)).not.toContain(CONFIG);
  });

  it('writes when it is told to, or Enter is pressed', async () => {
    expect(await answering([''], { data: 'screws' })).toMatch(/fewshot\.config\.json\n\nNext:/);
    const config = JSON.parse(await readFile(CONFIG, 'utf8'));
    expect(config).toMatchObject({ data: 'screws', model: 'photos' });
    expect(config).not.toHaveProperty('skipBad');
    await expect(answering([], { data: 'screws' })).rejects.toThrow(UsageError);
    await answering(['screws', 'Y'], { force: true });
    expect(JSON.parse(await readFile(CONFIG, 'utf8'))).toEqual(config);
    await answering(['screws', 'Y'], { force: true, trains: true });
    expect(JSON.parse(await readFile(CONFIG, 'utf8'))).toMatchObject({ eval: { shots: 1 } });
  });

  it('ends with its input, and writes nothing', async () => {
    await rm(CONFIG, { force: true });
    await expect(answering([undefined])).rejects.toThrow(/was not answered/);
    await expect(answering(['screws', undefined])).rejects.toThrow(/was not answered/);
    expect(await readdir(cwd)).not.toContain(CONFIG);
  });
});
