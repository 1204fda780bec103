import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs an ES module in a process of its own, and returns the packages that it has loaded, and what it gives by `told`. */
async function started(program: string): Promise<{ packages: readonly string[]; told: unknown }> {
  const source = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    let told;
    ${program}
    const names = Object.keys(require.cache).flatMap((file) => /.*node_modules.((?:@[^/\\\\]+.)?[^/\\\\]+)/.exec(file)?.[1] ?? []);
    process.stderr.write(JSON.stringify({ packages: [...new Set(names)].sort(), told }));`;
  const env = { ...process.env, FEWSHOT_BACKEND: 'wasm' };
  const args = ['--input-type=module', '--eval', source];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  return JSON.parse(stderr);
}

const heavy = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  'sharp',
];

describe('a program that imports the package in Node', () => {
  it.each(['fewshot-atnl', 'fewshot-atnl/sphere', 'fewshot-atnl/losses', 'fewshot-atnl/data'])(
    'loads no more of TensorFlow.js than its core, by %s',
    async (name) => {
      const { packages } = await started(`await import('${name}');`);
      expect(packages.filter((one) => heavy.includes(one))).toEqual([]);
    },
  );

  it('shares all with one that requires it, so that Node need not look for names in megabytes of CommonJS', async () => {
    const entries = ['', '/node', '/browser', '/sphere', '/losses', '/models', '/features', '/data'];
    const names = [...entries, '/evaluate', '/paper'].map((path) => `fewshot-atnl${path}`);
    const { packages, told } = await started(`
      told = [];
      for (const name of ${JSON.stringify(names)}) {
        const [imported, required] = [await import(name), require(name)];
        const differ = Object.keys(required).filter((key) => imported[key] !== required[key]);
        if (differ.length > 0 || Object.keys(imported).length === 0) told.push(name);
      }`);
    expect(told).toEqual([]);
    expect(packages).toContain('@tensorflow/tfjs-core');
  });
});

describe('selectBackend for wasm', () => {
  const selected = (program: string) =>
    started(`
      const tf = await import('@tensorflow/tfjs-core');
      const { selectBackend } = await import('fewshot-atnl');
      await selectBackend('wasm');
      ${program}`);

  it('loads no nets, graphs and other backends', async () => {
    const { packages } = await selected('');
    expect(packages.filter((one) => heavy.includes(one))).toEqual(['@tensorflow/tfjs-backend-wasm']);
  });

  it('brings gradients and methods of tensors', async () => {
    const { told } = await selected(`
      const filter = tf.ones([1, 1, 1, 2]);
      const of = (x) => tf.conv2d(x, filter, 1, 'same').relu().square().sum();
      told = [...tf.grad(of)(tf.tensor4d([1, -2, 3, 4], [1, 2, 2, 1])).dataSync()];`);
    expect(told).toEqual([4, 0, 12, 16]);
  });

  it('keeps the gradient of its kernels when an extractor loads all of TensorFlow.js', async () => {
    const { packages, told } = await selected(`
      const { extractorFromTfjs } = await import('fewshot-atnl/features');
      const before = tf.getGradient('Relu');
      await extractorFromTfjs({}).catch(() => undefined);
      told = tf.getGradient('Relu') === before;`);
    expect(packages).toContain('@tensorflow/tfjs');
    expect(told).toBe(true);
  });

  it('brings all that TensorFlow.js brings, which can be loaded later', async () => {
    const { told } = await selected(`
      const known = () => [
        ...Object.getOwnPropertyNames(tf.Tensor.prototype),
        ...globalThis._tfGlobals.get('gradRegistry').keys(),
      ];
      const before = new Set(known());
      const all = await import('@tensorflow/tfjs');
      told = [before.size > 200, known().filter((name) => !before.has(name)), all.getBackend(), all.add === tf.add];`);
    expect(told).toEqual([true, [], 'wasm', true]);
  });
});

describe('fewshot', () => {
  const run = (...args: string[]) =>
    started(`told = await (await import('./dist/cli/program.js')).runProgram(${JSON.stringify(args)});`);

  it('loads nothing of TensorFlow.js and RxJS for its help', async () => {
    const { packages, told } = await run('--help');
    expect(told).toBe(0);
    expect(packages).toEqual(['commander']);
  });

  it('loads neither streams nor classifiers to tell of the backend', async () => {
    const { packages, told } = await run('info');
    expect(told).toBe(0);
    expect(packages).toContain('@tensorflow/tfjs-backend-wasm');
    const apart = ['rxjs', '@tensorflow/tfjs', '@tensorflow-models/knn-classifier', 'ml-knn', 'umap-js'];
    expect(packages.filter((one) => apart.includes(one))).toEqual([]);
  });
});
