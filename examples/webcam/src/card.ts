import { button, find, item } from './dom.js';
import { holdButton } from './hold.js';
import { KEYS, type Shot, type Thing, WANTED } from './things.js';

/** What a card asks for. */
export interface CardActions {
  rename(name: string): void;
  remove(): void;
  take(): void;
  removeShot(place: number): void;
  addFiles(files: readonly File[]): void;
}

/** The picture of one thing: its name, its pictures, and how to take more. */
export class Card {
  readonly element: HTMLElement;
  readonly #actions: CardActions;
  readonly #name: HTMLInputElement;
  #shots: readonly Shot[] | undefined;

  constructor(name: string, actions: CardActions) {
    const template = find<HTMLTemplateElement>('#thing-card');
    this.element = find('article', template.content.cloneNode(true) as DocumentFragment);
    this.#actions = actions;
    this.#name = find<HTMLInputElement>('.name', this.element);
    this.#name.value = name;
    this.#name.addEventListener('input', () => actions.rename(this.#name.value.trim()));
    this.#name.addEventListener('focus', () => this.#name.select());
    find('.remove', this.element).addEventListener('click', () => actions.remove());
    holdButton(find('.take', this.element), () => actions.take());
    this.#takeFiles();
  }

  /** Puts the cursor into the name. */
  focus(): void {
    this.#name.focus();
  }

  /** Brings the card up to date. What has not changed is not touched, so that focus stays. */
  show({ name, shots }: Thing, place: number): void {
    this.element.ariaLabel = name || 'unnamed';
    const key = find('.key', this.element);
    key.hidden = place >= KEYS;
    key.textContent = `${place + 1}`;
    if (shots === this.#shots) return;
    this.#shots = shots;
    find('.count', this.element).textContent =
      shots.length < WANTED ? `${shots.length} of ${WANTED}` : `${shots.length} pictures`;
    find('.take', this.element).classList.toggle('primary', shots.length < WANTED);
    this.#showShots(shots);
  }

  #showShots(shots: readonly Shot[]): void {
    const list = find('.shots', this.element);
    const badges = () => [...list.querySelectorAll<Element>('button')];
    const focused = document.activeElement === null ? -1 : badges().indexOf(document.activeElement);
    const taken = shots.map(({ url }, i) => {
      const picture = new Image();
      picture.src = url;
      picture.alt = `picture ${i + 1}`;
      const remove = button('×', () => this.#actions.removeShot(i), `Remove picture ${i + 1}`);
      remove.className = 'badge';
      return item(picture, remove);
    });
    const missing = Array.from({ length: Math.max(0, WANTED - shots.length) }, () => {
      const place = item();
      place.className = 'missing';
      place.ariaHidden = 'true';
      return place;
    });
    list.replaceChildren(...taken, ...missing);
    if (focused >= 0)
      ((badges()[Math.min(focused, shots.length - 1)] as HTMLElement | undefined) ?? this.#name).focus();
  }

  #takeFiles(): void {
    const input = find<HTMLInputElement>('.files input', this.element);
    const take = (files: FileList | null | undefined) => {
      if (files && files.length > 0) this.#actions.addFiles([...files]);
    };
    input.addEventListener('change', () => {
      take(input.files);
      input.value = '';
    });
    this.element.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.element.classList.add('over');
    });
    this.element.addEventListener('dragleave', (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.element.classList.remove('over');
    });
    this.element.addEventListener('drop', (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.element.classList.remove('over');
      take(event.dataTransfer?.files);
    });
  }
}
