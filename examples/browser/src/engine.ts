import { Remark } from './notice.js';
import type { Call, Methods, Reply } from './worker/worker.js';
import EngineWorker from './worker/worker.ts?worker&inline';

type Result<Name extends keyof Methods> = Awaited<ReturnType<Methods[Name]>>;

const worker = new EngineWorker();
const waiting = new Map<number, (reply: Reply) => void>();
let calls = 0;

worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
});

/** Calls a method of the worker, where encoders and classifiers are, so that the page stays free meanwhile. */
export function call<Name extends keyof Methods>(
  name: Name,
  ...args: Parameters<Methods[Name]>
): Promise<Result<Name>> {
  const id = ++calls;
  worker.postMessage({ id, name, args } satisfies Call<Name>);
  return new Promise((resolve, reject) => {
    waiting.set(id, ({ result, error }) => {
      if (error === undefined) resolve(result as Result<Name>);
      else reject(new Remark(error));
    });
  });
}

/** Does one thing at a time. What is wanted meanwhile is done afterwards: only the last of it. */
export function latest(work: () => Promise<void>): () => Promise<void> {
  let [working, again] = [false, false];
  return async () => {
    again = true;
    if (working) return;
    working = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      working = false;
    }
  };
}
