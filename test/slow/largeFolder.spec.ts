import { expect, it } from 'vitest';
import { peakOf } from '../../bench/cases/large-folder.mjs';

/** `FEWSHOT_FOLDER_IMAGES=200000` has as many as `npm run bench -- large-folder` does. */
const images = Number(process.env.FEWSHOT_FOLDER_IMAGES ?? 50_000);

/** Bytes of an unpacked image of the folder. */
const UNPACKED = 24 * 24 * Float32Array.BYTES_PER_ELEMENT;

it.each(['inspect', 'augment'] as const)('%s holds no images of a folder in memory', async (command) => {
  const [few, many] = [images / 10, images];
  const small = await peakOf(command, few);
  const large = await peakOf(command, many);
  // Paths and numbers of files may be held, and garbage comes and goes: together far less than the images.
  expect((large.peak - small.peak) * 2 ** 20).toBeLessThan((many - few) * UNPACKED);
});
