import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  let address: string;
  beforeAll(async () => {
    const project = await installed('browser');
    server = await servePage(project);
    address = server.address;
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
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
  }

  async function open(width: number, height: number, deviceScaleFactor = 1): Promise<Opened> {
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address))
        complaints.push(request.url());
    });
    await page.goto(address);
    await page.waitForSelector('#samples:enabled');
    return { page, complaints };
  }

  /** Draws strokes, given as points in [0, 1]², on the pad. */
  async function draw(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
    const pad = page.locator('#pad');
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
    ['desktop', 1280, 900, 1],
    ['phone', 360, 780, 2],
  ] as const)(
    'shows hallucinations and an answer to a drawing, on a %s',
    async (kind, width, height, scale) => {
      const { page, complaints } = await open(width, height, scale);
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
        const picture = await page.screenshot({ fullPage: true });
        if (update) await writeFile(join(repository, 'docs/images/browser.png'), picture);
      }

      // The drawing becomes the sixth of its class, and everything is learnt anew.
      await page.locator('#add button', { hasText: '3' }).click();
      await expect
        .poll(() => page.locator('.card .count').allTextContents())
        .toEqual(['5 drawings', '6 drawings', '5 drawings', '5 drawings']);
      expect(await page.textContent('#known')).toContain('21 drawings and 96 hallucinations');

      await draw(page, star);
      await expect.poll(() => page.textContent('#verdict')).toMatch(/^I don’t know this/);
      await page.click('#undo');
      await page.locator('.card .clear').first().click();
      await expect
        .poll(() => page.locator('.card .count').allTextContents())
        .toEqual(['0 drawings', '5 drawings', '5 drawings', '5 drawings']);
      expect(await page.getAttribute('#undo', 'aria-disabled')).toBe('true');
      expect(await page.textContent('#known')).toContain('15 drawings and 72 hallucinations');
      await page.click('#restart');
      expect(await page.locator('.strip canvas').count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  it('is drawn in by keys, and says what to do next', async () => {
    const { page, complaints } = await open(1280, 900);
    expect(await page.textContent('#verdict')).toMatch(/^Two classes of two drawings each/);
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
    const samples = join(repository, 'examples/browser/src/samples.png');
    await file.setInputFiles([
      { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') },
      { name: 'digits.png', mimeType: 'image/png', buffer: await readFile(samples) },
    ]);
    await expect.poll(() => page.textContent('#notice p')).toContain('notes.png');
    await expect.poll(() => page.locator('.drawings canvas').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);
});
