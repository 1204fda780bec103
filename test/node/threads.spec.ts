import { describe, expect, it } from 'vitest';
import { onWorkers } from '../../src/node/threads.js';

interface Task {
  readonly word: string;
  readonly gate?: Int32Array;
  readonly fails?: boolean;
  readonly endless?: boolean;
}

const echo = new URL('./echo.mjs', import.meta.url);
const endless: Task = { word: 'endless', endless: true };

describe('onWorkers', () => {
  it('returns results in the order of the tasks, whichever is done first', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const done: string[] = [];
    const results = await onWorkers<Task, string>(
      echo,
      [{ word: 'slow', gate }, { word: 'quick' }, { word: 'next' }],
      {
        threads: 2,
        onDone({ word }) {
          done.push(word);
          if (word !== 'next') return;
          Atomics.store(gate, 0, 1);
          Atomics.notify(gate, 0);
        },
      },
    );
    expect(results).toEqual(['SLOW', 'QUICK', 'NEXT']);
    expect(done).toEqual(['quick', 'next', 'slow']);
  });

  it('accepts no tasks', async () => {
    expect(await onWorkers(echo, [], { threads: 2 })).toEqual([]);
  });

  it('rejects with the first failure and abandons the other tasks', async () => {
    const tasks: Task[] = [{ word: 'broken', fails: true }, endless];
    await expect(onWorkers(echo, tasks, { threads: 2 })).rejects.toThrow('broken');
  });

  it('ends the threads when it is stopped, with the reason, and starts none after that', async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const onDone = () => stop.abort(new Error('enough'));
    const work = onWorkers<Task, string>(echo, [{ word: 'first' }, endless], { threads: 1, onDone, signal });
    await expect(work).rejects.toThrow('enough');
    await expect(onWorkers(echo, [endless], { threads: 1, signal })).rejects.toThrow('enough');
  });
});
