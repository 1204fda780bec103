import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { said } from '../said.mjs';
import { spread } from '../statistics.mjs';

const program = fileURLToPath(new URL('../streamMemory.mjs', import.meta.url));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Streams so many images, or codes, in a process of its own, and gives what it says of itself. */
export async function streamMemory(images, backend, kind = 'images') {
  // Codes are made so fast that what the collector has not freed yet would hide what is held.
  const flags = kind === 'codes' ? ['--expose-gc'] : [];
  const child = spawn(process.execPath, [...flags, program, String(images), kind], {
    env: { ...process.env, FEWSHOT_BACKEND: backend },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await said(child, child.stdout, program));
}

/** The measurement of hallucinated images or codes. `title` names them. */
export const memoryOf = (kind, title) => ({
  title: `hallucinated ${title} through a slow consumer: resident memory at the end beside that at the start`,
  /** One run, on the backend that every installation has: the stream is the same on all of them. */
  async measure({ name, images }) {
    const backend = 'wasm';
    const { resident, ...facts } = await streamMemory(images, backend, kind);
    const quarter = resident.length >> 2;
    const [first, last] = [resident.slice(0, quarter), resident.slice(-quarter)];
    return [
      {
        name,
        backend,
        ours: mean(last),
        oursSpread: spread(last),
        peer: 'first quarter',
        unit: 'MB',
        better: 'lower',
        theirs: mean(first),
        theirsSpread: spread(first),
        ratio: mean(last) / mean(first),
        ratioSpread: [spread(last)[0] / mean(first), spread(last)[1] / mean(first)],
        ...facts,
      },
    ];
  },
});

export default memoryOf('images', '28×28 images');
