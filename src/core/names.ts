/** Texts below U+0300 have one form only: no character in them can be composed with the one before it. */
const COMPOSED = /^[\0-\u02ff]*$/;
/** All spaces, zero-width characters and marks of direction, where they end a text. */
const INVISIBLE =
  /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]+|[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]+$/g;

/** A text without spaces and invisible characters around it. */
export const trimmed = (text: string): string => text.replace(INVISIBLE, '');

/**
 * The name that a person means: composed (Unicode's form NFC), without spaces and invisible characters around it, and with
 * plain spaces within it.
 */
export const cleanName = (text: string): string => trimmed(composed(text)).replace(/\p{Zs}/gu, ' ');

/** A text in Unicode's form NFC, in which `é` is one character however it was typed. */
export const composed = (text: string): string => (COMPOSED.test(text) ? text : text.normalize('NFC'));

/**
 * Compares names as people count: `2` before `10`, `IMG_9` before `IMG_10`. Runs of digits are compared by value, all else
 * by code units of the composed form, so that the order is the same on every machine and in every version of Unicode.
 * Different names never compare as equal.
 */
export function compareNames(a: string, b: string): number {
  return compareRuns(composed(a), composed(b)) || compareUnits(a, b);
}

const compareUnits = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function compareRuns(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (isDigit(a, i) && isDigit(b, j)) {
      const [endA, endB] = [endOfDigits(a, i), endOfDigits(b, j)];
      [i, j] = [skipZeros(a, i, endA), skipZeros(b, j, endB)];
      const difference = endA - i - (endB - j) || compareUnits(a.slice(i, endA), b.slice(j, endB));
      if (difference !== 0) return difference;
      [i, j] = [endA, endB];
    } else {
      const difference = a.charCodeAt(i++) - b.charCodeAt(j++);
      if (difference !== 0) return difference;
    }
  }
  return a.length - i - (b.length - j);
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 48 && unit <= 57;
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text, end)) end++;
  return end;
}

function skipZeros(text: string, from: number, end: number): number {
  let start = from;
  while (start < end && text.charCodeAt(start) === 48) start++;
  return start;
}
