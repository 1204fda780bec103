import { Card } from './card.js';
import { find } from './dom.js';
import type { Thing, Things } from './things.js';

/** What cards of all things ask for. */
export interface CardsActions {
  take(thing: number): void;
  addFiles(thing: number, files: readonly File[]): void;
}

/** The cards of all things. */
export class Cards {
  readonly #cards = new Map<number, Card>();
  readonly #root = find('#cards');

  constructor(
    readonly things: Things,
    readonly actions: CardsActions,
  ) {}

  show(list: readonly Thing[]): void {
    for (const [id, card] of this.#cards) {
      if (list.some((one) => one.id === id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const [place, one] of list.entries()) {
      const card = this.#cards.get(one.id) ?? this.#add(one);
      card.show(one, place);
    }
  }

  /** Puts the cursor into the name of the last thing. */
  focusLast(): void {
    [...this.#cards.values()].at(-1)?.focus();
  }

  #add({ id, name }: Thing): Card {
    const { things, actions } = this;
    const card = new Card(name, {
      rename: (text) => things.rename(id, text),
      remove: () => {
        things.remove(id);
        find('#new-thing').focus();
      },
      take: () => actions.take(id),
      removeShot: (place) => things.removeShot(id, place),
      addFiles: (files) => actions.addFiles(id, files),
    });
    this.#cards.set(id, card);
    this.#root.append(card.element);
    return card;
  }
}
