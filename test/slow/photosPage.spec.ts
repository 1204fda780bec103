import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photosPage } from '../../src/cli/report/page/photosPage.js';
import { photosParts } from '../cli/report/page/photosParts.js';

let folder: string;
let browser: Browser;
const faults: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await writeFile(join(folder, 'report.html'), photosPage(photosParts));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

async function opened(width: number, javaScriptEnabled = true): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 844 }, javaScriptEnabled });
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => /^(file|data):/.test(request.url()) || faults.push(request.url()));
  await page.goto(pathToFileURL(join(folder, 'report.html')).href);
  return page;
}

/** Headings of the pairs of classes whose pictures are seen. */
const shown = async (page: Page) => {
  const headings = await page.locator('.pairs h3').all();
  const seen = await Promise.all(
    headings.map(async (one) => ((await one.isVisible()) ? one.innerText() : '')),
  );
  return seen.filter((text) => text !== '');
};

describe('a page about photos, in a browser', () => {
  it('shows the pictures of one cell at a time, by mouse and by keyboard', async () => {
    const page = await opened(1280);
    expect(await shown(page)).toEqual(['saw taken for <nut>']);
    const cells = page.locator('a[data-pair]');
    await cells.nth(1).click();
    expect(await shown(page)).toEqual(['<nut> taken for gear']);
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe('<nut> taken for gear');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement!.getAttribute('aria-current'))).toBe('true');
    await page.keyboard.press('ArrowLeft');
    expect(await shown(page)).toEqual(['gear taken for <nut>']);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement!.textContent)).toBe('gear taken for <nut>');
    const drawn = page.locator('.pairs section:not([hidden]) img');
    expect(
      await drawn.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalHeight)),
    ).toEqual([6]);
    expect(faults).toEqual([]);
  });

  const unfold = (page: Page) =>
    page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });

  it('is as wide as a phone', async () => {
    const page = await opened(390);
    await unfold(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(faults).toEqual([]);
  });

  it('lists all pictures without a script, and leads to them', async () => {
    const page = await opened(1280, false);
    expect(await shown(page)).toHaveLength(3);
    await page.locator('a[data-pair]').nth(0).click();
    expect(page.url()).toMatch(/#pair-0-1$/);
  });

  it('prints what is folded', async () => {
    const page = await opened(760);
    const table = page.locator('#accuracy table');
    const height = async () => (await table.boundingBox())?.height ?? 0;
    expect(await table.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await height()).toBeGreaterThan(50);
  });
});
