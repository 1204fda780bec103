import type { Example } from './classes.js';
import { button, find, item } from './dom.js';
import { copy, paint, pictureOf, thumbnail } from './pixels.js';
import type { Made } from './protocol.js';

/** Shows the hallucinations of one class one after the other, each between its two parents, or beside its one. */
export class Stage {
  readonly #root: HTMLElement;
  #drawings: readonly Example[] = [];
  #made: readonly Made[] = [];
  #shown = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    find('.strip', root).addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[(event as KeyboardEvent).key];
      if (step === undefined) return;
      event.preventDefault();
      this.#present((this.#shown + step + this.#made.length) % this.#made.length);
      find('.strip [aria-current=true]', root).focus();
    });
  }

  /** Begins anew with other hallucinations; without any it is hidden. */
  show(drawings: readonly Example[], made: readonly Made[]): void {
    this.#drawings = drawings;
    this.#made = made;
    this.#root.hidden = made.length === 0;
    find('.strip', this.#root).replaceChildren(
      ...made.map((one, i) => {
        const choice = item(
          button(thumbnail(pictureOf(one)), () => this.#present(i), `Hallucination ${i + 1}`),
        );
        choice.style.setProperty('--order', `${i}`);
        return choice;
      }),
    );
    this.#present(0);
  }

  /** Goes on to the next one, unless somebody is looking for one. */
  advance(): void {
    if (find('.strip', this.#root).matches(':focus-within, :hover')) return;
    this.#present((this.#shown + 1) % this.#made.length);
  }

  #present(place: number): void {
    const { pixels, provenance } = this.#made[place] ?? {};
    if (pixels === undefined || provenance === undefined) return;
    this.#shown = place;
    const { parents, omega = 0, angle = 0 } = provenance;
    const [from, to] = parents as [number, number?];
    this.#root.classList.toggle('single', to === undefined);
    this.#parent('.from', from);
    paint(find<HTMLCanvasElement>('.made', this.#root), pixels);
    if (to !== undefined) this.#parent('.to', to);
    find('.place', this.#root).style.left = `${100 * omega}%`;
    find('.where', this.#root).textContent =
      to === undefined
        ? 'the same in another hand'
        : `${Math.round(100 * omega)} % of the way between two that are ${Math.round((180 * angle) / Math.PI)}° apart`;
    // One stop for the Tab key in the whole strip: the one that is shown.
    for (const [i, choice] of this.#root.querySelectorAll<HTMLElement>('.strip button').entries()) {
      choice.ariaCurrent = `${i === place}`;
      choice.tabIndex = i === place ? 0 : -1;
    }
  }

  #parent(selector: string, place: number): void {
    const canvas = find<HTMLCanvasElement>(selector, this.#root);
    copy(canvas, this.#drawings[place]?.picture);
    const caption = `drawing ${place + 1}`;
    const figure = find('figcaption', canvas.parentElement ?? this.#root);
    if (figure.textContent !== caption) figure.textContent = caption;
  }
}
