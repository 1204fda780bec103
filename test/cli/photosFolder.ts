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

/** A small evaluation of such photos in `place`, for which each episode trains an encoder of its own. */
export const photosEvaluation = (place: string): string[] => [
  ...['eval', '--backend', 'wasm', '--data', place, '--protocol', 'shots-only', '--encoder-steps', '2'],
  ...['--size', '8', '--shots', '1', '--queries', '1', '--episodes', '2', '--arms', 'none'],
  ...['--classifiers', 'knn'],
];
