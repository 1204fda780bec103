import { find, item } from './dom.js';
import type { Thing } from './things.js';
import type { Answer } from './worker.js';

const verdict = find('#verdict');
const spoken = find('#spoken');
const list = find('#answer');
let speaking: ReturnType<typeof setTimeout> | undefined;
let said = '';

/** Says why there is no answer, or what to do to get one. */
export function showHint(text: string): void {
  verdict.className = 'verdict hint';
  verdict.textContent = text;
  list.replaceChildren();
  say(text);
}

/** Shows what the classifier says: the thing, or that it is none, and a bar of votes for each. */
export function showAnswer(answer: Answer, things: readonly Thing[]): void {
  const { label, votes, alone, unknown } = answer;
  const known = things.filter(({ id }) => votes[id] !== undefined);
  const winner = nameOf(known.find(({ id }) => id === label));
  verdict.className = unknown ? 'verdict unknown' : 'verdict';
  const name = document.createElement('strong');
  name.textContent = unknown ? 'unknown' : winner;
  const rest = unknown
    ? `nearest is ${winner}, but too far away`
    : `${percent(votes[label] ?? 0)} of the votes`;
  verdict.replaceChildren(name, ` ${rest}`);
  const rows = known.map((one) =>
    bar(one, votes[one.id] ?? 0, alone[one.id] ?? 0, !unknown && one.id === label),
  );
  list.replaceChildren(...rows);
  say(unknown ? `unknown, ${rest}` : winner);
}

/** The answer changes with the camera; screen readers get it once it has stayed the same for a while. */
function say(text: string): void {
  if (text === said) return;
  said = text;
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    spoken.textContent = text;
  }, 1000);
}

function bar(one: Thing, share: number, alone: number, first: boolean): HTMLLIElement {
  const picture = new Image();
  picture.src = one.shots[0]?.url ?? '';
  picture.alt = '';
  const title = document.createElement('span');
  title.className = 'title';
  title.textContent = nameOf(one);
  const track = document.createElement('span');
  track.className = 'track';
  track.ariaHidden = 'true';
  const fill = document.createElement('span');
  fill.className = 'fill';
  fill.style.width = `${100 * share}%`;
  const tick = document.createElement('span');
  tick.className = 'tick';
  tick.style.left = `${100 * alone}%`;
  track.append(fill, tick);
  const row = item(picture, title, track, percent(share));
  row.classList.toggle('first', first);
  return row;
}

const nameOf = (one: Thing | undefined) => one?.name || 'unnamed';
const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;
