import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classLines } from '../../../src/cli/commands/augment.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { loadMnist } from '../../../src/node/builtInSets.js';
import { imageFolder } from '../../../src/node/images/imageFolder.js';
import { fewshot, type RunOptions } from '../fewshot.js';
import { drawPhotos } from '../photosFolder.js';

let folder: string;
/** Six images each of three digits, whose classes have names. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
  const { train } = await loadMnist();
  for (const [digit, name] of ['null', 'eins', '二'].entries()) {
    await mkdir(join(folder, 'photos', name), { recursive: true });
    const places = [...train.labels.keys()].filter((i) => train.labels[i] === digit).slice(0, 6);
    for (const [i, place] of places.entries()) {
      const { pixels, shape } = train.images([place]);
      await writeFile(join(folder, 'photos', name, `${i}.png`), encodePng(pixels, shape));
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const augment = (args: readonly string[], options: RunOptions = {}) =>
  fewshot(['augment', ...args, '--quiet'], { cwd: folder, ...options });
const onPhotos = ['--data', 'photos', '--model', 'mnist', '--backend', 'wasm'];

/** Every file below a folder, with its bytes. */
async function contentOf(name: string): Promise<Map<string, string>> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return new Map(files.map((file, i) => [file.slice(join(folder, name).length), contents[i]!]));
}

async function expectRefusal(
  args: readonly string[],
  code: number,
  ...says: readonly RegExp[]
): Promise<void> {
  const outcome = await augment(args);
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  for (const pattern of says) expect(outcome.stderr).toMatch(pattern);
  expect(outcome.stdout).toBe('');
  expect(outcome.code).toBe(code);
}

