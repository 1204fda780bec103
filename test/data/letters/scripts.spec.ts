import { describe, expect, it } from 'vitest';
import { omniglotScripts, otherScripts, pictureScripts } from '../../../src/data/letters/scripts.js';

const all = [...omniglotScripts, ...pictureScripts, ...otherScripts];

describe('names of scripts', () => {
  it('are those of Unicode, each once', () => {
    expect(new Set(all).size).toBe(all.length);
    for (const script of all) expect(() => new RegExp(`\\p{Script=${script}}`, 'u')).not.toThrow();
  });

  it('of Omniglot have a letter of each of its alphabets that Unicode has', () => {
    const letters = 'ԱႠაᬅঅᑭ⠁ကЖ𐡀𐤀𑌅αઅאひカ가aاߊअܐᜀⴰᚠ𐬀አⰀਅಅഅꯀᠠଅꠅཀ';
    const patterns = omniglotScripts.map((script) => new RegExp(`\\p{Script=${script}}`, 'u'));
    for (const letter of letters)
      expect([letter, patterns.some((one) => one.test(letter))]).toEqual([letter, true]);
  });

  it('have all letters of Unicode 15', () => {
    const pattern = new RegExp(`[${all.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');
    const shared = /\p{Script=Common}|\p{Script=Inherited}/u;
    const missed: string[] = [];
    for (let code = 0; code < 0x20000; code++) {
      const letter = String.fromCodePoint(code);
      if (/\p{L}/u.test(letter) && !shared.test(letter) && !pattern.test(letter)) missed.push(letter);
    }
    const later = Number(process.versions.unicode) >= 16;
    expect(missed.length).toBeLessThanOrEqual(later ? 1200 : 0);
  });
});
