import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayHallucination } from '../../src/augment/replayHallucination.js';
import { KnnClassifier } from '../../src/classify/knnClassifier.js';
import type { Provenance } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import { decodePng } from '../../src/data/decode/png.js';
import { loadModel } from '../../src/node/loadModel.js';
import { selectBackend } from '../../src/node/selectBackend.js';
import { slerpPoint } from '../../src/sphere/point.js';
import { pictureOf } from './cameraClip.js';
import { installExample, packInto, repository, run, servePage } from './packed.js';

/** Store the screenshot of the page instead of only taking it. */
const update = process.env.UPDATE_SCREENSHOTS === '1';
let folder: string;
let tarball: string;

const installed = (name: string) => installExample(name, folder, tarball);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-examples-'));
  tarball = await packInto(folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('existing-loop', () => {
  let project: string;
  beforeAll(async () => {
    project = await installed('existing-loop');
  }, 120_000);
  const node = async (...args: string[]) => (await run(process.execPath, args, project)).stdout;

  it('trains before and after, on as many images', async () => {
    for (const program of ['before.mjs', 'after.mjs']) {
      const text = await node(program, '1', '4', '200');
      const [, percent] = /^seed 1: (\d+\.\d) % of 200 test images; trained for \d+\.\d s\n$/.exec(text)!;
      // Of ten classes; with 400 images to train on it is no good net yet.
      expect(Number(percent), text).toBeGreaterThan(20);
    }
  });

  it('compares the arms', async () => {
    const text = await node('compare.mjs', '2', '4', '200');
    for (const arm of ['photos alone', 'hallucinate', 'affine', 'hallucinate \\+ affine']) {
      expect(text).toMatch(new RegExp(`^${arm} +\\d+\\.\\d ± \\d+\\.\\d +-?\\d+\\.\\d ± \\d+\\.\\d +`, 'm'));
    }
  });

  it('differs by the lines that its README shows', async () => {
    const lines = async (file: string) => (await readFile(join(project, file), 'utf8')).split('\n');
    const [before, after] = [await lines('before.mjs'), await lines('after.mjs')];
    const block = /```diff\n([\s\S]*?)```/.exec(await readFile(join(project, 'README.md'), 'utf8'))![1]!;
    const shown = (sign: string) =>
      block
        .split('\n')
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(1));
    expect(shown('+')).toEqual(after.filter((line) => !before.includes(line)));
    expect(shown('-')).toEqual(before.filter((line) => !after.includes(line)));
    expect(shown('+')).toHaveLength(5);
  });
});

