import { setTimeout as wait } from 'node:timers/promises';

/** Record of the items that a source was asked for, and of its end. */
export interface Watched {
  pulled: number;
  closed: boolean;
}

/** The numbers from 0, at once. */
export function counter(end = Number.POSITIVE_INFINITY) {
  const state: Watched = { pulled: 0, closed: false };
  function* numbers() {
    try {
      while (state.pulled < end) yield state.pulled++;
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: numbers() };
}

/** The numbers from 0, each after some milliseconds; 0 means after a microtask. */
export function slowCounter(end = Number.POSITIVE_INFINITY, milliseconds = 0) {
  const state: Watched = { pulled: 0, closed: false };
  async function* numbers() {
    try {
      while (state.pulled < end) {
        const number = state.pulled++;
        if (milliseconds > 0) await wait(milliseconds);
        yield number;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: numbers() };
}

/** Reads until the end or an error: what came, and the error. */
export async function readAll<T>(items: AsyncIterable<T>): Promise<{ items: T[]; error?: unknown }> {
  const read: T[] = [];
  try {
    for await (const item of items) read.push(item);
    return { items: read };
  } catch (error) {
    return { items: read, error };
  }
}
