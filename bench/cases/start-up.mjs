import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../firstTensor.mjs', import.meta.url));

export default {
  title: 'a new process until its first tensor is computed',
  unit: 's',
  better: 'lower',
  peers: { pytorch: 'start_up.py' },
  async setup() {
    return {
      async round() {
        const start = performance.now();
        const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
        const exit = once(child, 'exit');
        await Promise.race([once(child.stdout, 'data'), exit]);
        const seconds = (performance.now() - start) / 1000;
        const [code] = await exit;
        if (code !== 0) throw new Error(`${program} ended with ${code}`);
        return seconds;
      },
    };
  },
};
