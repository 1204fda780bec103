import type { DrawnClass } from './classes.js';
import { button, find } from './dom.js';

/** One button for each class, which puts the drawing of the pad into it. */
export class Choices {
  readonly #root = find('#add');
  readonly #buttons = new Map<number, HTMLButtonElement>();
  readonly #choose: (id: number) => void;

  constructor(choose: (id: number) => void) {
    this.#choose = choose;
  }

  show(classes: readonly DrawnClass[]): void {
    for (const [id, old] of this.#buttons) {
      if (classes.some((one) => one.id === id)) continue;
      old.remove();
      this.#buttons.delete(id);
    }
    for (const { id, name } of classes) {
      const known = this.#buttons.get(id) ?? button('', () => this.#choose(id));
      this.#buttons.set(id, known);
      known.textContent = name || 'unnamed';
      if (!known.isConnected) this.#root.append(known);
    }
  }

  /** Without a drawing there is nothing to add. A disabled button would lose the focus of the keyboard. */
  enable(enabled: boolean): void {
    for (const known of this.#buttons.values()) known.ariaDisabled = `${!enabled}`;
  }
}
