import { afterEach, describe, expect, it, vi } from 'vitest';
import { laterTurn } from '../../src/core/eventLoop.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('laterTurn', () => {
  it.each(['setImmediate', 'MessageChannel'])(
    'lets promises and due timers come first (%s)',
    async (means) => {
      if (means === 'MessageChannel') vi.stubGlobal('setImmediate', undefined);
      const seen: string[] = [];
      let turns = 0;
      setTimeout(() => seen.push('timer'), 1);
      await new Promise<void>((resolve) => {
        const body = () => {
          turns++;
          if (seen.includes('timer')) resolve();
          else laterTurn(body);
        };
        laterTurn(body);
        Promise.resolve().then(() => seen.push('promise'));
        expect(turns).toBe(0);
      });
      expect(seen).toEqual(['promise', 'timer']);
      expect(turns).toBeGreaterThan(0);
    },
  );
});
