import { labelOf, type OwnClass } from './classes.js';
import { button } from './dom.js';

/** One button for each class, which puts what is looked at into it. */
export class Choices {
  readonly #root: HTMLElement;
  readonly #buttons = new Map<number, HTMLButtonElement>();
  readonly #choose: (id: number) => void;

  constructor(root: HTMLElement, choose: (id: number) => void) {
    this.#root = root;
    this.#choose = choose;
  }

  show(classes: readonly OwnClass[]): void {
    for (const [id, old] of this.#buttons) {
      if (classes.some((one) => one.id === id)) continue;
      old.remove();
      this.#buttons.delete(id);
    }
    for (const one of classes) {
      const { id } = one;
      const known = this.#buttons.get(id) ?? button('', () => this.#choose(id));
      this.#buttons.set(id, known);
      known.textContent = labelOf(one);
      if (!known.isConnected) this.#root.append(known);
    }
  }

  /** Without a picture there is nothing to add. A disabled button would lose the focus of the keyboard. */
  enable(enabled: boolean): void {
    for (const known of this.#buttons.values()) known.ariaDisabled = `${!enabled}`;
  }
}
