import { find } from './dom.js';

const notice = find('#notice');
find('button', notice).addEventListener('click', () => {
  notice.hidden = true;
});

/** An error whose message is for the person before the page. */
export class Remark extends Error {}

/** Shows a message at the top of the page until it is closed or another one comes. */
export function showNotice(...sentences: readonly string[]): void {
  notice.hidden = sentences.length === 0;
  find('p', notice).textContent = sentences.join(' ');
}

/** Shows what went wrong, in words. */
export function showError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  showNotice(error instanceof Remark ? message : `Something went wrong: ${message}`);
}
