import { BehaviorSubject } from 'rxjs';
import type { Sample } from './samples.js';

/** A class as its owner made it. */
export interface DrawnClass {
  /** What the classifier calls it: names may change, and two may be the same. */
  readonly id: number;
  readonly name: string;
  /** 28×28 values each, in [0, 1]. */
  readonly images: readonly Float32Array[];
}

/** The classes of the page. Each change emits a new list. */
export class Classes {
  readonly changes$ = new BehaviorSubject<readonly DrawnClass[]>([]);
  /** What is undone first, last. */
  readonly #added: { readonly id: number; readonly image: Float32Array }[] = [];
  #made = 0;

  constructor() {
    this.startOver();
  }

  /** Two classes, still empty. */
  startOver(): void {
    this.changes$.next([this.#fresh(), this.#fresh()]);
  }

  add(): void {
    this.changes$.next([...this.changes$.value, this.#fresh()]);
  }

  rename(id: number, name: string): void {
    this.#change(id, (old) => ({ ...old, name }));
  }

  remove(id: number): void {
    this.changes$.next(this.changes$.value.filter((one) => one.id !== id));
  }

  addImages(id: number, images: readonly Float32Array[]): void {
    this.#added.push(...images.map((image) => ({ id, image })));
    this.#change(id, (old) => ({ ...old, images: [...old.images, ...images] }));
  }

  /** True if `undo` has something to take back. */
  get canUndo(): boolean {
    return this.#added.some((added) => this.#isThere(added));
  }

  /** Takes back the drawing that was added last and is still there. */
  undo(): void {
    const last = this.#added.splice(this.#added.findLastIndex((added) => this.#isThere(added)))[0];
    if (last === undefined) return;
    this.#change(last.id, (old) => ({ ...old, images: old.images.filter((image) => image !== last.image) }));
  }

  /** Forgets the drawings of a class, and keeps its name. */
  clear(id: number): void {
    this.#change(id, (old) => ({ ...old, images: [] }));
  }

  removeImage(id: number, place: number): void {
    this.#change(id, (old) => ({ ...old, images: old.images.filter((_, i) => i !== place) }));
  }

  /** Puts samples in the place of classes that have their names or no images; others stay. */
  addSamples(samples: readonly Sample[]): void {
    const names = new Set(samples.map(({ name }) => name));
    const kept = this.changes$.value.filter(({ name, images }) => images.length > 0 && !names.has(name));
    const filled = samples.map((sample) => ({ ...this.#fresh(), ...sample }));
    this.changes$.next([...kept, ...filled]);
  }

  #change(id: number, change: (old: DrawnClass) => DrawnClass): void {
    this.changes$.next(this.changes$.value.map((one) => (one.id === id ? change(one) : one)));
  }

  #isThere({ id, image }: { readonly id: number; readonly image: Float32Array }): boolean {
    return this.changes$.value.some((one) => one.id === id && one.images.includes(image));
  }

  #fresh(): DrawnClass {
    const id = ++this.#made;
    return { id, name: `Class ${id}`, images: [] };
  }
}
