import { FewshotError, selectBackend } from 'fewshot-atnl/browser';
import { encodePng } from 'fewshot-atnl/data';
import { zipSync } from 'fflate';
import type {
  Adopted,
  Asked,
  Between,
  Coded,
  Entry,
  Facts,
  Kind,
  Learned,
  Made,
  Opening,
  Picture,
  Seen,
  Way,
} from '../protocol.js';
import { Desk } from './desk.js';
import { openSpace } from './space.js';

const desks = new Map<Kind, Desk>();

function deskOf(kind: Kind): Desk {
  const desk = desks.get(kind);
  if (desk === undefined) throw new Error('the encoder is not loaded');
  return desk;
}

/** What the page may ask for. */
const methods = {
  /** Opens the encoder of a tab. */
  async open(kind: Kind, { wasmPaths, encoder }: Opening): Promise<Facts> {
    const { name: backend } = await selectBackend('auto', { wasmPaths });
    const space = await openSpace(kind, encoder);
    desks.set(kind, new Desk(space));
    return { name: space.name, backend };
  },

  see: (kind: Kind, picture: Picture, polarity?: 'light'): Promise<Seen | undefined> =>
    deskOf(kind).space.see(picture, polarity),

  encode: (kind: Kind, images: readonly Float32Array[]): Float32Array[] => deskOf(kind).space.encode(images),

  make: (kind: Kind, label: number, examples: readonly Seen[]): Made[] =>
    deskOf(kind).space.make(label, examples),

  learn: (kind: Kind, taught: readonly Coded[], shown: readonly Float32Array[]): Learned =>
    deskOf(kind).learn(taught, shown),

  ask: (kind: Kind, picture: Picture, polarity?: 'light'): Promise<Asked | undefined> =>
    deskOf(kind).ask(picture, polarity),

  walk: (kind: Kind, from: Float32Array, to: Float32Array): Way => deskOf(kind).walk(from, to),

  between: (kind: Kind, from: Float32Array, to: Float32Array, omega: number): Promise<Between> =>
    deskOf(kind).between(from, to, omega),

  save: (kind: Kind): unknown => deskOf(kind).save(),

  adopt: (kind: Kind, json?: unknown): Adopted | undefined => deskOf(kind).adopt(json),

  /** A zip archive. Pixels become PNGs, which nothing makes smaller. */
  zip(entries: readonly Entry[]): Uint8Array {
    const files = entries.map(({ path, content }) => {
      if (content instanceof Uint8Array) return [path, content] as const;
      const side = Math.sqrt(content.length);
      return [path, encodePng(content, [side, side, 1])] as const;
    });
    return zipSync(Object.fromEntries(files), { level: 0 });
  },
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
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof FewshotError ? error.hint : undefined;
    postMessage({ id, error: hint === undefined ? message : `${message}. ${hint}` } satisfies Reply);
  }
});
