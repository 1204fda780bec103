import { BehaviorSubject } from 'rxjs';

/** Things that have a key of the keyboard. */
export const KEYS = 9;
/** Pictures of a thing that this page asks for. */
export const WANTED = 5;
/** Most pictures of a thing. */
export const MOST = 60;

/** A picture of a thing. */
export interface Shot {
  /** JPEG as a data URL. */
  readonly url: string;
  readonly code: Float32Array;
}

export interface Thing {
  /** What the classifier calls it: names may change, and two may be the same. */
  readonly id: number;
  readonly name: string;
  readonly shots: readonly Shot[];
}

/** The things of the page. Each change emits a new list. */
export class Things {
  readonly changes$ = new BehaviorSubject<readonly Thing[]>([]);
  #made = 0;

  constructor() {
    this.startOver();
  }

  get list(): readonly Thing[] {
    return this.changes$.value;
  }

  /** Two things without a picture. */
  startOver(): void {
    this.#made = 0;
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

  addShots(id: number, shots: readonly Shot[]): void {
    this.#change(id, (old) => ({ ...old, shots: [...old.shots, ...shots].slice(0, MOST) }));
  }

  removeShot(id: number, place: number): void {
    this.#change(id, (old) => ({ ...old, shots: old.shots.filter((_, i) => i !== place) }));
  }

  /** Adds pictures to the things of their names; those without pictures make room for new ones. */
  merge(named: readonly Pick<Thing, 'name' | 'shots'>[]): void {
    const names = new Set(named.map(({ name }) => name));
    const kept = this.list.filter(({ name, shots }) => shots.length > 0 || names.has(name));
    const merged = kept.map((old) => {
      const added = named.find(({ name }) => name === old.name)?.shots ?? [];
      return { ...old, shots: [...old.shots, ...added].slice(0, MOST) };
    });
    const added = named.filter(({ name }) => !kept.some((old) => old.name === name));
    this.changes$.next([...merged, ...added.map((one) => ({ ...this.#fresh(), ...one }))]);
  }

  /** Puts other things in the place of all. */
  replace(named: readonly Pick<Thing, 'name' | 'shots'>[]): void {
    this.changes$.next(named.map((one) => ({ ...this.#fresh(), ...one })));
  }

  /** Puts the same things with other codes in the place of all. */
  swap(list: readonly Thing[]): void {
    this.changes$.next(list);
  }

  #change(id: number, change: (old: Thing) => Thing): void {
    this.changes$.next(this.list.map((one) => (one.id === id ? change(one) : one)));
  }

  #fresh(): Thing {
    const id = ++this.#made;
    return { id, name: `Thing ${id}`, shots: [] };
  }
}
