import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Whether the real files are on this machine. Tests that need them run where they are. */
export const fashionIsHere =
  process.env.FEWSHOT_FASHION_MNIST !== undefined || existsSync('/usr/share/datasets/fashion-mnist');

function idx(dimensions: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 | dimensions.length);
  for (const [axis, length] of dimensions.entries()) view.setUint32(4 + 4 * axis, length);
  bytes.set(values, 4 + 4 * dimensions.length);
  return bytes;
}

/**
 * Writes four files of the published sizes that are not the published ones: image `i` is black but for its first pixel,
 * `i mod 256`, and has the label `i mod 10`. The train files are packed, the test files are not.
 */
export async function madeUpFiles(folder: string): Promise<void> {
  for (const [stem, count] of [
    ['train', 60_000],
    ['t10k', 10_000],
  ] as const) {
    const pixels = new Uint8Array(count * 784);
    for (let i = 0; i < count; i++) pixels[784 * i] = i;
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    for (const [name, bytes] of [
      [`${stem}-images-idx3-ubyte`, idx([count, 28, 28], pixels)],
      [`${stem}-labels-idx1-ubyte`, idx([count], labels)],
    ] as const) {
      if (stem === 'train') await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 1 }));
      else await writeFile(join(folder, name), bytes);
    }
  }
}
