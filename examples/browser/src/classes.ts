import { BehaviorSubject } from 'rxjs';
import type { Seen } from './protocol.js';

/** An example as it was added: a drawing as the encoder sees it, or a photo. */
export interface Example extends Seen {
  /** The picture to show: painted for drawings, a JPEG for photos. */
  readonly picture: HTMLCanvasElement;
}

/** A class by name with a few examples. */
export interface Sample {
  readonly name: string;
  readonly examples: readonly Example[];
}

/** A class as its owner made it. */
export interface OwnClass extends Sample {
  /** Names may change, and two may be the same. */
  readonly id: number;
}

/** The classes of a tab. Each change emits a new list. */
export class Classes {
  readonly changes$ = new BehaviorSubject<readonly OwnClass[]>([]);
  /** What is undone first, last. */
  readonly #added: { readonly id: number; readonly example: Example }[] = [];
  #made = 0;

  constructor() {
    this.startOver();
  }

  get list(): readonly OwnClass[] {
    return this.changes$.value;
  }

  /** Two classes, still empty. */
  startOver(): void {
    this.changes$.next([this.#fresh(), this.#fresh()]);
  }

  add(): void {
    this.changes$.next([...this.list, this.#fresh()]);
  }

  rename(id: number, name: string): void {
    this.#change(id, (old) => ({ ...old, name }));
  }

  remove(id: number): void {
    this.changes$.next(this.list.filter((one) => one.id !== id));
  }

  addExamples(id: number, examples: readonly Example[]): void {
    this.#added.push(...examples.map((example) => ({ id, example })));
    this.#change(id, (old) => ({ ...old, examples: [...old.examples, ...examples] }));
  }

  /** True if `undo` has something to take back. */
  get canUndo(): boolean {
    return this.#added.some((added) => this.#isThere(added));
  }

  /** Takes back the example that was added last and is still there. */
  undo(): void {
    const last = this.#added.splice(this.#added.findLastIndex((added) => this.#isThere(added)))[0];
    if (last === undefined) return;
    this.#change(last.id, (old) => ({
      ...old,
      examples: old.examples.filter((example) => example !== last.example),
    }));
  }

  /** Forgets the examples of a class, and keeps its name. */
  clear(id: number): void {
    this.#change(id, (old) => ({ ...old, examples: [] }));
  }

  removeExample(id: number, place: number): void {
    this.#change(id, (old) => ({ ...old, examples: old.examples.filter((_, i) => i !== place) }));
  }

  /** Puts samples in the place of classes that have their names or no examples; others stay. */
  addSamples(samples: readonly Sample[]): void {
    const names = new Set(samples.map(({ name }) => name));
    const kept = this.list.filter(({ name, examples }) => examples.length > 0 && !names.has(name));
    const filled = samples.map((sample) => ({ ...this.#fresh(), ...sample }));
    this.changes$.next([...kept, ...filled]);
  }

  #change(id: number, change: (old: OwnClass) => OwnClass): void {
    this.changes$.next(this.list.map((one) => (one.id === id ? change(one) : one)));
  }

  #isThere({ id, example }: { readonly id: number; readonly example: Example }): boolean {
    return this.list.some((one) => one.id === id && one.examples.includes(example));
  }

  #fresh(): OwnClass {
    const id = ++this.#made;
    return { id, name: `Class ${id}`, examples: [] };
  }
}

/** What the classifier calls a class: two of one name are one class to it. */
export const labelOf = ({ name }: Pick<OwnClass, 'name'>): string => name || 'unnamed';