describe('fewshot augment', () => {
  it('writes the same bytes with one worker and two, in batches of 1 and of 256', async () => {
    const args = [...onPhotos, '--per-class', '200', '--include-originals', '--label-check'];
    const runs = [
      await augment([...args, '--out', 'one', '--workers', '1', '--batch-size', '1']),
      await augment([...args, '--out', 'two', '--workers', '2', '--batch-size', '256']),
    ];
    expect(runs.map(({ stderr, code }) => [stderr, code])).toEqual([
      ['', 0],
      ['', 0],
    ]);
    expect(runs[0]!.stdout).toMatch(
      /^618 images of 3 classes; 618 made in \d+\.\d s, [\d,]+ images\/s\n( {2}\S+: 6 real, 200 made\n){3}one\/manifest\.jsonl\n$/,
    );
    const one = await contentOf('one');
    expect(await contentOf('two')).toEqual(one);
    expect(one.size).toBe(619);

    const header = JSON.parse(one.get('/manifest.jsonl')!.split('\n')[0]!);
    expect(header).toMatchObject({
      schema: 'fewshot.manifest/1',
      command:
        'fewshot augment --data photos --model mnist --per-class 200 --path slerp --seed 1 --label-check --include-originals --backend wasm',
      model: { name: 'mnist', source: 'mnist', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      data: { kind: 'folder', root: 'photos' },
      files: 618,
    });
  });

  it('leaves an image folder that can be augmented again', async () => {
    const images: string[] = [];
    for await (const { path } of imageFolder(join(folder, 'one'))) images.push(path);
    expect(images).toHaveLength(618);
    const { code, stdout } = await augment([
      ...['--data', 'one', '--model', 'mnist', '--per-class', '3', '--out', 'again'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^9 images of 3 classes/);
  });

  it('draws the support set of MNIST that fewshot eval draws', async () => {
    const args = ['--backend', 'wasm', '--per-class', '2', '--shots', '3', '--seed', '4', '--out', 'digits'];
    const { code, stdout } = await augment(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^20 images of 10 classes/);
    expect((await readdir(join(folder, 'digits'))).sort()).toEqual([...'0123456789', 'manifest.jsonl']);
    const { code: replayed } = await augment(['--replay', 'digits/manifest.jsonl', '--out', 'digits2']);
    expect(replayed).toBe(0);
  });

  it('makes more of one image a class by transport, each of which can be made again', async () => {
    await cp(join(folder, 'photos'), join(folder, 'single'), { recursive: true });
    for (const name of ['null', 'eins', '二'])
      for (let i = 1; i < 6; i++) await rm(join(folder, 'single', name, `${i}.png`));
    const args = [
      '--data',
      'single',
      '--model',
      'mnist',
      '--backend',
      'wasm',
      '--path',
      'transport',
      '--label-check',
    ];
    const made = await augment([...args, '--per-class', '5', '--out', 'carried']);
    expect([made.stderr, made.code]).toEqual(['', 0]);
    expect(made.stdout).toMatch(/^15 images of 3 classes/);
    const lines = (await readFile(join(folder, 'carried', 'manifest.jsonl'), 'utf8')).trim().split('\n');
    const entries = lines.slice(1).map((line) => JSON.parse(line));
    for (const { parents, provenance } of entries) {
      expect(parents).toHaveLength(1);
      expect(provenance).toMatchObject({
        path: 'transport',
        parents: [0],
        base: [expect.any(Number), expect.any(Number)],
      });
    }
    expect(new Set(entries.map(({ sha256 }) => sha256)).size).toBe(15);
    const { code, stdout } = await augment(['--replay', 'carried/manifest.jsonl', '--out', 'carried2']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^15 of 15 files came out the same/)]);

    await writeFile(
      join(folder, 'other.jsonl'),
      lines.join('\n').replace('"path":"transport","omega"', '"path":"slerp","omega"'),
    );
    await expectRefusal(
      ['--replay', 'other.jsonl', '--out', 'carried3'],
      1,
      /other\.jsonl, line 2 .*: it lists 1 parents, but slerp takes 2/,
    );
  });

  it('says what it does on stderr when it is not quiet', async () => {
    await cp(join(folder, 'photos'), join(folder, 'lone'), { recursive: true });
    for (let i = 1; i < 6; i++) await rm(join(folder, 'lone', 'eins', `${i}.png`));
    const args = ['augment', '--data', 'lone', ...onPhotos.slice(2), '--per-class', '2', '--out', 'lone2'];
    const { stdout, stderr } = await fewshot(args, { cwd: folder });
    expect(stderr).toBe('Backend wasm: it was asked for.\nToo few images to make more of: eins.\n');
    expect(stdout).toMatch(/^4 images of 3 classes/);
  });
});

describe('fewshot augment --until', () => {
  const filling = ['--data', 'uneven', ...onPhotos.slice(2), '--until', '5'];
  beforeAll(async () => {
    await cp(join(folder, 'photos'), join(folder, 'uneven'), { recursive: true });
    for (let i = 2; i < 6; i++) await rm(join(folder, 'uneven', 'eins', `${i}.png`));
    for (let i = 1; i < 6; i++) await rm(join(folder, 'uneven', '二', `${i}.png`));
  });

  it('fills each class up to a number, and says which are full or too small', async () => {
    const args = ['augment', ...filling, '--include-originals', '--out', 'filled'];
    const { code, stdout, stderr } = await fewshot(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^Too few images to make more of: 二\.$/m);
    expect(stderr).toMatch(/^Full already.*: null\.$/m);
    expect(stdout).toMatch(/^12 images of 3 classes; 12 made/);
    expect(stdout).toMatch(/\n {2}eins: 2 real, 3 made\n {2}null: 6 real, 0 made\n {2}二: 1 real, 0 made\n/);
    const { settings, command } = JSON.parse(
      (await contentOf('filled')).get('/manifest.jsonl')!.split('\n')[0]!,
    );
    expect(settings).toMatchObject({ until: 5 });
    expect(settings).not.toHaveProperty('perClass');
    expect(command).toContain(' --until 5 ');
    const again = await augment(['--replay', 'filled/manifest.jsonl', '--out', 'filled2']);
    expect(again.stdout).toMatch(/^12 of 12 files came out the same/);
  });

  it('resumes with the same number, and with no other', async () => {
    const args = [...filling, '--out', 'rest'];
    expect((await augment(args)).code).toBe(0);
    const resumed = await augment([...args, '--resume']);
    expect(resumed.stdout).toMatch(
      /^3 images of 3 classes; all were there already\n {2}eins: 2 real, 3 made\n/,
    );
    const other = [...onPhotos, '--data', 'uneven', '--per-class', '3', '--out', 'rest', '--resume'];
    await expectRefusal(other, 2, /another value of perClass/);
    expect((await augment([...filling, '--detail', '0.5', '--out', 'detailed'])).code).toBe(0);
    await expectRefusal([...filling, '--out', 'detailed', '--resume'], 2, /another value of detail \(0\.5\)/);
  });

  it('refuses --per-class beside it, and a number that every class has', async () => {
    await expectRefusal(
      [...filling, '--per-class', '3', '--out', 'x'],
      2,
      /--per-class.*--until|--until.*--per-class/,
    );
    await expectRefusal([...onPhotos, '--until', '6', '--out', 'x'], 2, /every class has 6 images/, /more/);
    expect(await readdir(folder)).not.toContain('x');
  });
});

describe('classLines', () => {
  const one = { label: 'cat', real: 5, made: 7, dropped: 0 };

  it('gives each class a line, with what was dropped', () => {
    const lines = classLines([one, { ...one, label: 'dog', dropped: 1200 }]);
    expect(lines).toEqual(['  cat: 5 real, 7 made', '  dog: 5 real, 7 made, 1,200 dropped']);
  });

  it('puts many classes with the same numbers on one line, and stays short whatever the numbers', () => {
    const alike = Array.from({ length: 40 }, (_, label) => ({ ...one, label }));
    expect(classLines(alike)).toEqual(['  5 real, 7 made: 0, 1, 2, 3, 4, 5 and 34 more']);
    const all = Array.from({ length: 1000 }, (_, label) => ({ label, real: label, made: 2, dropped: 1 }));
    const lines = classLines(all);
    expect(lines.length).toBeLessThan(25);
    expect(lines.at(-1)).toMatch(/980 more.*1,960 made, 980 dropped/);
  });
});

describe('a folder in use', () => {
  it('is refused, gone on with, or replaced, as is asked', async () => {
    const args = [...onPhotos, '--per-class', '4', '--out', 'used'];
    expect((await augment(args)).code).toBe(0);
    const first = await contentOf('used');
    await expectRefusal(args, 2, /used is not empty: a run filled it already/, /--force/);
    const resumed = await augment([...args, '--resume']);
    expect(resumed.stdout).toMatch(/^12 images of 3 classes; all were there already\n(.*\n)+used\/manifest/);
    await expectRefusal(
      [...args, '--resume', '--seed', '2'],
      2,
      /another value of seed \(1\) than this one \(2\)/,
    );
    await expectRefusal([...args, '--resume', '--force'], 2, /both resume and force/);
    expect(await contentOf('used')).toEqual(first);
    const replaced = await augment([...args, '--force', '--per-class', '3']);
    expect(replaced.stdout).toMatch(/^9 images/);
    expect((await contentOf('used')).size).toBe(10);
  });

  it('keeps whole files alone on Ctrl-C, and goes on to the same end', async () => {
    const args = (out: string) => [
      'augment',
      ...onPhotos,
      '--per-class',
      '600',
      '--workers',
      '2',
      '--out',
      out,
    ];
    const interruptAtWork: RunOptions['onStderr'] = (child, text) => {
      if (text !== 'Backend wasm: it was asked for.\n') return;
      const timer = setInterval(async () => {
        const names = await readdir(join(folder, 'cut', '.unfinished')).catch(() => []);
        // Beside these lie the plan, and notes that are being written.
        if (names.filter((name) => name.endsWith('.jsonl')).length < 2) return;
        clearInterval(timer);
        child.kill('SIGINT');
      }, 5);
      child.on('close', () => clearInterval(timer));
    };
    const cut = await fewshot(args('cut'), { cwd: folder, onStderr: interruptAtWork });
    expect(cut.stderr).toMatch(
      /Interrupted\. What was written is whole and kept; --resume goes on from it\.\n$/,
    );
    expect(cut.code).toBe(130);
    const left = [...(await contentOf('cut')).keys()];
    expect(left.filter((file) => file.endsWith('.tmp') && !file.includes('.unfinished'))).toEqual([]);
    expect(left.length).toBeGreaterThan(100);
    await expectRefusal(args('cut').slice(1), 2, /from a run that did not end/, /--resume/);

    const resumed = await fewshot([...args('cut'), '--resume'], { cwd: folder });
    expect(resumed.stderr).toMatch(/Resuming after [\d,]+ of 1,800 images\.\n$/);
    expect(resumed.stdout).toMatch(/^1,800 images of 3 classes; [\d,]+ made/);
    expect((await fewshot(args('uncut'), { cwd: folder })).code).toBe(0);
    expect(await contentOf('cut')).toEqual(await contentOf('uncut'));
  });
});

describe('fewshot augment --replay', () => {
  it('makes single files again, alone', async () => {
    const files = ['二/000017.png', 'null/000000.png', 'eins/original-3.png'];
    const { code, stdout } = await augment([
      '--replay',
      'one/manifest.jsonl',
      '--file',
      ...files,
      '--out',
      'some',
    ]);
    expect(stdout).toBe('3 of 3 files came out the same, byte for byte\n');
    expect(code).toBe(0);
    const [some, one] = [await contentOf('some'), await contentOf('one')];
    expect([...some.keys()].sort()).toEqual(files.map((file) => `/${file}`).sort());
    for (const [file, bytes] of some) expect(bytes).toBe(one.get(file));
  });

  it('ends with 1 and names what differs when a parent was changed or is gone', async () => {
    await cp(join(folder, 'photos'), join(folder, 'later'), { recursive: true });
    await cp(join(folder, 'photos', 'eins', '0.png'), join(folder, 'later', 'eins', '1.png'));
    await rm(join(folder, 'later', '二', '5.png'));
    const args = ['--replay', 'one/manifest.jsonl', '--data', 'later', '--out', 'replayed'];
    const { code, stdout, stderr } = await augment(args);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toContain('二/original-5.png: not made, as later/二/5.png is missing');
    expect(stdout).toMatch(
      /^eins\/\d{6}\.png: not made, as later\/eins\/1\.png was changed: its SHA-256 is /m,
    );
    const faults = lines.length - 1;
    expect(lines.at(-1)).toBe(`${618 - faults} of 618 files came out the same, byte for byte`);
    expect(stderr).toMatch(
      new RegExp(`^fewshot: ${faults} files could not be made again as before\n  They were made by version`),
    );
    expect((await contentOf('replayed')).size).toBe(618 - faults);
  });

  it('ends with 1 when the manifest tells another SHA-256', async () => {
    const text = await readFile(join(folder, 'one', 'manifest.jsonl'), 'utf8');
    const [file, sha256] = /"path":"(null\/000003\.png)","label":"null","sha256":"([0-9a-f]{64})"/
      .exec(text)!
      .slice(1);
    await writeFile(join(folder, 'wrong.jsonl'), text.replace(sha256!, 'e'.repeat(64)));
    const { code, stdout } = await augment([
      '--replay',
      'wrong.jsonl',
      '--file',
      file!,
      'null/000004.png',
      '--out',
      'wrong',
    ]);
    expect(code).toBe(1);
    expect(stdout).toBe(
      `${file}: made, but its SHA-256 is ${sha256!.slice(0, 12)}… instead of eeeeeeeeeeee…\n1 of 2 files came out the same, byte for byte\n`,
    );
  });
});

describe('a wrong request', () => {
  it.each<[string, string[], number, RegExp]>([
    ['no place to write to', onPhotos, 2, /--out <folder>.* not specified/],
    ['no such folder', ['--data', 'nowhere', '--out', 'x'], 2, /there are no data called nowhere/],
    [
      'shots of a folder',
      [...onPhotos, '--shots', '3', '--out', 'x'],
      2,
      /--shots goes with --data mnist or fashion-mnist/,
    ],
    ['a single shot', ['--shots', '1', '--out', 'x'], 2, /no class has 2 images.*\n.*--shots 2/],
    ['a place within the data', [...onPhotos, '--out', 'photos/more'], 2, /lies in the folder of the data/],
    ['the data as the place', [...onPhotos, '--out', 'photos'], 2, /lies in the folder of the data/],
    ['files without a manifest', ['--file', 'a/1.png', '--out', 'x'], 2, /--file goes with --replay/],
    [
      'a seed to replay by',
      ['--replay', 'm.jsonl', '--seed', '3', '--out', 'x'],
      2,
      /cannot be used with option/,
    ],
    ['no such manifest', ['--replay', 'm.jsonl', '--out', 'x'], 1, /cannot read m\.jsonl: no such file/],
  ])('%s', async (_, args, code, says) => {
    await expectRefusal(args, code, says);
    expect(await readdir(folder)).not.toContain('x');
  });

  it('images without a model that knows such, or with one of another kind', async () => {
    await expectRefusal(['--data', 'photos', '--out', 'x'], 2, /no model is named.*photos/, /fewshot train/);
    drawPhotos(join(folder, 'colors'), 2, '--broken', '0');
    const args = ['--data', 'colors', '--model', 'mnist', '--fit', 'crop', '--backend', 'wasm', '--out', 'x'];
    await expectRefusal(args, 2, /mnist.*gray.*colors.*color/, /fewshot train --data colors/);
    await expectRefusal(
      args.filter((word) => !/fit|crop/.test(word)),
      2,
      /mnist.*gray.*colors.*color/,
    );
    expect(await readdir(folder)).not.toContain('x');
  });

  it('images that do not fit the model, or are broken', async () => {
    await mkdir(join(folder, 'large', 'a'), { recursive: true });
    for (const i of [0, 1])
      await writeFile(join(folder, 'large', 'a', `${i}.png`), encodePng(new Float32Array(48), [4, 4, 3]));
    const args = ['--data', 'large', '--model', 'mnist', '--backend', 'wasm', '--out', 'x'];
    await expectRefusal(
      args,
      2,
      /a\/0\.png in large is 4×4×3, but the model mnist takes 28×28×1/,
      /28 pixels wide/,
    );
    await writeFile(join(folder, 'large', 'a', '0.png'), 'text');
    await expectRefusal(args, 1, /large\/a\/0\.png is neither PNG nor JPEG/);
    expect(await readdir(folder)).not.toContain('x');
  });
});
