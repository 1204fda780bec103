import { Card } from './card.js';
import type { Classes, DrawnClass } from './classes.js';
import { find } from './dom.js';
import { readDigits } from './files.js';
import type { Learnt } from './learn.js';
import { showError, showNotice } from './notice.js';

/** The cards of all classes, kept in step with them. */
export class Cards {
  readonly #root = find('#cards');
  readonly #cards = new Map<number, Card>();
  readonly #classes: Classes;

  constructor(classes: Classes) {
    this.#classes = classes;
  }

  show(classes: readonly DrawnClass[], learnt: Learnt): void {
    for (const [id, card] of this.#cards) {
      if (classes.some((one) => one.id === id)) continue;
      if (card.element.contains(document.activeElement)) find('#new-class').focus();
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const one of classes) {
      const card = this.#cards.get(one.id) ?? this.#open(one);
      card.show(one, learnt.of(one));
    }
  }

  /** Lets every card show its next hallucination. */
  advance(): void {
    for (const { stage } of this.#cards.values()) stage.advance();
  }

  #open({ id, name }: DrawnClass): Card {
    const classes = this.#classes;
    const card = new Card(name, {
      rename: (text) => classes.rename(id, text),
      remove: () => classes.remove(id),
      clear: () => classes.clear(id),
      removeImage: (place) => classes.removeImage(id, place),
      addFiles: (files) => this.#read(id, files).catch(showError),
    });
    this.#cards.set(id, card);
    this.#root.append(card.element);
    return card;
  }

  async #read(id: number, files: readonly File[]): Promise<void> {
    const { digits, refused } = await readDigits(files);
    showNotice(...refused);
    if (digits.length > 0) this.#classes.addImages(id, digits);
  }
}
