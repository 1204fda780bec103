import { describe, expect, it } from 'vitest';
import { inOrder, nextOf } from '../../src/evaluate/onWorkers.js';

const arms = ['none', 'restyle', 'restyle+geometric', 'restyle+geometric+labels', 'codes'];
const tasks = [0, 1].flatMap((episode) => arms.map((arm) => ({ arm, episode })));
const waiting = inOrder(tasks, {});

describe('tasks on threads', () => {
  it('are all done, those that ask encoders first', () => {
    const inTurn = waiting.map(({ task }) => task);
    expect(new Set(inTurn)).toEqual(new Set(tasks));
    expect(inTurn.slice(0, 4).map(({ arm }) => arm)).toEqual([
      ...['restyle+geometric+labels', 'codes'],
      ...['restyle+geometric+labels', 'codes'],
    ]);
  });

  it('share what is hallucinated in an episode, and queries of all episodes', () => {
    const sharing = (arm: string, episode: number) => {
      const { shares } = waiting.find(({ task }) => task.arm === arm && task.episode === episode)!;
      return waiting
        .filter((other) => other.shares === shares)
        .map(({ task }) => `${task.arm} ${task.episode}`);
    };
    expect(sharing('restyle', 1).sort()).toEqual([
      ...['restyle 1', 'restyle+geometric 1', 'restyle+geometric+labels 1'],
    ]);
    expect(sharing('codes', 0)).toEqual(['codes 0', 'codes 1']);
    expect(sharing('none', 0)).toEqual(['none 0']);
  });

  it('go on with what a thread has begun, keep off what others are at, and help them in the end', () => {
    const list = ['x', 'y', 'x', 'z'].map((shares) => ({ shares, task: tasks[0]! }));
    expect(nextOf(list, [undefined, 'x'], 0)).toBe(list[1]);
    expect(nextOf(list, ['z', 'x'], 0)).toBe(list[3]);
    expect(nextOf(list.slice(2, 3), ['y', 'x'], 0)).toBe(list[2]);
    expect(nextOf([], ['y', 'x'], 0)).toBeUndefined();
  });
});
