/** Colors that classes have, `--class-0` and on, as the style sheet says for light and dark. */
export const COLORS = 8;

/** The number of the color of each class, in the order in which they come. */
export const colorsOf = (labels: Iterable<string>): Map<string, number> =>
  new Map([...new Set(labels)].map((label, i) => [label, i % COLORS]));

/** Gives an element the color of a class, as `--own`. */
export function tint(element: HTMLElement, color: number | undefined): void {
  element.style.setProperty('--own', color === undefined ? 'transparent' : `var(--class-${color})`);
}
