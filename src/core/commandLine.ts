/** A command line of these words, as POSIX shells read it. */
export const commandLine = (words: readonly unknown[]): string =>
  words.map((word) => shellWord(String(word))).join(' ');

/** A word as POSIX shells read it back. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
