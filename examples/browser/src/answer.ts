import type { KnnPrediction } from 'fewshot-atnl/browser';
import type { DrawnClass } from './classes.js';
import { find, item } from './dom.js';

const verdict = find('#verdict');
const spoken = find('#spoken');
const list = find('#answer');
let speaking: ReturnType<typeof setTimeout> | undefined;

/** Says why there is no answer, or what to do to get one. */
export function showHint(text: string): void {
  verdict.classList.remove('unknown');
  verdict.textContent = text;
  list.replaceChildren();
  say(text);
}

/** Shows what the classifier says of the drawing: the class, or that it is none, and a bar for each class it knows. */
export function showAnswer(answer: KnnPrediction, classes: readonly DrawnClass[]): void {
  const { label, confidences, unknown = false } = answer;
  const known = classes.filter(({ id }) => confidences[id] !== undefined);
  const winner = nameOf(known.find(({ id }) => id === label));
  const share = percent(confidences[label] ?? 0);
  const [title, rest] = unknown
    ? ['I don’t know this.', `The nearest is ${winner}, but too far away.`]
    : [winner, `with ${share} of its neighbours`];
  const name = document.createElement('strong');
  name.textContent = title;
  verdict.classList.toggle('unknown', unknown);
  verdict.replaceChildren(name, ` ${rest}`);
  list.replaceChildren(
    ...known.map((one) => bar(nameOf(one), confidences[one.id] ?? 0, !unknown && one.id === label)),
  );
  say(unknown ? `${title} ${rest}` : `${winner}, ${share} of its neighbours`);
}

/** The answer changes with every move of the pen; screen readers get it once it has stayed the same for a while. */
function say(text: string): void {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    spoken.textContent = text;
  }, 800);
}

function bar(name: string, share: number, first: boolean): HTMLLIElement {
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
  row.classList.toggle('first', first);
  return row;
}

const nameOf = (one: DrawnClass | undefined) => one?.name || 'unnamed';
const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;
