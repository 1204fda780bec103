import { tint } from './colors.js';
import { item } from './dom.js';
import type { Parts } from './parts.js';
import type { Answer } from './protocol.js';

/** What the classifier says of what is looked at. */
export class AnswerView {
  readonly #verdict: HTMLElement;
  readonly #spoken: HTMLElement;
  readonly #list: HTMLElement;
  #speaking: ReturnType<typeof setTimeout> | undefined;
  #said = '';

  constructor(parts: Parts) {
    this.#verdict = parts.get('verdict');
    this.#spoken = parts.get('spoken');
    this.#list = parts.get('answer');
  }

  /** Says why there is no answer, or what to do to get one. */
  hint(text: string): void {
    this.#verdict.className = 'verdict hint';
    this.#verdict.textContent = text;
    this.#list.replaceChildren();
    this.#say(text);
  }

  /** Shows the class, or that it is none, and a bar for each class in the order of `colors`. */
  show(answer: Answer, colors: ReadonlyMap<string, number>): void {
    const { confidences } = answer;
    const { title, rest, share } = wordsOf(answer);
    const name = document.createElement('strong');
    name.textContent = title;
    this.#verdict.className = answer.unknown ? 'verdict unknown' : 'verdict';
    this.#verdict.replaceChildren(name, ` ${rest}`);
    const label = String(answer.label);
    const rows = [...colors].filter(([one]) => confidences[one] !== undefined);
    this.#list.replaceChildren(
      ...rows.map(([one, color]) => bar(one, color, confidences[one] ?? 0, !answer.unknown && one === label)),
    );
    this.#say(answer.unknown ? `${title} ${rest}` : `${title}, ${share} of its neighbours`);
  }

  /** The answer changes with every move of the pen; screen readers get it once it has stayed the same for a while. */
  #say(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => {
      this.#spoken.textContent = text;
    }, 800);
  }
}

/** An answer in words. */
export function wordsOf({ label, confidences, unknown }: Answer) {
  const share = percent(confidences[label] ?? 0);
  return unknown
    ? { title: 'I don’t know this.', rest: `The nearest is ${label}, but too far away.`, share }
    : { title: String(label), rest: `with ${share} of its neighbours`, share };
}

function bar(name: string, color: number, share: number, first: boolean): HTMLLIElement {
  const title = document.createElement('span');
  title.className = 'title';
  title.textContent = name;
  const track = document.createElement('span');
  track.className = 'track';
  track.ariaHidden = 'true';
  const fill = document.createElement('span');
  fill.style.width = `${100 * share}%`;
  track.append(fill);
  const row = item(title, track, percent(share));
  tint(row, color);
  row.classList.toggle('first', first);
  return row;
}

const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;
