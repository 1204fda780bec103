/**
 * One side of a measurement, on the backend that FEWSHOT_BACKEND names: `node bench/worker.mjs NAME` is ours,
 * `node bench/worker.mjs peers/FILE.mjs` a peer in JavaScript.
 */
import { createInterface } from 'node:readline';
import { loadCase } from './registry.mjs';

const reply = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const load = async () => {
  const entries = ['index', 'sphere', 'models', 'features', 'data', 'evaluate'].map(
    (entry) => import(`../dist/${entry}.js`),
  );
  const library = Object.assign({}, ...(await Promise.all(entries)));
  await library.selectBackend();
  return library;
};

try {
  const [, , name] = process.argv;
  const { setup } = name.endsWith('.mjs') ? (await import(`./${name}`)).default : await loadCase(name);
  const { round, ...facts } = await setup(load);
  await round();
  reply({ ready: facts });
  for await (const _line of createInterface({ input: process.stdin })) reply({ value: await round() });
} catch (error) {
  reply({ failed: error.stack });
}
