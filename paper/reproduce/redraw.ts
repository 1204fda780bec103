import { join } from 'node:path';
import { atomicWrite } from '../../src/node/files.js';
import { type ExhibitName, exhibits } from './exhibits.js';

/** Where a drawn file goes, by its ending: `table1.md`, `figure5-mnist-2d.svg`. */
export const placeOf = (out: string, name: ExhibitName, ending: string) =>
  join(out, /^\w+$/.test(ending) ? `${name}.${ending}` : `${name}-${ending}`);

export interface RedrawOptions {
  /** Names of exhibits, drawn in that order. */
  readonly names: readonly ExhibitName[];
  /** Folder of results. */
  readonly out: string;
}

/**
 * Draws tables and figures again from the results that are there. Nothing is trained or measured, and nothing written
 * before all of it is drawn.
 *
 * @returns the files, in the order they were written
 * @throws DataError for a result that is missing, damaged, or of another schema
 */
export async function redraw({ names, out }: RedrawOptions): Promise<string[]> {
  const drawn: { readonly file: string; readonly content: string }[] = [];
  for (const name of names) {
    const files = await exhibits[name].redraw(join(out, `${name}.json`));
    for (const [ending, content] of Object.entries(files)) {
      drawn.push({ file: placeOf(out, name, ending), content });
    }
  }
  for (const { file, content } of drawn) await atomicWrite(file, content);
  return drawn.map(({ file }) => file);
}
