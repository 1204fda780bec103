import type { LabeledImage } from 'fewshot-atnl/browser';
import type { DrawnClass } from './classes.js';
import { button, find, item } from './dom.js';
import { NEEDED } from './learn.js';
import { thumbnail } from './pixels.js';
import { Stage } from './stage.js';

/** What a card asks for. */
export interface CardActions {
  rename(name: string): void;
  remove(): void;
  clear(): void;
  removeImage(place: number): void;
  addFiles(files: readonly File[]): void;
}

/** The picture of one class: its name, its drawings, and what lies between them. */
export class Card {
  readonly element: HTMLElement;
  readonly stage: Stage;
  readonly #actions: CardActions;
  #images: readonly Float32Array[] | undefined;
  #made: readonly LabeledImage[] | undefined;

  constructor(name: string, actions: CardActions) {
    const template = find<HTMLTemplateElement>('#class-card');
    this.element = find('article', template.content.cloneNode(true) as DocumentFragment);
    this.stage = new Stage(find('.stage', this.element));
    this.#actions = actions;
    const input = find<HTMLInputElement>('.name', this.element);
    input.value = name;
    input.addEventListener('input', () => actions.rename(input.value.trim()));
    find('.clear', this.element).addEventListener('click', () => actions.clear());
    find('.remove', this.element).addEventListener('click', () => actions.remove());
    this.#takeFiles();
  }

  /** Brings the card up to date. What has not changed is not touched, so that focus and animations stay. */
  show({ name, images }: DrawnClass, made: readonly LabeledImage[]): void {
    this.element.ariaLabel = `Class ${name || 'unnamed'}`;
    if (images !== this.#images) this.#showDrawings(images);
    if (images !== this.#images || made !== this.#made) this.stage.show(images, made);
    this.#images = images;
    this.#made = made;
  }

  #showDrawings(images: readonly Float32Array[]): void {
    find('.count', this.element).textContent = `${images.length} drawing${images.length === 1 ? '' : 's'}`;
    // A disabled button would lose the focus of the keyboard.
    find('.clear', this.element).ariaDisabled = `${images.length === 0}`;
    const list = find('.drawings', this.element);
    const badges = () => [...list.querySelectorAll<Element>('button')];
    const focused = document.activeElement === null ? -1 : badges().indexOf(document.activeElement);
    list.replaceChildren(
      ...images.map((pixels, i) => {
        const remove = button('×', () => this.#actions.removeImage(i), `Remove drawing ${i + 1}`);
        remove.className = 'badge';
        return item(thumbnail(pixels, `drawing ${i + 1}`), remove);
      }),
    );
    if (focused >= 0) {
      const next = badges()[Math.min(focused, images.length - 1)] ?? find('.name', this.element);
      (next as HTMLElement).focus();
    }
    const waiting = find('.waiting', this.element);
    waiting.hidden = images.length >= NEEDED;
    waiting.textContent = `${images.length === 0 ? 'Two drawings' : 'One more drawing'}, and something lies between them.`;
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
    this.element.addEventListener('dragleave', () => over(false));
    this.element.addEventListener('drop', (event) => {
      event.preventDefault();
      over(false);
      this.#actions.addFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
