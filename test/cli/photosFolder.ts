import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../fixtures/photos.mjs', import.meta.url));

/** Draws eight classes of so many images, and three broken files unless told otherwise. */
export function drawPhotos(place: string, perClass: number, ...flags: string[]): void {
  execFileSync(process.execPath, [script, place, '--per-class', String(perClass), ...flags]);
}

/** A new folder with such `photos` in it. */
export async function photosFolder(perClass: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fewshot-'));
  drawPhotos(join(folder, 'photos'), perClass);
  return folder;
}
