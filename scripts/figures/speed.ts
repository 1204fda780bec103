import { markdownTable as benchTable } from '../../bench/markdown.mjs';
import { decimal, markdownTable, readResult } from './table.js';

interface Rows<T> {
  readonly rows: readonly T[];
}

/** Resident memory while a million items go through a slow consumer. */
function memoryTable(file: string, what: string): string {
  const { rows } =
    readResult<
      Rows<{
        readonly theirs: number;
        readonly ours: number;
        readonly ahead: number;
        readonly bound: number;
        readonly tensors: { readonly before: number; readonly after: number };
      }>
    >(file);
  return markdownTable(
    [
      'resident memory, first quarter',
      'last quarter',
      `most ${what} made and not yet read`,
      'stated bound',
      'tensors before, after',
    ],
    rows.map(({ theirs, ours, ahead, bound, tensors }) => [
      `${decimal(theirs, 1)} MB`,
      `${decimal(ours, 1)} MB`,
      `${ahead}`,
      `${bound}`,
      `${tensors.before}, ${tensors.after}`,
    ]),
  );
}

/** Blocks on speed and memory, by name. */
export const speedBlocks: Readonly<Record<string, () => string>> = {
  bench: () => benchTable(readResult('bench')),
  features: () => benchTable(readResult('bench-features')),
  'stream-overhead': () => benchTable(readResult('bench-stream-overhead')),
  'stream-memory': () => memoryTable('bench-stream-memory', 'images'),
  'code-memory': () => memoryTable('bench-code-memory', 'codes'),
  'large-folder': () => {
    const { rows } =
      readResult<
        Rows<{
          readonly name: string;
          readonly theirs: number;
          readonly ours: number;
          readonly images: number;
          readonly seconds: number;
        }>
      >('bench-large-folder');
    const [many, few] = [rows[0]!.images, rows[0]!.images / 10].map((count) => count.toLocaleString('en-US'));
    return markdownTable(
      ['command', `peak of resident memory, ${few} images`, `${many} images`, `time, ${many} images`],
      rows.map(({ name, theirs, ours, seconds }) => [
        `\`${name.split('/')[1]}\``,
        `${decimal(theirs, 0)} MB`,
        `${decimal(ours, 0)} MB`,
        `${decimal(seconds, 0)} s`,
      ]),
    );
  },
};
