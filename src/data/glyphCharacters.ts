/** Blocks of Unicode that the characters are taken from: alphabets whose letters stand alone, and signs. */
const BLOCKS: readonly (readonly [from: number, to: number])[] = [
  // Latin, Greek and Coptic, Cyrillic, Armenian, Hebrew
  [0x0021, 0x024f],
  [0x0370, 0x0556],
  [0x0561, 0x0587],
  [0x05d0, 0x05ea],
  // Devanagari to Malayalam, Thai, Georgian, Ethiopic, Cherokee, runes
  [0x0904, 0x0d39],
  [0x0e01, 0x0e45],
  [0x10d0, 0x10fa],
  [0x1200, 0x135a],
  [0x13a0, 0x13f4],
  [0x16a0, 0x16ea],
  // Signs: money, arrows, mathematics, shapes
  [0x20a0, 0x20bf],
  [0x2190, 0x22ff],
  [0x25a0, 0x26ff],
  // Tifinagh, Hiragana, Katakana
  [0x2d30, 0x2d67],
  [0x3041, 0x30fa],
];

/** Letters and signs that look like a digit from 0 to 9 when written by hand. */
const LIKE_DIGITS = new Set('ODQoDIl|ZzSsqgBbıΟοσΙІіӀОоЗзЭэВвБбҺһՕօոՈסוזןଠഠ०੦০੧੨१२३๐๑∘⊙○◌◯☉£¡!Łł°º¦ƧƨƷʒʅΙϘϙ');

const isCharacter = (character: string) =>
  /^[\p{L}\p{S}\p{P}]$/u.test(character) &&
  // Modifiers and letters with an accent differ from others in a dot or stroke alone.
  !/^\p{Lm}$/u.test(character) &&
  character.normalize('NFKD') === character &&
  !LIKE_DIGITS.has(character);

/**
 * Letters of many alphabets and signs: about two thousand, in the order of Unicode. They hold no digit or number of any
 * script, no letter with an accent, and nothing that looks like a digit from 0 to 9, such as O, l, Z or S: an encoder
 * trained on them has not seen digits.
 */
export const glyphCharacters: readonly string[] = BLOCKS.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
).filter(isCharacter);
