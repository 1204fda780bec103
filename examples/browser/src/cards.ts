import { Card } from './card.js';
import { type Classes, labelOf, type OwnClass } from './classes.js';
import type { Subject } from './kinds.js';
import type { Parts } from './parts.js';
import type { Made } from './protocol.js';

/** The cards of all classes of a tab, kept in step with them. */
export class Cards {
  readonly #cards = new Map<number, Card>();

  constructor(
    readonly parts: Parts,
    readonly subject: Subject,
    readonly classes: Classes,
    readonly addFiles: (id: number, files: readonly File[]) => void,
  ) {}

  show(classes: readonly OwnClass[], colors: ReadonlyMap<string, number>): void {
    for (const [id, card] of this.#cards) {
      if (classes.some((one) => one.id === id)) continue;
      if (card.element.contains(document.activeElement)) this.parts.get('new-class').focus();
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const one of classes) {
      const card = this.#cards.get(one.id) ?? this.#open(one);
      card.show(one, colors.get(labelOf(one)));
    }
  }

  showMade(one: OwnClass, made: readonly Made[]): void {
    this.#cards.get(one.id)?.showMade(one, made);
  }

  /** Lets every card show its next hallucination. */
  advance(): void {
    for (const { stage } of this.#cards.values()) stage.advance();
  }

  #open({ id, name }: OwnClass): Card {
    const { classes } = this;
    const card = new Card(name, this.subject, {
      rename: (text) => classes.rename(id, text),
      remove: () => classes.remove(id),
      clear: () => classes.clear(id),
      removeExample: (place) => classes.removeExample(id, place),
      addFiles: (files) => this.addFiles(id, files),
    });
    this.#cards.set(id, card);
    this.parts.get('cards').append(card.element);
    return card;
  }
}
