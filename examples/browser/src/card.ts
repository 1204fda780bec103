import { type Example, labelOf, type OwnClass } from './classes.js';
import { tint } from './colors.js';
import { button, find, item } from './dom.js';
import { counted, type Subject } from './kinds.js';
import { thumbnail } from './pixels.js';
import type { Made } from './protocol.js';
import { Stage } from './stage.js';

/** What a card asks for. */
export interface CardActions {
  rename(name: string): void;
  remove(): void;
  clear(): void;
  removeExample(place: number): void;
  addFiles(files: readonly File[]): void;
}

/** The picture of one class: its name, its examples, and what lies between them. */
export class Card {
  readonly element: HTMLElement;
  readonly stage: Stage;
  readonly #actions: CardActions;
  readonly #subject: Subject;
  #examples: readonly Example[] | undefined;
  #made: readonly Made[] | undefined;

  constructor(name: string, subject: Subject, actions: CardActions) {
    const template = find<HTMLTemplateElement>('#class-card');
    this.element = find('article', template.content.cloneNode(true) as DocumentFragment);
    this.stage = new Stage(find('.stage', this.element));
    this.#actions = actions;
    this.#subject = subject;
    const input = find<HTMLInputElement>('.name', this.element);
    input.value = name;
    input.addEventListener('input', () => actions.rename(input.value.trim()));
    find('.clear', this.element).addEventListener('click', () => actions.clear());
    find('.remove', this.element).addEventListener('click', () => actions.remove());
    this.#takeFiles();
  }

  /** Brings the card up to date. What has not changed is not touched, so that focus and animations stay. */
  show(one: OwnClass, color: number | undefined): void {
    const { examples } = one;
    this.element.ariaLabel = `Class ${labelOf(one)}`;
    tint(this.element, color);
    if (examples !== this.#examples) this.#showExamples(examples);
    this.#examples = examples;
  }

  /** Shows what was made of the examples, where it can be shown. */
  showMade({ examples }: OwnClass, made: readonly Made[]): void {
    if (made === this.#made) return;
    this.#made = made;
    this.stage.show(
      examples,
      made.filter(({ pixels }) => pixels !== undefined),
    );
  }

  #showExamples(examples: readonly Example[]): void {
    const { noun, needed } = this.#subject;
    find('.count', this.element).textContent = counted(examples.length, noun);
    // A disabled button would lose the focus of the keyboard.
    find('.clear', this.element).ariaDisabled = `${examples.length === 0}`;
    const list = find('.drawings', this.element);
    const badges = () => [...list.querySelectorAll<Element>('button')];
    const focused = document.activeElement === null ? -1 : badges().indexOf(document.activeElement);
    list.replaceChildren(
      ...examples.map(({ picture }, i) => {
        const remove = button('×', () => this.#actions.removeExample(i), `Remove ${noun} ${i + 1}`);
        remove.className = 'badge';
        return item(thumbnail(picture, `${noun} ${i + 1}`), remove);
      }),
    );
    if (focused >= 0) {
      const next = badges()[Math.min(focused, examples.length - 1)] ?? find('.name', this.element);
      (next as HTMLElement).focus();
    }
    const waiting = find('.waiting', this.element);
    waiting.hidden = examples.length >= needed;
    waiting.textContent =
      needed === 1
        ? `One ${noun}, and it is drawn in other hands.`
        : `${examples.length === 0 ? `Two ${noun}s` : `One more ${noun}`}, and something lies between them.`;
  }

  #takeFiles(): void {
    const input = find<HTMLInputElement>('.files input', this.element);
    input.addEventListener('change', () => {
      this.#actions.addFiles([...(input.files ?? [])]);
      input.value = '';
    });
    const over = (is: boolean) => this.element.classList.toggle('over', is);
    this.element.addEventListener('dragover', (event) => {
      event.preventDefault();
      over(true);
    });
    this.element.addEventListener('dragleave', (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) over(false);
    });
    this.element.addEventListener('drop', (event) => {
      event.preventDefault();
      event.stopPropagation();
      over(false);
      this.#actions.addFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
