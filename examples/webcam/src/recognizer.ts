import { Remark } from './notice.js';
import type { Call, Methods, Reply } from './worker.js';
import RecognizerWorker from './worker.ts?worker&inline';

type Result<Name extends keyof Methods> = Awaited<ReturnType<Methods[Name]>>;

const worker = new RecognizerWorker();
const waiting = new Map<number, (reply: Reply) => void>();
let calls = 0;

worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
});

/** Calls a method of the worker, where the network and the classifier are, so that the page stays free meanwhile. */
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
