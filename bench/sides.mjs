import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Side } from './side.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export const ourSide = (name, backend) =>
  new Side(process.execPath, [path('worker.mjs'), name], { FEWSHOT_BACKEND: backend });

/** `script` is a name in peers/, or a list of the name and its arguments. */
export function peerSide(script, python) {
  if (!existsSync(python)) throw new Error('not installed (npm run bench:peers)');
  const [name, ...args] = [script].flat();
  return new Side(python, [path(`peers/${name}`), ...args.map(String)]);
}

/** wasm, and native where tfjs-node can be loaded; `note` hears why it cannot. */
export function usableBackends(note) {
  const env = { ...process.env, FEWSHOT_BACKEND: 'native' };
  const probe = spawnSync(process.execPath, [path('firstTensor.mjs')], { env, encoding: 'utf8' });
  if (probe.status === 0) return ['wasm', 'native'];
  note(`native is left out. ${/Error: (.*)/.exec(probe.stderr)?.[1] ?? probe.stderr.trim()}`);
  return ['wasm'];
}
