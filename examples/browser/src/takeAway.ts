import { type Classes, labelOf } from './classes.js';
import { call } from './engine.js';
import { counted, type Subject } from './kinds.js';
import type { Learning } from './learning.js';
import { Remark } from './notice.js';
import type { Entry } from './protocol.js';

/** Largest file that is opened, in bytes. */
const LARGEST = 2 ** 28;

/** A zip archive of all images of a tab, a folder a class, and how many it holds. */
export async function imagesOf(classes: Classes, learning: Learning): Promise<{ zip: Blob; count: number }> {
  const entries: Entry[] = [];
  const origins: object[] = [];
  const used = new Map<string, number>();
  const fileOf = (label: string, what: string, ending: string) => {
    const path = `${folderOf(label)}/${what}`;
    // Some systems take A and a for the same.
    const key = path.toLowerCase();
    const number = (used.get(key) ?? 0) + 1;
    used.set(key, number);
    return `${path}-${String(number).padStart(2, '0')}.${ending}`;
  };
  for (const one of classes.list) {
    const label = labelOf(one);
    const own: string[] = [];
    for (const { pixels, picture } of one.examples) {
      const file = fileOf(label, learning.subject.noun, pixels ? 'png' : 'jpg');
      own.push(file);
      entries.push({ path: file, content: pixels ?? (await jpegOf(picture)) });
    }
    for (const { pixels, provenance } of learning.madeOf(one) ?? []) {
      if (pixels === undefined) continue;
      const file = fileOf(label, 'made', 'png');
      entries.push({ path: file, content: pixels });
      origins.push({ file, of: provenance.parents.map((parent) => own[parent]), provenance });
    }
  }
  if (entries.length === 0) throw new Remark('There is no image yet: add examples first.');
  const count = entries.length;
  if (origins.length > 0) {
    entries.push({ path: 'made.json', content: new TextEncoder().encode(JSON.stringify(origins, null, 1)) });
  }
  const bytes = await call('zip', entries);
  return { zip: new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' }), count };
}

/** The classifier of a tab as JSON: what `JSON.stringify` makes of a `KnnClassifier`. */
export async function classifierOf({ kind, teach }: Subject): Promise<Blob> {
  const json = await call('save', kind);
  if (json === undefined) throw new Remark(`There is no classifier yet. ${teach}`);
  return new Blob([JSON.stringify(json)], { type: 'application/json' });
}

/** Lets a tab build on the classifier in a file. Throws a remark that says what is wrong with it. */
export async function openClassifier(file: File, learning: Learning): Promise<string> {
  if (file.size > LARGEST) throw new Remark(`${file.name} is too large for a classifier.`);
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    throw new Remark(`${file.name} is no JSON. Choose a classifier that this page has saved.`);
  }
  try {
    const counts = Object.values((await learning.adopt(json))?.counts ?? {});
    const examples = counts.reduce((sum, count) => sum + count, 0);
    const classes = counts.length;
    return `${file.name} is open: ${counted(examples, 'example')} of ${classes} class${classes === 1 ? '' : 'es'}. Yours are added to them.`;
  } catch (error) {
    throw new Remark(`${file.name} cannot be opened: ${(error as Error).message}`);
  }
}

/** Lets the browser store something as a file. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A label as the name of a folder, on any system. */
export function folderOf(label: string): string {
  const plain = label
    .normalize('NFC')
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return /^(|con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? `_${plain}` : plain;
}

async function jpegOf(picture: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/jpeg', 0.9));
  if (blob === null) throw new Error('this browser writes no JPEG');
  return new Uint8Array(await blob.arrayBuffer());
}
