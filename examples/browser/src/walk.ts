import { wordsOf } from './answer.js';
import { call, latest } from './engine.js';
import { placeAt } from './globe.js';
import type { Subject } from './kinds.js';
import type { Learnt, Point } from './learning.js';
import { showError } from './notice.js';
import type { Parts } from './parts.js';
import { copy, pictureOf } from './pixels.js';
import type { Way } from './protocol.js';
import { Sphere } from './sphere.js';

/** Time from one end to the other, in milliseconds. */
const PACE = 5000;

/** A walk from one example to another: on the sphere, by the slider, and as what is drawn where it has come to. */
export class Walk {
  readonly sphere: Sphere;
  readonly #parts: Parts;
  readonly #subject: Subject;
  readonly #slider: HTMLInputElement;
  readonly #selects: readonly [HTMLSelectElement, HTMLSelectElement];
  /** Examples that can be walked to. */
  #stops: readonly Point[] = [];
  #points: readonly Point[] = [];
  #ends: readonly [Point, Point] | undefined;
  /** True if somebody has chosen the ends. */
  #chosen = false;
  #way: Way | undefined;
  /** Whether the way is to be turned to the eye once it is known. */
  #turns = false;
  #omega = 0.5;
  #back = false;

  constructor(parts: Parts, subject: Subject) {
    this.#parts = parts;
    this.#subject = subject;
    this.#slider = parts.get<HTMLInputElement>('omega');
    this.#selects = [parts.get<HTMLSelectElement>('from'), parts.get<HTMLSelectElement>('to')];
    this.sphere = new Sphere(parts.get('globe'), parts.get<HTMLCanvasElement>('sphere'), {
      pick: (point) => this.#walkOnTo(point),
      move: (omega) => this.#move(omega),
    });
    this.#slider.addEventListener('input', () => this.#move(this.#slider.valueAsNumber / 100));
    for (const select of this.#selects) {
      select.addEventListener('change', () => {
        const [from, to] = this.#selects.map(({ value }) => this.#stops[Number(value)]);
        if (from && to) this.#choose([from, to], true);
      });
    }
  }

  /** Brings the walk up to date; ends that somebody has chosen stay, if they are still there. */
  show({ points }: Learnt, colors: ReadonlyMap<string, number>): void {
    this.#points = points;
    this.#stops = points.filter(({ title }) => title !== undefined);
    this.#parts.get('sphere-empty').hidden = points.length > 0;
    this.#parts.get('steps').hidden = this.#stops.length < 2;
    this.#parts.get('sphere-help').hidden = this.#stops.length < 2;
    this.#parts.get('way-empty').hidden = this.#stops.length >= 2;
    for (const select of this.#selects) select.replaceChildren(...optionsOf(this.#stops));
    this.sphere.show({ points, colors });
    const [from, to] = (this.#ends ?? []).map(({ code }) => this.#stops.find((point) => point.code === code));
    if (this.#chosen && from && to) this.#choose([from, to], true);
    else this.#choose(firstTwo(this.#stops), false);
  }

  /** Goes on by itself, unless somebody is walking. */
  advance(milliseconds: number): void {
    const { sphere } = this;
    if (!sphere.visible || sphere.busy || this.#ends === undefined) return;
    if (this.#parts.get('steps').matches(':focus-within, :hover')) return;
    const step = (this.#back ? -1 : 1) * (milliseconds / PACE);
    const next = this.#omega + step;
    if (next >= 1 || next <= 0) this.#back = !this.#back;
    this.#move(Math.max(0, Math.min(1, next)));
  }

  #walkOnTo(point: Point): void {
    const [, last] = this.#ends ?? [];
    if (last && point !== last) this.#choose([last, point], true);
  }

  #choose(ends: readonly [Point, Point] | undefined, chosen: boolean): void {
    const isNew = ends?.some(({ code }, i) => code !== this.#ends?.[i]?.code) ?? false;
    this.#ends = ends;
    this.#chosen = chosen;
    this.#turns = isNew || !this.sphere.turned;
    this.#way = undefined;
    for (const [i, select] of this.#selects.entries()) {
      const end = ends?.[i];
      select.value = `${end ? this.#stops.indexOf(end) : -1}`;
      copy(this.#parts.get<HTMLCanvasElement>(i === 0 ? 'walk-from' : 'walk-to'), end?.picture);
    }
    this.sphere.show({ ends: ends ?? [], ...(ends ? {} : { line: [], made: undefined }) });
    void this.#look();
  }

  #move(omega: number): void {
    this.#omega = omega;
    this.#slider.value = `${Math.round(100 * omega)}`;
    this.sphere.show({ omega });
    void this.#look();
  }

  /** Asks what lies where we are, and shows it. */
  readonly #look = latest(async () => {
    const [ends, omega] = [this.#ends, this.#omega];
    if (ends === undefined) return;
    const { kind, noun } = this.#subject;
    const [from, to] = ends.map(({ code }) => code) as [Float32Array, Float32Array];
    try {
      const way = this.#way ?? (await call('walk', kind, from, to));
      const { pixels, nearest, answer } = await call('between', kind, from, to, omega);
      if (ends !== this.#ends) return;
      this.#way = way;
      if (this.#turns) this.sphere.face(placeAt(way.line, 0.5));
      this.#turns = false;
      const near = this.#points[nearest];
      const made = pixels ? pictureOf({ pixels }) : near?.picture;
      copy(this.#parts.get<HTMLCanvasElement>('walk-made'), made);
      this.sphere.show({ line: way.line, made });
      const degrees = Math.round((180 * way.angle) / Math.PI);
      const where = `${Math.round(100 * omega)} % of the way, ${degrees}° apart`;
      this.#parts.get('walk-where').textContent = where;
      const words = answer && wordsOf(answer);
      const says = !words
        ? ''
        : answer.unknown
          ? 'The classifier does not know it.'
          : `The classifier says ${words.title}, ${words.rest}.`;
      const seen = pixels ? '' : `The nearest ${noun} is ${near?.title ?? 'not there'}. `;
      this.#parts.get('walk-says').textContent = seen + says;
      this.#slider.ariaValueText = `${Math.round(100 * omega)} %${words ? `, ${words.title}` : ''}`;
    } catch (error) {
      showError(error);
    }
  });
}

/** Options for all examples, in groups by class. */
function optionsOf(stops: readonly Point[]): HTMLOptGroupElement[] {
  const groups = new Map<string, HTMLOptGroupElement>();
  for (const [i, { label, title }] of stops.entries()) {
    const group = groups.get(label) ?? document.createElement('optgroup');
    group.label = label;
    group.append(new Option(title, `${i}`));
    groups.set(label, group);
  }
  return [...groups.values()];
}

/** The first examples of the first two classes, or else the first two of all. */
function firstTwo(stops: readonly Point[]): readonly [Point, Point] | undefined {
  const [first, second] = stops;
  if (first === undefined || second === undefined) return undefined;
  return [first, stops.find(({ label }) => label !== first.label) ?? second];
}
