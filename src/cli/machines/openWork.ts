import type { Store } from '../../node/parts/store.js';
import type { Job } from './job.js';
import { type AnyWork, workKinds } from './works.js';

/** A work that is open, with its data, models and threads. */
export interface OpenedWork {
  readonly work: Pick<AnyWork, 'about' | 'run'>;
  readonly close: () => Promise<void>;
  /** True once it can do nothing more, as its process is gone. */
  readonly isLost: () => boolean;
}

/** Opens the work of a job, and holds it until it is closed. */
export type OpenWork = (
  about: Job['about'],
  options: { readonly workers: number; readonly store: Store },
) => Promise<OpenedWork>;

/** Opens a work in this process. */
export const openHere: OpenWork = ({ kind, settings }, options) => {
  const { signal } = new AbortController();
  return new Promise((resolve, reject) => {
    const ended = workKinds[kind]!.open(
      settings,
      { ...options, signal },
      (work) =>
        new Promise<void>((done) => {
          resolve({
            work,
            async close() {
              done();
              await ended.catch(() => undefined);
            },
            isLost: () => false,
          });
        }),
    );
    ended.catch(reject);
  });
};
