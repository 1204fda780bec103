import { hallucinations, KnnClassifier, loadExtractor, selectBackend } from 'fewshot-atnl/browser';
import type { FeatureExtractor } from 'fewshot-atnl/features';

/** Hallucinated codes of each thing. */
const PER_CLASS = 30;
/** Neighbors that vote, if each thing has that many examples. */
const NEIGHBORS = 9;
/** Share of pictures of known things that may be called unknown: with fewer than 19 pictures, more of them. */
const FALSE_ALARMS = 0.05;
/**
 * Distance that is near in any case. Pictures taken in one second are almost the same, and what they say about the distance of
 * the next one is too little.
 */
const NEAR = 0.8;

/** Pixels of a square picture: red, green, blue and alpha, in bytes. */
export interface Square {
  readonly side: number;
  readonly bytes: Uint8ClampedArray;
}

/** Where the files of the page are. */
export interface Opening {
  readonly backend: 'auto' | 'wasm' | 'webgl' | 'cpu';
  /** Addresses of the files of the wasm backend, by their names. */
  readonly wasmPaths: Readonly<Record<string, string>>;
  /** Address of the extractor. */
  readonly extractor: string;
}

/** What the page says of an extractor. */
export interface ExtractorFacts {
  readonly name: string;
  readonly digest: string;
  readonly backend: string;
}

/** How codes are hallucinated, or that none are. */
export type Path = 'slerp' | 'mean' | 'none';

/** A thing by the codes of its pictures. */
export interface CodedThing {
  readonly label: string | number;
  readonly codes: readonly Float32Array[];
}

/** What is learned of some things. */
export interface Learned {
  readonly pictures: number;
  readonly made: number;
  readonly neighbors: number;
}

export interface Answer {
  readonly label: string | number;
  /** Share of the votes of each thing. */
  readonly votes: Readonly<Record<string, number>>;
  /** The same by the pictures alone, without hallucinated codes. */
  readonly alone: Readonly<Record<string, number>>;
  readonly unknown: boolean;
  /** Distance to the nearest example, and the largest that is known. */
  readonly distance: number;
  readonly limit: number;
}

let extractor: FeatureExtractor | undefined;
let backend = '';
let knn: { readonly all: KnnClassifier; readonly alone: KnnClassifier; readonly limit: number } | undefined;

const opened = (): FeatureExtractor => {
  if (extractor === undefined) throw new Error('the network is not loaded');
  return extractor;
};

/** The extractor in the place of another, whose codes are worth nothing for it. */
function take(next: FeatureExtractor): ExtractorFacts {
  extractor?.dispose();
  extractor = next;
  knn = undefined;
  return { name: next.name, digest: next.digest, backend };
}

function pictureOf({ side, bytes }: Square) {
  const pixels = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = bytes[4 * i + c]! / 255;
  }
  return { pixels, shape: [side, side, 3] as const };
}

const embed = (squares: readonly Square[]): Promise<Float32Array[]> => opened().embed(squares.map(pictureOf));

/** The classifiers of things: with hallucinated codes, and by the pictures alone. */
function classifiersOf(things: readonly CodedThing[], path: Path) {
  const real = things.flatMap(({ label, codes }) => codes.map((code) => ({ code, label })));
  const made =
    path === 'none' ? [] : [...hallucinations(opened(), real, { perClass: PER_CLASS, path, seed: 7 })];
  const taught = (examples: typeof real) => {
    const counts = things.map(({ label }) => examples.filter((example) => example.label === label).length);
    // A thing with fewer examples than neighbors that vote could not get them all.
    const k = Math.max(1, Math.min(NEIGHBORS, ...counts.filter((count) => count > 0)));
    const classifier = new KnnClassifier({ k, unknown: { falseAlarms: FALSE_ALARMS } });
    classifier.addAll(examples);
    return classifier;
  };
  return { all: taught([...real, ...made]), alone: taught(real), pictures: real.length, made: made.length };
}

/** What the page may ask for. */
const methods = {
  async open({ backend: asked, wasmPaths, extractor: address }: Opening): Promise<ExtractorFacts> {
    ({ name: backend } = await selectBackend(asked, { wasmPaths }));
    const facts = take(await loadExtractor(address));
    // The first picture takes longer than all others.
    await embed([{ side: 8, bytes: new Uint8ClampedArray(4 * 8 * 8) }]);
    return facts;
  },

  /** Takes an extractor out of the bytes of its file. */
  async replace(bytes: ArrayBuffer, name: string): Promise<ExtractorFacts> {
    return take(await loadExtractor(bytes, { name }));
  },

  embed,

  learn(things: readonly CodedThing[], path: Path): Learned | undefined {
    knn = undefined;
    if (!things.some(({ codes }) => codes.length > 0)) return undefined;
    const { all, alone, pictures, made } = classifiersOf(things, path);
    const { threshold } = all.calibrate({ falseAlarms: FALSE_ALARMS });
    knn = { all, alone, limit: Math.max(NEAR, threshold) };
    return { pictures, made, neighbors: all.k };
  },

  /** The answer to a picture; undefined where nothing was learned. */
  async ask(square: Square): Promise<Answer | undefined> {
    const [code] = await embed([square]);
    if (knn === undefined || code === undefined) return undefined;
    const { all, alone, limit } = knn;
    const { label, confidences, distance = 0 } = await all.predict(code);
    const { confidences: without } = await alone.predict(code);
    return { label, votes: confidences, alone: without, unknown: distance > limit, distance, limit };
  },

  /** The classifier as JSON, for programs. */
  classifier: (things: readonly CodedThing[], path: Path): unknown =>
    classifiersOf(things, path).all.toJSON(),
};

export type Methods = typeof methods;

/** A call of a method, and what came of it. */
export interface Call<Name extends keyof Methods = keyof Methods> {
  readonly id: number;
  readonly name: Name;
  readonly args: Parameters<Methods[Name]>;
}
export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

addEventListener('message', async ({ data: { id, name, args } }: MessageEvent<Call>) => {
  const method = methods[name] as (...args: readonly unknown[]) => unknown;
  try {
    postMessage({ id, result: await method(...args) } satisfies Reply);
  } catch (error) {
    const { message, hint } = error as Error & { readonly hint?: string };
    postMessage({ id, error: hint === undefined ? message : `${message}. ${hint}` } satisfies Reply);
  }
});
