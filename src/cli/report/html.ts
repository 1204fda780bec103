import { escaped } from './plots/svg.js';

/** Part of a page, already escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** Content of a template: text, which is escaped, other parts, lists of both, or nothing. */
export type Inside = Html | string | number | undefined | readonly Inside[];

/**
 * Part of a page, by a template. Everything put into it is escaped, unless it is an `Html` itself, so that names of classes and
 * files cannot be markup.
 */
export function html(parts: TemplateStringsArray, ...inside: readonly Inside[]): Html {
  return new Html(parts.map((part, i) => part + textOf(inside[i])).join(''));
}

/** Marks text as HTML or SVG that is already escaped. */
export const markup = (text: string): Html => new Html(text);

function textOf(inside: Inside): string {
  if (inside === undefined) return '';
  if (inside instanceof Html) return inside.text;
  return typeof inside === 'object' ? inside.map(textOf).join('') : escaped(String(inside));
}
