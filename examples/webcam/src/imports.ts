import { Remark } from './notice.js';
import { bitmapOf, imageOf, type Source, snapshotOf, squareOf } from './picture.js';
import { call } from './recognizer.js';
import { MOST, type Shot, type Thing } from './things.js';

type Named = Pick<Thing, 'name' | 'shots'>;

/** A picture with its code. */
export async function shotOf(source: Source): Promise<Shot> {
  const { square, url } = snapshotOf(source);
  const [code] = await call('embed', [square]);
  if (code === undefined) throw new Remark('The network gives no code for this picture.');
  return { url, code };
}

/** Pictures of files, and a sentence for each file that is none. */
export async function shotsOf(
  files: Iterable<readonly [name: string, content: Blob]>,
): Promise<{ readonly shots: readonly Shot[]; readonly refused: readonly string[] }> {
  const shots: Shot[] = [];
  const refused: string[] = [];
  for (const [name, content] of files) {
    try {
      const bitmap = await bitmapOf(content, name);
      shots.push(await shotOf(bitmap));
      bitmap.close();
    } catch (error) {
      refused.push(error instanceof Remark ? error.message : `${name} cannot be read.`);
    }
  }
  return { shots, refused };
}

/** Pictures of classes as things. */
export async function thingsOf(
  classes: ReadonlyMap<string, readonly Blob[]>,
): Promise<{ readonly things: readonly Named[]; readonly refused: readonly string[] }> {
  const things: Named[] = [];
  const refused: string[] = [];
  for (const [name, pictures] of classes) {
    const read = await shotsOf(
      pictures.slice(0, MOST).map((picture, i) => [`picture ${i + 1} of ${name}`, picture]),
    );
    things.push({ name, shots: read.shots });
    refused.push(...read.refused);
  }
  return { things, refused };
}

/** The same things with new codes of their pictures, as another network gives other ones. */
export async function embeddedAnew<T extends Named>(things: readonly T[]): Promise<T[]> {
  const anew: T[] = [];
  for (const thing of things) {
    const shots: Shot[] = [];
    for (const { url } of thing.shots) {
      const [code] = await call('embed', [squareOf(await imageOf(url))]);
      if (code !== undefined) shots.push({ url, code });
    }
    anew.push({ ...thing, shots });
  }
  return anew;
}
