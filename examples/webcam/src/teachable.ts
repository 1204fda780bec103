import { unzipSync, zipSync } from 'fflate';
import { Remark } from './notice.js';

/** Most bytes of an archive when unpacked. */
const MOST_BYTES = 2 ** 29;

/** What a file of Teachable Machine holds: pictures of classes, or a trained model. */
export type Teachable =
  | { readonly kind: 'project'; readonly classes: ReadonlyMap<string, readonly Blob[]> }
  | { readonly kind: 'model'; readonly bytes: ArrayBuffer };

/** True for the first bytes of a zip archive, which projects (`.tm`) and downloaded models both are. */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * Reads a file of Teachable Machine. A project holds `NAME-!-0.jpg`, `NAME-!-1.jpg`, … for each class and a `manifest.json`
 * with its type; a model for TensorFlow.js holds `model.json`, `metadata.json` and `weights.bin`.
 */
export function readTeachable(bytes: Uint8Array<ArrayBuffer>, name: string): Teachable {
  const files = unpacked(bytes, name);
  if ('model.json' in files) return { kind: 'model', bytes: bytes.buffer };
  const { 'manifest.json': manifest, ...pictures } = files;
  if (manifest === undefined) {
    throw new Remark(
      `${name} is no file of Teachable Machine that is known: save the project (.tm), or download the model as Tensorflow.js.`,
    );
  }
  const type = typeOf(manifest);
  if (type !== 'image') {
    throw new Remark(
      `${name} is a Teachable Machine project of the kind ${type}; only those of images can be read.`,
    );
  }
  const classes = new Map<string, Blob[]>();
  for (const [file, content] of Object.entries(pictures)) {
    const [, label] = /^(.+)-!-\d+\.(?:jpe?g|png|webp)$/i.exec(file) ?? [];
    if (label === undefined) continue;
    classes.set(label, [...(classes.get(label) ?? []), new Blob([content])]);
  }
  if (classes.size === 0) throw new Remark(`${name} is a project without pictures.`);
  return { kind: 'project', classes };
}

/** The three files of a model as one archive. */
export async function zipped(files: readonly File[]): Promise<ArrayBuffer> {
  const parts = files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
  return zipSync(Object.fromEntries(await Promise.all(parts)), { level: 0 }).buffer;
}

function unpacked(bytes: Uint8Array, name: string): Record<string, Uint8Array<ArrayBuffer>> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > MOST_BYTES) throw new Error('it is too large');
        return true;
      },
    }) as Record<string, Uint8Array<ArrayBuffer>>;
  } catch (error) {
    throw new Remark(`${name} cannot be unpacked: ${(error as Error).message}. Download it again.`);
  }
}

function typeOf(manifest: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(manifest))?.type;
  } catch {
    return undefined;
  }
}
