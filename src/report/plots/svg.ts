/** Text as it may stand in XML and HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes and what is inside. Numbers are rounded to a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, inside: readonly string[] = []): string {
  const words = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? Number(value.toFixed(2)) : escaped(value)}"`,
  );
  return inside.length === 0
    ? `<${name}${words.join('')}/>`
    : `<${name}${words.join('')}>${inside.join('')}</${name}>`;
}

/** Words with a true minus before numbers below zero, where a hyphen would be too short to see. */
export const withMinus = (words: string) => words.replace(/(^|\s)-(?=\d)/g, '$1−');

/** A line of text. */
export function text(x: number, y: number, words: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, [escaped(withMinus(words))]);
}

export const INK = '#1b1b1b';
export const FAINT = '#5a5a5a';
export const RULE = '#d4d4d4';

/** About how wide a text is, in pixels: no font is at hand to ask. */
export const widthOf = (words: string, size: number) => 0.56 * size * words.length;

/** A picture on white, with a title that screen readers say. */
export function picture(width: number, height: number, title: string, inside: readonly string[]): string {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: Math.ceil(width),
      height: Math.ceil(height),
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      'font-family': 'Helvetica, Arial, "Liberation Sans", sans-serif',
      'font-size': 12,
      fill: INK,
      role: 'img',
      'aria-label': title,
    },
    [
      element('title', {}, [escaped(title)]),
      element('rect', { width: '100%', height: '100%', fill: '#ffffff' }),
      ...inside,
    ],
  )}\n`;
}
