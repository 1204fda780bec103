import { find } from './dom.js';

/** Tabs of which one is selected, by mouse or by arrow keys. The end of the address says which. */
export class Tabs {
  readonly #tabs: readonly HTMLElement[];
  readonly #select: (name: string) => void;

  /** @param select is called with the name of a tab, also at the start */
  constructor(root: HTMLElement, select: (name: string) => void) {
    this.#tabs = [...root.querySelectorAll<HTMLElement>('[role=tab]')];
    this.#select = select;
    for (const [place, tab] of this.#tabs.entries()) {
      tab.addEventListener('click', () => this.#show(tab));
      tab.addEventListener('keydown', (event) => {
        const count = this.#tabs.length;
        const next = {
          ArrowLeft: (place + count - 1) % count,
          ArrowRight: (place + 1) % count,
          Home: 0,
          End: count - 1,
        }[event.key];
        const chosen = next === undefined ? undefined : this.#tabs[next];
        if (chosen === undefined) return;
        event.preventDefault();
        this.#show(chosen);
        chosen.focus();
      });
    }
    const named = () => this.#tabs.find((tab) => `#${nameOf(tab)}` === location.hash);
    addEventListener('hashchange', () => this.#show(named() ?? this.#tabs[0]));
    this.#show(named() ?? this.#tabs[0]);
  }

  #show(chosen: HTMLElement | undefined): void {
    if (chosen === undefined || chosen.ariaSelected === 'true') return;
    for (const tab of this.#tabs) {
      const isChosen = tab === chosen;
      tab.ariaSelected = `${isChosen}`;
      tab.tabIndex = isChosen ? 0 : -1;
      find(`#${tab.getAttribute('aria-controls')}`).hidden = !isChosen;
    }
    const name = nameOf(chosen);
    const isFirst = chosen === this.#tabs[0];
    history.replaceState(null, '', isFirst ? location.pathname + location.search : `#${name}`);
    this.#select(name);
  }
}

const nameOf = ({ id }: HTMLElement) => id.replace('tab-', '');