describe('knn-live', () => {
  it('learns more from hallucinations than from photos alone', async () => {
    const project = await installed('knn-live');
    const { stdout } = await run(process.execPath, ['live.mjs', 'pixels', '1', '10', '20'], project);
    const rows = [...stdout.matchAll(/^(\d+) +(\d+\.\d) % \((\d+)\) +(\d+\.\d) % \((\d+)\)$/gm)].map((row) =>
      row.slice(1).map(Number),
    );
    expect(rows.map(([photos]) => photos)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(rows.map(([, , known]) => known)).toEqual(rows.map(([photos]) => photos));
    // Ten more for each photo, from the second photo of its class on.
    expect(rows.map(([, , , , known]) => known)).toEqual(
      rows.map(([photos]) => (photos === 10 ? 10 : 11 * photos!)),
    );
    const [, plain, , enlarged] = rows.at(-1)!;
    expect(enlarged).toBeGreaterThan(plain! + 3);
  });
});

describe('browser', () => {
  let server: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let project: string;
  let address: string;
  beforeAll(async () => {
    project = await installed('browser');
    server = await servePage(project);
    address = server.address;
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
      ],
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  interface Opened {
    readonly page: Page;
    /** Errors, warnings, and requests to anybody else: there must be none. */
    readonly complaints: string[];
    /** Addresses that were asked for. */
    readonly requests: string[];
  }

  async function open(width: number, height: number, options: object = {}): Promise<Opened> {
    const context = await browser.newContext({ viewport: { width, height }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    context.on('request', (request) => {
      requests.push(request.url());
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address))
        complaints.push(request.url());
    });
    await page.goto(address);
    await page.waitForSelector('#samples:enabled');
    return { page, complaints, requests };
  }

  /** Draws strokes, given as points in [0, 1]², on the pad. */
  async function draw(
    page: Page,
    points: readonly (readonly [number, number])[],
    selector = '#pad',
  ): Promise<void> {
    const pad = page.locator(selector);
    await pad.scrollIntoViewIfNeeded();
    const box = (await pad.boundingBox())!;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(points[0]!));
    await page.mouse.down();
    for (const point of points) await page.mouse.move(...at(point));
    await page.mouse.up();
  }

  const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number) =>
    Array.from({ length: 21 }, (_, i) => {
      const angle = from + (i * (to - from)) / 20;
      return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
    });
  const star = Array.from({ length: 6 }, (_, i) => {
    const angle = (4 * Math.PI * i) / 5 - Math.PI / 2;
    return [0.5 + 0.35 * Math.cos(angle), 0.5 + 0.35 * Math.sin(angle)] as const;
  });
  const three = [...arc(0.5, 0.32, 0.2, 0.17, -2.6, 1.4), ...arc(0.5, 0.67, 0.22, 0.19, -1.3, 2.7)];

  it.each([
    ['desktop', 1280, 800, 1],
    ['phone', 360, 780, 2],
  ] as const)(
    'shows hallucinations and an answer to a drawing, on a %s',
    async (kind, width, height, deviceScaleFactor) => {
      const { page, complaints } = await open(width, height, { deviceScaleFactor });
      await page.click('#samples');
      await page.waitForSelector('.stage:not([hidden])');
      await expect.poll(() => page.locator('.strip canvas').count()).toBe(4 * 24);
      const stage = page.locator('.card .made').first();
      const brightest = () =>
        stage.evaluate((canvas) => {
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 28, 28);
          return data.filter((_, i) => i % 4 === 0).reduce((a, b) => Math.max(a, b));
        });
      await expect.poll(brightest).toBeGreaterThan(100);

      await draw(page, three);
      await expect.poll(() => page.textContent('#verdict')).toMatch(/^3 with \d+\u00a0% of its neighbours$/);
      await expect.poll(() => page.textContent('#spoken')).toMatch(/^3, /);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      if (kind === 'desktop') {
        await page.click('#pause');
        await page.selectOption('#from', { label: '3, drawing 1' });
        await page.selectOption('#to', { label: '8, drawing 2' });
        await page.locator('#omega').fill('62');
        await expect.poll(() => page.textContent('#walk-where')).toMatch(/^62 % /);
        await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
        await page.waitForTimeout(1000);
        const picture = await sharp(await page.screenshot())
          .png({ palette: true })
          .toBuffer();
        if (update) await writeFile(join(repository, 'docs/images/browser.png'), picture);
      }

      // The drawing becomes the sixth of its class, and everything is learnt anew.
      await page.locator('#add button', { hasText: '3' }).click();
      await expect
        .poll(() => page.locator('.card .count').allTextContents())
        .toEqual(['5 drawings', '6 drawings', '5 drawings', '5 drawings']);
      const known = () => page.textContent('#known');
      await expect.poll(known).toContain('21 drawings and 96 hallucinations');

      await draw(page, star);
      await expect.poll(() => page.textContent('#verdict')).toMatch(/^I don’t know this/);
      await page.click('#undo');
      await page.locator('.card .clear').first().click();
      await expect
        .poll(() => page.locator('.card .count').allTextContents())
        .toEqual(['0 drawings', '5 drawings', '5 drawings', '5 drawings']);
      expect(await page.getAttribute('#undo', 'aria-disabled')).toBe('true');
      await expect.poll(known).toContain('15 drawings and 72 hallucinations');
      await page.click('#restart');
      expect(await page.locator('.strip canvas').count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  it('is drawn in by keys, and says what to do next', async () => {
    const { page, complaints } = await open(1280, 900);
    await expect.poll(() => page.textContent('#verdict')).toMatch(/^Two classes of two drawings each/);
    await page.focus('.pad');
    for (const key of ['Space', ...Array(12).fill('ArrowDown'), 'Space']) await page.keyboard.press(key);
    await expect.poll(() => page.locator('#add button').first().isEnabled()).toBe(true);
    await page.locator('#add button').first().click();
    await expect.poll(() => page.locator('.drawings canvas').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('takes image files, and names one that is none', async () => {
    const { page, complaints } = await open(1280, 900);
    const file = page.locator('.files input').first();
    await file.setInputFiles([
      { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') },
      { name: 'digits.png', mimeType: 'image/png', buffer: await readFile(samples) },
    ]);
    await expect.poll(() => page.textContent('#notice p')).toContain('notes.png');
    await expect.poll(() => page.locator('.drawings canvas').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  const samples = join(repository, 'examples/browser/src/samples.png');
  const says = (page: Page) => page.textContent('#walk-says');
  /** What a canvas shows, as one text. */
  const shown = (page: Page, selector: string) =>
    page.locator(selector).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const file = (name: string, content: string | Buffer) => ({
    name,
    mimeType: 'application/json',
    buffer: Buffer.from(content),
  });

  async function downloaded(page: Page, button: string): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
    return readFile(await download.path());
  }

  it('walks from one example to another by keys, and turns the sphere', async () => {
    const { page, complaints } = await open(1280, 800, { reducedMotion: 'reduce' });
    await page.click('#samples');
    // What lies between two classes may be of none.
    await expect.poll(() => says(page)).toMatch(/^The classifier (says|does not know)/);
    await page.selectOption('#from', { label: '3, drawing 4' });
    await page.selectOption('#to', { label: '8, drawing 2' });
    await page.focus('#omega');
    await page.keyboard.press('Home');
    await expect.poll(() => page.textContent('#walk-where')).toMatch(/^0 % of the way, \d+° apart$/);
    await expect.poll(() => says(page)).toMatch(/^The classifier says 3, with \d+/);
    const start = await shown(page, '#walk-made');
    await page.keyboard.press('End');
    await expect.poll(() => page.textContent('#walk-where')).toMatch(/^100 % /);
    await expect.poll(() => says(page)).toMatch(/^The classifier says 8, with \d+/);
    expect(await shown(page, '#walk-made')).not.toBe(start);
    await page.keyboard.press('Home');
    await expect.poll(() => shown(page, '#walk-made')).toBe(start);

    // Nothing moves by itself where less motion is asked for.
    const sphere = await shown(page, '#sphere');
    await page.waitForTimeout(500);
    expect(await shown(page, '#sphere')).toBe(sphere);
    await page.focus('#globe');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => shown(page, '#sphere')).not.toBe(sphere);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => shown(page, '#sphere')).toBe(sphere);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('follows the pointer along the way, and walks on to an example that is pressed', async () => {
    const { page, complaints } = await open(1280, 800, { reducedMotion: 'reduce' });
    await page.click('#samples');
    // What lies between two classes may be of none.
    await expect.poll(() => says(page)).toMatch(/^The classifier (says|does not know)/);
    const slider = page.locator('#omega');
    const omega = async () => Number(await slider.inputValue());
    const box = (await page.locator('#sphere').boundingBox())!;
    // The way lies across the middle of the sphere, where its own middle is.
    const [x, y] = [box.x + box.width / 2, box.y + box.height * (0.5 + 0.44 * Math.sin(0.15))];
    await slider.fill('90');
    await page.mouse.move(x, y);
    await expect.poll(omega).toBeGreaterThan(45);
    expect(await omega()).toBeLessThan(55);
    await expect.poll(() => page.textContent('#walk-where')).toMatch(/^(4|5)\d % /);
    // The example that the way begins at lies where the slider comes to its beginning.
    let [least, beginning] = [50, [x, y] as const];
    for (let row = 1; row < 20; row++) {
      for (let column = 1; column < 20; column++) {
        const place = [box.x + (column * box.width) / 20, box.y + (row * box.height) / 20] as const;
        await page.mouse.move(...place);
        const now = await omega();
        if (now < least) [least, beginning] = [now, place];
      }
    }
    expect(least).toBeLessThan(5);
    const ends = () => Promise.all(['#from', '#to'].map((id) => page.locator(id).inputValue()));
    const [, to] = await ends();
    await page.mouse.click(...beginning);
    await expect.poll(async () => (await ends())[0]).toBe(to);
    expect((await ends())[1]).not.toBe(to);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('saves what it made as an archive from which each image can be made again', async () => {
    const { page, complaints } = await open(1280, 800);
    await page.locator('#save-images').press('Enter');
    await expect.poll(() => page.textContent('#notice p')).toMatch(/^There is no image yet/);
    await page.click('#samples');
    await expect.poll(() => page.textContent('#known')).toContain('20 drawings and 96 hallucinations');
    const name = page.locator('.name').first();
    await name.fill('2/two');
    await expect.poll(() => page.locator('#add button').first().textContent()).toBe('2/two');
    const files = unzipSync(await downloaded(page, '#save-images'));
    expect(Object.keys(files)).toHaveLength(4 * (5 + 24) + 1);
    interface Origin {
      readonly file: string;
      readonly of: readonly string[];
      readonly provenance: Provenance;
    }
    const origins = JSON.parse(Buffer.from(files['made.json']!).toString()) as Origin[];
    expect(origins).toHaveLength(96);
    expect(origins[0]!.file).toBe('2_two/made-01.png');
    await selectBackend('wasm');
    const model = await loadModel('mnist');
    for (const { file: path, of, provenance } of origins.filter((_, i) => i % 12 === 0)) {
      const parents = of.map((parent) => ({ ...decodePng(files[parent]!, parent), label: 'any' }));
      const again = replayHallucination(model, parents, provenance);
      const stored = decodePng(files[path]!, path);
      const error = Math.max(...stored.pixels.map((value, i) => Math.abs(value - again.pixels[i]!)));
      expect(error, path).toBeLessThan(0.5 / 255 + 1e-3);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('saves its classifier for programs, opens it again, and says why it opens no other file', async () => {
    const { page, complaints } = await open(1280, 800);
    await page.locator('#save-classifier').press('Enter');
    await expect.poll(() => page.textContent('#notice p')).toMatch(/^There is no classifier yet/);
    await page.click('#samples');
    await draw(page, three);
    await expect.poll(() => page.textContent('#verdict')).toMatch(/^3 with/);
    const bars = () => page.locator('#answer li').allTextContents();
    const answer = await bars();
    const saved = await downloaded(page, '#save-classifier');
    await selectBackend('wasm');
    const model = await loadModel('mnist');
    const knn = KnnClassifier.fromJSON(JSON.parse(saved.toString()), { encoder: model });
    expect(knn.counts).toEqual({ '2': 29, '3': 29, '5': 29, '8': 29 });

    // For programs too.
    await writeFile(join(project, 'digits.json'), saved);
    const archive = unzipSync(await downloaded(page, '#save-images'));
    await writeFile(join(project, 'eight.png'), archive['8/drawing-01.png']!);
    const { stdout } = await run(process.execPath, ['ask.mjs', 'digits.json', 'eight.png'], project);
    expect(stdout).toBe('eight.png: 8, 100 % of its neighbours\n');

    await page.click('#restart');
    await expect.poll(() => page.textContent('#verdict')).toMatch(/^Two classes of two drawings/);
    const opener = page.locator('#open-classifier input');
    await opener.setInputFiles(file('mine.json', saved));
    await expect
      .poll(() => page.textContent('#taken'))
      .toMatch(/^mine.json is open: 116 examples of 4 classes/);
    await draw(page, three);
    await expect.poll(bars).toEqual(answer);
    await expect.poll(() => page.textContent('#known')).toBe('It knows 116 examples of the opened one.');
    // Its examples can be walked to: they are drawn from their codes.
    await expect.poll(() => page.locator('#from option').count()).toBe(20);
    // What is drawn now is added to it.
    await page.locator('.name').first().fill('3');
    for (let i = 0; i < 2; i++) {
      await draw(page, three);
      await page.locator('#add button').first().click();
    }
    await expect
      .poll(() => page.textContent('#known'))
      .toBe('It knows 2 drawings and 24 hallucinations and 116 examples of the opened one.');
    const more = KnnClassifier.fromJSON(JSON.parse((await downloaded(page, '#save-classifier')).toString()), {
      encoder: model,
    });
    expect(more.counts).toEqual({ '2': 29, '3': 29 + 26, '5': 29, '8': 29 });

    const notice = () => page.textContent('#notice p');
    await opener.setInputFiles(file('torn.json', saved.subarray(0, 500)));
    await expect.poll(notice).toMatch(/^torn.json is no JSON/);
    const { values: _, ...rest } = JSON.parse(saved.toString());
    await opener.setInputFiles(file('empty.json', JSON.stringify(rest)));
    await expect.poll(notice).toMatch(/^empty.json cannot be opened: .*values/);
    await opener.setInputFiles(file('other.json', JSON.stringify({ ...rest, encoder: 'f00', values: '' })));
    await expect.poll(notice).toMatch(/^other.json cannot be opened: /);
    // The one that was open before still is.
    await expect.poll(() => page.textContent('#known')).toContain('116 examples of the opened one');
    await page.click('#forget');
    await expect.poll(() => page.textContent('#known')).toBe('');

    // One that a program made, with numbers as labels.
    const made = new KnnClassifier({ k: 3, encoder: model });
    const sheet = decodePng(await readFile(samples), 'samples');
    for (const [row, label] of [2, 3, 5, 8].entries()) {
      for (let column = 0; column < 5; column++) {
        const pixels = Float32Array.from(
          { length: 784 },
          (_, i) => sheet.pixels[(28 * row + Math.floor(i / 28)) * 140 + 28 * column + (i % 28)]!,
        );
        made.add({ pixels, shape: [28, 28, 1] }, label);
      }
    }
    await page.click('#restart');
    await opener.setInputFiles(file('program.json', JSON.stringify(made)));
    await draw(page, three);
    await expect.poll(() => page.textContent('#verdict')).toMatch(/^3 with/);
    expect(await bars()).toHaveLength(4);
    await page.locator('.name').first().fill('3');
    for (let i = 0; i < 2; i++) {
      await draw(page, three);
      await page.locator('#add button').first().click();
    }
    await expect
      .poll(() => page.textContent('#known'))
      .toBe('It knows 2 drawings and 24 hallucinations and 20 examples of the opened one.');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('knows symbols of which it was shown one each, in a tab reached by keys', async () => {
    const { page, complaints, requests } = await open(1280, 800);
    expect(requests.filter((url) => url.includes('.safetensors'))).toEqual([
      expect.stringContaining('/mnist-'),
    ]);
    await page.focus('#tab-digits');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-symbols');
    expect(await page.evaluate('location.hash')).toBe('#symbols');
    expect(await page.locator('#panel-digits').isHidden()).toBe(true);
    await page.waitForSelector('#symbols-samples:enabled');
    const boxes = [0.3, 0.33].map((edge) => [
      [edge, edge] as const,
      [1 - edge, edge] as const,
      [1 - edge, 1 - edge] as const,
      [edge, 1 - edge] as const,
      [edge, edge] as const,
    ]);
    for (const [place, points] of [star, boxes[0]!].entries()) {
      await draw(page, points, '#symbols-pad');
      await expect
        .poll(() => page.locator('#symbols-add button').nth(place).getAttribute('aria-disabled'))
        .toBe('false');
      await page.locator('#symbols-add button').nth(place).click();
    }
    await expect
      .poll(() => page.textContent('#symbols-known'))
      .toBe('It knows 2 drawings and 48 hallucinations.');
    await draw(page, boxes[1]!, '#symbols-pad');
    await expect.poll(() => page.textContent('#symbols-verdict')).toMatch(/^Class 2 with/);
    const files = unzipSync(await downloaded(page, '#symbols-save-images'));
    const [height, width] = decodePng(files['Class 1/made-01.png']!, 'made').shape;
    expect([height, width]).toEqual([40, 40]);
    const saved = await downloaded(page, '#symbols-save-classifier');
    expect(KnnClassifier.fromJSON(JSON.parse(saved.toString())).counts).toEqual({
      'Class 1': 25,
      'Class 2': 25,
    });
    // Digits and symbols have codes of their own.
    await page.click('#tab-digits');
    await page.locator('#open-classifier input').setInputFiles(file('symbols.json', saved));
    await expect.poll(() => page.textContent('#notice p')).toMatch(/^symbols.json cannot be opened/);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('tells photos apart, and shows the one nearest to the way', async () => {
    const { page, complaints, requests } = await open(1280, 800);
    await page.focus('#tab-digits');
    await page.keyboard.press('End');
    const loads = () => requests.filter((url) => url.includes('/photos-small-')).length;
    await expect.poll(loads).toBe(1);
    for (const [place, thing] of ['mug', 'leaf'].entries()) {
      const card = page.locator('#panel-photos .card').nth(place);
      await card.locator('.name').fill(thing);
      await card.locator('.files input').setInputFiles([1, 2, 3].map((number) => pictureOf(thing, number)));
    }
    await expect
      .poll(() => page.textContent('#photos-known'))
      .toBe('It knows 6 photos and 48 hallucinated codes.');
    const verdict = () => page.textContent('#photos-verdict');
    await page.locator('#photos-look input').setInputFiles(pictureOf('leaf', 4));
    await expect.poll(verdict).toMatch(/^leaf with/);
    await page.locator('#photos-look input').setInputFiles(pictureOf('glasses', 4));
    await expect.poll(verdict).toMatch(/^I don’t know this/);
    await page.focus('#photos-omega');
    await page.keyboard.press('Home');
    const walk = () => page.textContent('#photos-walk-says');
    await expect
      .poll(walk)
      .toBe('The nearest photo is mug, photo 1. The classifier says mug, with 100\u00a0% of its neighbours.');
    await page.keyboard.press('End');
    await expect.poll(walk).toMatch(/^The nearest photo is leaf, photo 1\./);

    const files = unzipSync(await downloaded(page, '#photos-save-images'));
    expect(Object.keys(files)).toHaveLength(6);
    expect([...files['mug/photo-01.jpg']!.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    const saved = await downloaded(page, '#photos-save-classifier');
    expect(KnnClassifier.fromJSON(JSON.parse(saved.toString())).counts).toEqual({ mug: 27, leaf: 27 });
    await page.click('#photos-restart');
    await page.locator('#photos-open-classifier input').setInputFiles(file('things.json', saved));
    await page.locator('#photos-look input').setInputFiles(pictureOf('mug', 4));
    await expect.poll(verdict).toMatch(/^mug with/);
    await page.click('#tab-symbols');
    await page.locator('#symbols-open-classifier input').setInputFiles(file('things.json', saved));
    await expect
      .poll(() => page.textContent('#notice p'))
      .toBe('things.json cannot be opened: its examples have 320 values, but those of characters have 1000');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('takes photos with a camera, and lets go of it when the tab is left', async () => {
    const { page } = await open(1280, 800);
    await page.click('#tab-photos');
    await page.waitForSelector('#panel-photos.ready', { timeout: 30_000 });
    await page.click('#photos-start');
    const count = () => page.locator('#panel-photos .count').first().textContent();
    await expect
      .poll(() => page.locator('#photos-add button').first().getAttribute('aria-disabled'))
      .toBe('false');
    await page.locator('#photos-add button').first().click();
    await expect.poll(count).toBe('1 photo');
    const runs = () =>
      page.locator('#photos-camera').evaluate((video) => (video as HTMLVideoElement).srcObject !== null);
    expect(await runs()).toBe(true);
    await page.click('#tab-digits');
    expect(await runs()).toBe(false);
    await page.click('#tab-photos');
    expect(await count()).toBe('1 photo');
    await page.context().close();
  }, 60_000);

  it.each(['light', 'dark'] as const)(
    'fits a narrow phone in all tabs, %s',
    async (colorScheme) => {
      const { page, complaints } = await open(360, 780, { colorScheme });
      for (const kind of ['digits', 'symbols', 'photos']) {
        await page.click(`#tab-${kind}`);
        await page.waitForSelector(`#panel-${kind}.ready`, { timeout: 30_000 });
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), kind).toBe(0);
      }
      const luminance = await page.evaluate(() => {
        const [red = 0] = /\d+/.exec(getComputedStyle(document.documentElement).backgroundColor) ?? [];
        return Number(red);
      });
      expect(luminance > 128).toBe(colorScheme === 'light');
      // Every id is there once, and everything with a role for input has a name.
      const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const nameless = await page
        .locator('main button, main input, main select, main [role=application]')
        .evaluateAll((all) =>
          all
            .filter((element) => {
              const labels = [...((element as HTMLInputElement).labels ?? [])].map(
                ({ textContent }) => textContent,
              );
              return ![element.ariaLabel, element.textContent, ...labels].some((text) => text?.trim());
            })
            .map(({ outerHTML }) => outerHTML)
            .filter((html) => !html.includes('hidden')),
        );
      expect(nameless).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    90_000,
  );

  it('draws great circles as great circles', async () => {
    interface Map {
      fit(codes: readonly Float32Array[]): void;
      place(code: Float32Array): readonly [number, number, number];
    }
    const file = join(repository, 'examples/browser/src/worker/map.ts');
    const { SphereMap } = (await import(file)) as { SphereMap: new () => Map };
    const map = new SphereMap();
    const random = randomStream(3, 'codes');
    const codes = Array.from({ length: 12 }, () => {
      const code = Float32Array.from({ length: 40 }, () => random.uniform() - 0.3);
      return code.map((value) => value / Math.hypot(...code));
    });
    map.fit(codes);
    for (const [from, to] of codes.slice(1).map((code, i) => [codes[i]!, code] as const)) {
      const [a, b] = [map.place(from), map.place(to)];
      const across = [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
      ] as const;
      for (const omega of [0.1, 0.5, 0.8]) {
        const place = map.place(slerpPoint(from, to, omega));
        expect(Math.hypot(...place)).toBeCloseTo(1, 6);
        expect(place[0] * across[0] + place[1] * across[1] + place[2] * across[2]).toBeCloseTo(0, 5);
      }
    }
    // The axes are evened out, but not lost: places are neither all alike nor in one plane.
    const spread = [0, 1, 2].map((axis) =>
      Math.max(...codes.map((code) => Math.abs(map.place(code)[axis]!))),
    );
    expect(Math.min(...spread)).toBeGreaterThan(0.3);
  });

  it('cannot speak to anybody else, its worker neither', async () => {
    const { page } = await open(1280, 800);
    const fetched = (url: string) =>
      fetch(url).then(
        () => 'answered',
        () => 'refused',
      );
    const foreign = address.replace('127.0.0.1', 'localhost');
    expect(await page.evaluate(fetched, foreign)).toBe('refused');
    expect(await page.workers()[0]!.evaluate(fetched, foreign)).toBe('refused');
    expect(await page.workers()[0]!.evaluate(fetched, address)).toBe('answered');
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|\*|https?:/);
    await page.context().close();
  }, 60_000);
});
