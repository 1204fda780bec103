import { describe, expect, it } from 'vitest';
import { glyphCharacters } from '../../src/data/glyphCharacters.js';

describe('glyphCharacters', () => {
  it('are many, each once, in the order of Unicode', () => {
    expect(glyphCharacters.length).toBeGreaterThan(1500);
    expect(new Set(glyphCharacters).size).toBe(glyphCharacters.length);
    expect([...glyphCharacters].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!)).toEqual(
      glyphCharacters,
    );
  });

  it('hold no digit and no number of any script', () => {
    expect(glyphCharacters.filter((character) => /\p{N}/u.test(character))).toEqual([]);
  });

  it.each([...'OoQDIlZzSsqgBbОоЗΟסз|!£'])('leave out %s, which may be read as a digit', (character) => {
    expect(glyphCharacters).not.toContain(character);
  });

  it('hold letters of many alphabets, and signs', () => {
    for (const character of 'AkΔЖאकกあン→∞★') expect(glyphCharacters).toContain(character);
  });

  it('hold no letter with an accent', () => {
    expect(glyphCharacters.filter((character) => character.normalize('NFD').length > 1)).toEqual([]);
  });
});
