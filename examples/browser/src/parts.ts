import { find } from './dom.js';

const references = ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for'];

/** The parts of a tab, which are made from templates that all tabs share: their ids get a prefix. */
export class Parts {
  constructor(
    readonly root: HTMLElement,
    readonly prefix: string,
  ) {}

  /** The one part of that id, without its prefix. */
  get<E extends Element = HTMLElement>(id: string): E {
    return find<E>(`#${this.prefix}${id}`, this.root);
  }

  /** Puts what a template holds into the tab, or into one of its parts. */
  fill(template: string, into: Element = this.root): void {
    const content = find<HTMLTemplateElement>(`#${template}`).content.cloneNode(true) as DocumentFragment;
    for (const element of content.querySelectorAll('[id]')) element.id = this.prefix + element.id;
    for (const name of references) {
      for (const element of content.querySelectorAll(`[${name}]`)) {
        const ids = element.getAttribute(name)?.split(' ') ?? [];
        element.setAttribute(name, ids.map((id) => this.prefix + id).join(' '));
      }
    }
    into.append(content);
  }
}
