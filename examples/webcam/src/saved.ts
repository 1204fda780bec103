import { Remark } from './notice.js';
import { MOST, type Shot, type Thing } from './things.js';

const SCHEMA = 'fewshot.things/1';

/** A saved classifier: pictures and codes for this page, and the k-NN for programs. */
export interface Saved {
  readonly extractor: { readonly name: string; readonly sha256: string };
  readonly things: readonly Pick<Thing, 'name' | 'shots'>[];
}

/** The file of a classifier. `classifier` is the JSON of a `KnnClassifier` on codes. */
export function writeSaved({ extractor, things }: Saved, classifier: unknown): string {
  const stored = things.map(({ name, shots }) => ({
    name,
    shots: shots.map(({ url, code }) => ({ picture: url, code: toBase64(code) })),
  }));
  return JSON.stringify({ schema: SCHEMA, extractor, things: stored, classifier });
}

/** Reads the file of a classifier. Throws a remark that says what is wrong with it. */
export function readSaved(text: string, file: string): Saved {
  const refuse = (what: string) => new Remark(`${file} ${what}. Choose a file that this page has saved.`);
  const json = parsed(text);
  if (field(json, 'schema') !== SCHEMA) throw refuse('is no saved classifier of this page');
  const extractor = field(json, 'extractor');
  const [name, sha256] = [field(extractor, 'name'), field(extractor, 'sha256')];
  const things = field(json, 'things');
  if (typeof name !== 'string' || typeof sha256 !== 'string' || !Array.isArray(things))
    throw refuse('is damaged');
  const shotOf = (shot: unknown): Shot => {
    const [url, code] = [field(shot, 'picture'), field(shot, 'code')];
    if (typeof url !== 'string' || !/^data:image\/jpeg;base64,[\w+/=]+$/.test(url))
      throw refuse('is damaged');
    return { url, code: fromBase64(code) ?? raise(refuse('is damaged')) };
  };
  return {
    extractor: { name, sha256 },
    things: things.map((thing) => {
      const [own, shots] = [field(thing, 'name'), field(thing, 'shots')];
      if (typeof own !== 'string' || !Array.isArray(shots)) throw refuse('is damaged');
      return { name: own, shots: shots.slice(0, MOST).map(shotOf) };
    }),
  };
}

const raise = (error: Error): never => {
  throw error;
};

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toBase64(code: Float32Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(code.buffer, code.byteOffset, code.byteLength)));
}

/** Finite numbers out of their bytes; undefined for anything else. */
function fromBase64(text: unknown): Float32Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(String(text)), (letter) => letter.charCodeAt(0));
    const code = new Float32Array(bytes.buffer);
    return code.length > 0 && code.every(Number.isFinite) ? code : undefined;
  } catch {
    return undefined;
  }
}
