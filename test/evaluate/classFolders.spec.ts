import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import { classFolders, foldersWithEnough, waysWithin } from '../../src/evaluate/classFolders.js';

const labels = ['Greek/alpha', 'Greek/beta', 'Greek/gamma', 'Latin/a', 'Latin/b', 'Ogham/beith'];
const folders = classFolders(labels, 'alphabets');

describe('folders of classes', () => {
  it('have the classes whose folders lie in them', () => {
    expect(folders).toEqual([
      { name: 'Greek', classes: ['Greek/alpha', 'Greek/beta', 'Greek/gamma'] },
      { name: 'Latin', classes: ['Latin/a', 'Latin/b'] },
      { name: 'Ogham', classes: ['Ogham/beith'] },
    ]);
  });

  it('go by the last folder but one of deeper classes', () => {
    expect(classFolders(['a/b/c', 'a/d/e'], 'x').map(({ name }) => name)).toEqual(['a/b', 'a/d']);
  });

  it.each([7, 'alpha'])('are refused for the class %s, which lies in none', (label) => {
    expect(() => classFolders(['Greek/alpha', label], 'alphabets')).toThrow(UsageError);
    expect(() => classFolders(['Greek/alpha', label], 'alphabets')).toThrow(
      new RegExp(`the class ${label} of alphabets`),
    );
  });

  it('allow as many ways as the smallest with two classes has, up to 20', () => {
    expect(waysWithin(folders)).toBe(2);
    const many = { name: 'Kanji', classes: Array.from({ length: 30 }, (_, i) => `Kanji/${i}`) };
    expect(waysWithin([many])).toBe(20);
    expect(waysWithin([folders[2]!])).toBe(2);
  });

  it('are left out by name with fewer classes than an episode has', () => {
    const { folders: enough, notes } = foldersWithEnough(folders, 3);
    expect(enough.map(({ name }) => name)).toEqual(['Greek']);
    expect(notes).toEqual(['Left out, with fewer than 3 classes: Latin (2), Ogham (1).']);
    expect(foldersWithEnough(folders.slice(0, 2), 2)).toEqual({ folders: folders.slice(0, 2), notes: [] });
  });

  it('are refused where none has enough, with what they have', () => {
    expect(() => foldersWithEnough(folders, 4)).toThrow(/4 ways are asked for within a folder/);
    try {
      foldersWithEnough(folders, 4);
    } catch (error) {
      expect((error as UsageError).hint).toBe('Ask for at most 3 ways: Greek (3), Latin (2), Ogham (1).');
      expect((error as UsageError).options).toEqual(['ways']);
    }
  });
});
