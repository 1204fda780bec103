import { type Example, labelOf, type OwnClass } from './classes.js';
import { call } from './engine.js';
import type { Subject } from './kinds.js';
import { pictureOf } from './pixels.js';
import type { Adopted, Coded, Learned, Made, Place } from './protocol.js';

/** A point of the sphere. */
export interface Point {
  readonly label: string;
  readonly place: Place;
  readonly code: Float32Array;
  /** Its picture; made points have none. */
  readonly picture?: HTMLCanvasElement;
  /** What it is called, if it can be walked to. */
  readonly title?: string;
}

/** What was made and learned of the examples of a tab. */
export interface Learnt {
  readonly points: readonly Point[];
  /** What the classifier knows, by class; undefined while fewer than two classes have examples enough. */
  readonly counts: Learned['counts'];
  readonly real: number;
  readonly made: number;
  /** Examples of an opened classifier. */
  readonly adopted: number;
}

export const nothingLearnt: Learnt = { points: [], counts: undefined, real: 0, made: 0, adopted: 0 };

const none: readonly Made[] = [];

/** Lets the worker make something of every class that has examples enough, and learn all of it. */
export class Learning {
  // What is made of a class depends on its own examples alone, so other classes may change meanwhile.
  readonly #made = new WeakMap<OwnClass['examples'], readonly Made[]>();
  #adopted:
    | { readonly found: Adopted; readonly pictures: readonly (HTMLCanvasElement | undefined)[] }
    | undefined;

  constructor(readonly subject: Subject) {}

  /** What was made of a class; undefined while it is being made. */
  madeOf({ examples }: OwnClass): readonly Made[] | undefined {
    return examples.length < this.subject.needed ? none : this.#made.get(examples);
  }

  /** Takes a classifier out of a file to build on, or none. */
  async adopt(json?: unknown): Promise<Adopted | undefined> {
    const found = await call('adopt', this.subject.kind, json);
    this.#adopted = found && {
      found,
      pictures: found.examples.map((one) => one.pixels && pictureOf(one)),
    };
    return found;
  }

  /** Classes of an opened classifier. */
  get adoptedLabels(): readonly string[] {
    return Object.keys(this.#adopted?.found.counts ?? {});
  }

  async learn(classes: readonly OwnClass[]): Promise<Learnt> {
    const { kind, needed, noun } = this.subject;
    const ready = classes.filter(({ examples }) => examples.length >= needed);
    const waiting = classes.filter(({ examples }) => examples.length < needed);
    for (const { id, examples } of ready) {
      if (this.#made.has(examples)) continue;
      const plain = examples.map(({ pixels, code }) => ({ code, ...(pixels && { pixels }) }));
      this.#made.set(examples, await call('make', kind, id, plain));
    }
    const titled = (one: OwnClass) =>
      one.examples.map((example, i) => ({
        ...example,
        label: labelOf(one),
        title: `${labelOf(one)}, ${noun} ${i + 1}`,
      }));
    const real: readonly (Example & { readonly label: string; readonly title: string })[] =
      ready.flatMap(titled);
    const made = ready.flatMap((one) =>
      (this.madeOf(one) ?? none).map((each) => ({ ...each, label: labelOf(one) })),
    );
    const { found, pictures = [] } = this.#adopted ?? {};
    const shown = [
      ...waiting.flatMap(titled),
      ...(found?.examples ?? []).map(({ label, code }, i) => ({
        label,
        code,
        ...(pictures[i] && { picture: pictures[i] }),
        title: `${label}, opened ${i + 1}`,
      })),
    ];
    const taught: readonly Coded[] = [
      ...real.map(({ label, code }) => ({ label, code })),
      ...made.map(({ label, code, provenance }) => ({ label, code, provenance })),
    ];
    const { places, counts } = await call(
      'learn',
      kind,
      taught,
      shown.map(({ code }) => code),
    );
    const points = [...real, ...made.map(({ label, code }) => ({ label, code })), ...shown].map(
      (point, i) => ({
        ...point,
        place: places[i]!,
      }),
    );
    const adopted = Object.values(found?.counts ?? {}).reduce((sum, count) => sum + count, 0);
    return { points, counts, real: real.length, made: made.length, adopted };
  }
}
