import { escaped } from './plots/svg.js';

/** A piece of a page in which everything is escaped that must be. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a piece: text, which is escaped, other pieces, lists of both, or nothing. */
export type Inside = Html | string | number | undefined | readonly Inside[];

/**
 * A piece of a page. What is put into it is escaped, unless it is a piece itself, so that no name of a class or file can be
 * more than a name.
 */
export function html(parts: TemplateStringsArray, ...inside: readonly Inside[]): Html {
  return new Html(parts.map((part, i) => part + textOf(inside[i])).join(''));
}

/** What is HTML or SVG already, and escaped by whoever made it. */
export const markup = (text: string): Html => new Html(text);

function textOf(inside: Inside): string {
  if (inside === undefined) return '';
  if (inside instanceof Html) return inside.text;
  return typeof inside === 'object' ? inside.map(textOf).join('') : escaped(String(inside));
}
