import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scatterPage } from '../../src/cli/report/plots/scatterPage.js';

const page3d = scatterPage({
  title: 'Two maps',
  classes: ['near', '<far>'],
  colors: 'categorical',
  legendTitle: 'place',
  panels: [
    {
      title: 'Cube',
      note: 'eight corners',
      points: [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z]))),
      labels: [0, 0, 0, 0, 1, 1, 1, 1],
    },
    {
      title: 'Flat',
      points: [
        [0, 0],
        [1, 2],
      ],
      labels: [0, 1],
    },
  ],
});

let folder: string;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await writeFile(join(folder, 'map.html'), page3d);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await page?.close();
  faults = [];
  page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => request.url().startsWith('file:') || faults.push(request.url()));
  await page.goto(pathToFileURL(join(folder, 'map.html')).href);
});

const drawn = () => page.evaluate(() => document.querySelector('canvas')!.toDataURL());

describe('the page of a map', { timeout: 60_000 }, () => {
  it('turns by dragging and by keys, and goes back to the start', async () => {
    const start = await drawn();
    const box = (await page.locator('canvas').boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 180, box.y + 120);
    await page.mouse.up();
    const turned = await drawn();
    expect(turned).not.toBe(start);
    await page.mouse.move(box.x + 20, box.y + 20);
    expect(await drawn()).toBe(turned);
    await page.getByRole('button', { name: 'Start position' }).click();
    expect(await drawn()).toBe(start);
    for (const key of ['ArrowLeft', 'ArrowUp', '+']) {
      const before = await drawn();
      await page.locator('canvas').press(key);
      expect(await drawn(), key).not.toBe(before);
    }
    expect(faults).toEqual([]);
  });

  it('zooms by the wheel', async () => {
    const start = await drawn();
    await page.locator('canvas').hover();
    await page.mouse.wheel(0, -200);
    await expect.poll(drawn).not.toBe(start);
  });

  it('hides a class and shows it again', async () => {
    const start = await drawn();
    const entry = page.getByRole('button', { name: '<far>' });
    await entry.click();
    expect(await drawn()).not.toBe(start);
    expect(await entry.getAttribute('aria-pressed')).toBe('false');
    await entry.click();
    expect(await drawn()).toBe(start);
    await entry.click();
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await entry.getAttribute('aria-pressed')).toBe('true');
    expect(await drawn()).toBe(start);
  });

  it('can be used by keys alone, and leaves the keys of the browser to it', async () => {
    const start = await drawn();
    const reached: string[] = [];
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(() => document.activeElement!.textContent || document.activeElement!.tagName),
      );
    }
    expect(reached.slice(0, 7)).toEqual([
      'Cube',
      'Flat',
      'CANVAS',
      'near',
      '<far>',
      'Show all',
      'Start position',
    ]);
    await page.locator('canvas').focus();
    await page.keyboard.press('Control+ArrowLeft');
    expect(await drawn()).toBe(start);
    await page.keyboard.press('ArrowDown');
    expect(await drawn()).not.toBe(start);
    await page.keyboard.press('Home');
    expect(await drawn()).toBe(start);
  });

  it('changes from one map to another, and says what it shows', async () => {
    expect(await page.locator('#note').textContent()).toBe('Cube · eight corners');
    await page.getByRole('button', { name: 'Flat' }).click();
    expect(await page.locator('#note').textContent()).toBe('Flat');
    const flat = await drawn();
    await page.locator('canvas').press('ArrowLeft');
    expect(await drawn()).toBe(flat);
    expect(faults).toEqual([]);
  });

  it('fits a phone', async () => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it('fits a desktop without scrolling, with the legend beside the map', async () => {
    await page.setViewportSize({ width: 1280, height: 720 });
    const scrolled = await page.evaluate(() => document.documentElement.scrollHeight);
    expect(scrolled).toBeLessThanOrEqual(720);
    const [map, entry] = [page.locator('canvas'), page.getByRole('button', { name: 'near' })];
    const [left, right] = [(await map.boundingBox())!, (await entry.boundingBox())!];
    expect(right.x).toBeGreaterThan(left.x + left.width);
  });
});
