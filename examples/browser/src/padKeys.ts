import type { Pad } from './pad.js';

/** How far an arrow key moves the pen, in pixels of the canvas. */
const STEP = 10;
const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Lets the keyboard draw on a pad: arrows move the pen, Space lowers and lifts it, Escape clears. */
export function drawByKeys(pad: Pad, focusable: HTMLElement, mark: HTMLElement): void {
  const { canvas } = pad;
  let [x, y] = [canvas.width / 2, canvas.height / 4];
  let lowered = false;

  function show(): void {
    mark.style.left = `${(100 * x) / canvas.width}%`;
    mark.style.top = `${(100 * y) / canvas.height}%`;
    mark.classList.toggle('lowered', lowered);
  }
  function lift(): void {
    if (lowered) pad.changes$.next('done');
    lowered = false;
    show();
  }
  function press(key: string): boolean {
    const move = moves[key];
    if (move !== undefined) {
      const next = [x + move[0], y + move[1]] as const;
      if (next.some((place) => place < 0 || place > canvas.width)) return true;
      if (lowered) pad.line(x, y, ...next);
      [x, y] = next;
    } else if (key === ' ') {
      if (lowered) lift();
      else {
        lowered = true;
        pad.line(x, y, x, y);
      }
    } else if (key === 'Escape') {
      lift();
      pad.clear();
    } else return false;
    show();
    return true;
  }

  focusable.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && press(event.key)) event.preventDefault();
  });
  focusable.addEventListener('blur', lift);
  focusable.tabIndex = 0;
  show();
}
