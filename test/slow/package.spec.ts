import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import {
  build,
  createLogger,
  createServer,
  type InlineConfig,
  type PreviewServer,
  preview,
  type ViteDevServer,
} from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packInto, repository, run } from './packed.js';

const tool = (name: string) => join(repository, 'node_modules', '.bin', name);

let folder: string;
let project: string;
let tarball: string;
/** What the walk gives in Node. */
let inNode: Walk;

interface Walk {
  readonly images: readonly { pixels: number[]; label: number; provenance?: { angle: number } }[];
  readonly batches: unknown;
  readonly knn: { label: number; confidences: Record<string, number> };
  readonly cnn: { loss: number; label: number[] };
}

interface InPage extends Walk {
  readonly error?: { readonly name: string; readonly message: string; readonly hint?: string };
  readonly info: {
    readonly name: string;
    readonly reason: string;
    readonly threads: number;
    readonly simd: boolean;
    readonly adapter?: { readonly software: boolean };
  };
  /** True if `toReadable` is there, which is for Node alone. */
  readonly nodeOnly: boolean;
  readonly isolated: boolean;
  /** Of the model from bytes, and from its URL. */
  readonly digests: readonly string[];
}

/** An empty project with the packed package and its peer, and the programs of `projects`. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-package-'));
  project = join(folder, 'project');
  tarball = await packInto(folder);
  await cp(new URL('projects/', import.meta.url), project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const packages = [tarball, 'rxjs@7', '@types/node@20', '@tensorflow/tfjs-backend-webgpu@4.22.0'];
  await run('npm', ['install', '--no-audit', '--no-fund', ...packages], project);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds the build, the models and nothing of tests or sources', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball], folder);
    const files = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, ''));
    const outside = files.filter((file) => !/^(dist|models)\//.test(file));
    expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    expect(files.filter((file) => /(^|\/)(test|src|bench|node_modules)\/|\.spec\./.test(file))).toEqual([]);
    const models = await readdir(join(repository, 'models'));
    expect(files.filter((file) => file.startsWith('models/')).sort()).toEqual(
      models.map((file) => `models/${file}`).sort(),
    );
    const entries = [
      'index',
      'browser',
      'sphere',
      'losses',
      'models',
      'features',
      'data',
      'dataInBrowser',
      'evaluate',
      'paper',
    ];
    for (const entry of entries.flatMap((name) =>
      ['.js', '.cjs', '.d.ts', '.d.cts'].map((end) => `dist/${name}${end}`),
    )) {
      expect(files).toContain(entry);
    }
    expect(files.length).toBeLessThanOrEqual(400);
    // The photo encoder takes 9 MB: float16 for programs, 8 bits for pages.
    expect((await readFile(tarball)).length).toBeLessThan(20e6);
  });

  it('is clean by publint and arethetypeswrong', async () => {
    const { stdout } = await run(tool('publint'), [tarball, '--strict'], folder);
    expect(stdout).toContain('All good!');
    // It fails on a problem.
    await run(tool('attw'), [tarball, '--profile', 'node16'], folder);
  });

  it('has one TensorFlow.js in the tree', async () => {
    const { packages } = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8'));
    const cores = Object.keys(packages).filter((path) => path.endsWith('/@tensorflow/tfjs-core'));
    expect(cores).toEqual(['node_modules/@tensorflow/tfjs-core']);
  });
});

/**
 * What `npm publish` would send from a folder, and what it says beside that. It asks no registry: it is told of one that
 * is not there, and of a login.
 */
async function publishDry(cwd: string) {
  const registry = '127.0.0.1:9/';
  const flags = ['--dry-run', '--ignore-scripts', '--loglevel=notice', '--fetch-retries=0'];
  const login = [`--registry=http://${registry}`, `--//${registry}:_authToken=none`];
  const { stderr } = await run('npm', ['publish', ...flags, ...login], cwd);
  const lines = stderr.split('\n').filter((line) => line !== '');
  return {
    files: lines.flatMap((line) => /^npm notice [\d.]+k?M?B (\S+)$/.exec(line)?.[1] ?? []).sort(),
    warnings: lines.filter((line) => !line.startsWith('npm notice')),
    target: lines.find((line) => line.includes('Publishing to')),
  };
}

describe.each([
  ['fewshot-atnl', '.', 30e6],
  ['tfjs-wasm-training', 'packages/tfjs-wasm-training', 600e3],
])('npm publish of %s', (name, path, most) => {
  const cwd = join(repository, path);
  const manifest = async (folder = cwd) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

  it('warns of nothing, and sends what is meant alone', async () => {
    if (path !== '.') await run('npm', ['run', 'build'], cwd);
    const { files, warnings, target } = await publishDry(cwd);
    expect(warnings).toEqual([]);
    expect(target).toMatch(/public access/);
    const models = (await readdir(join(repository, 'models'))).map((file) => `models/${file}`);
    const dist = (await readdir(join(cwd, 'dist'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(cwd, join(entry.parentPath, entry.name)));
    const own = ['LICENSE', 'README.md', 'package.json', ...(path === '.' ? models : [])];
    expect(files).toEqual([...own, ...dist].sort());
    const known = /\.(c?js|d\.c?ts)$|^dist\/fewshot\.config\.schema\.json$/;
    // The small package has maps, as its code is generated.
    expect(dist.filter((file) => !known.test(path === '.' ? file : file.replace(/\.map$/, '')))).toEqual([]);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(cwd, file))).size));
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(most);
  });

  it('goes to everybody, with provenance, under the tag of its version', async () => {
    const { version, publishConfig, repository: source } = await manifest();
    const { version: released, devDependencies } = await manifest(repository);
    const tag = version.includes('-') ? { tag: 'next' } : {};
    expect(publishConfig).toEqual({ access: 'public', provenance: true, ...tag });
    expect(source.url).toBe('git+https://github.com/fewshot-atnl/fewshot-atnl.git');
    expect(version).toBe(released);
    if (name !== 'fewshot-atnl') expect(devDependencies[name]).toBe(`^${version}`);
  });
});

describe('in Node', () => {
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, ['module.mjs'], project);
    expect(JSON.parse(stdout)).toEqual({ name: 'wasm', same: true, subpaths: true });
    inNode = JSON.parse(await readFile(join(project, 'node.json'), 'utf8'));
  });

  it('makes and learns images as an ES module', () => {
    expect(inNode.images).toHaveLength(24);
    expect(inNode.knn.label).toBe(2);
    expect(Math.max(...inNode.images[20]!.pixels)).toBeGreaterThan(0.5);
  });

  it('works when it is required', async () => {
    const { stdout } = await run(process.execPath, ['common.cjs'], project);
    expect(JSON.parse(stdout)).toEqual({ name: 'wasm', same: true, images: 24, knn: 2 });
  });

  it.each([
    ['cjs', []],
    // TensorFlow.js is CommonJS, whose names an ES module lacks.
    [
      'esm',
      [
        "--banner:js=import { createRequire as r } from 'node:module'; const require = r(import.meta.url), __dirname = import.meta.dirname;",
      ],
    ],
  ])('hallucinates from a bundle of esbuild in %s', async (format, options) => {
    const out = `bundle.${format === 'cjs' ? 'cjs' : 'mjs'}`;
    const flags = [
      '--bundle',
      '--platform=node',
      `--format=${format}`,
      `--outfile=${out}`,
      '--log-level=error',
    ];
    await run(tool('esbuild'), ['bundled.mjs', ...flags, ...options], project);
    const { stdout } = await run(process.execPath, [out], project);
    expect(JSON.parse(stdout)).toEqual({ name: 'wasm', images: 24, first: inNode.images[9]!.pixels });
  });

  it.each(['fewshot', 'fewshot-atnl'])('has a command line %s', async (command) => {
    const { stdout } = await run('npx', [command, 'info', '--backend', 'wasm'], project);
    expect(stdout).toMatch(/backend {3}wasm/);
  });
});

describe.each([
  ['bundler', 'ESNext'],
  ['node16', 'Node16'],
])('in TypeScript with moduleResolution %s', (moduleResolution, module) => {
  it.each([
    ['types.ts', ['node']],
    ['browserTypes.ts', []],
    ['types.cts', ['node']],
    ['browserTypes.cts', []],
  ])('%s compiles, and so do the declarations', async (file, types) => {
    if (file.endsWith('.cts')) await cp(join(project, file.replace('.cts', '.ts')), join(project, file));
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'ES2022', lib: ['ES2022', 'DOM'], types },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    const { stdout } = await run(tool('tsc'), ['-p', '.'], project).catch((error) => error);
    // Declarations of TensorFlow.js have errors of their own, and indented lines go on with the error above.
    const ours = stdout.split('\n').filter((line: string) => /^(?!node_modules\/@tensorflow\/)\S/.test(line));
    expect(ours).toEqual([]);
  });
});

describe.each(['built', 'served for development'])('in a page that Vite has %s', (kind) => {
  const warnings: string[] = [];
  let server: PreviewServer | ViteDevServer;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    const logger = createLogger('warn');
    logger.warn = (message) => void warnings.push(message);
    logger.warnOnce = logger.warn;
    // Nobody resolves tools from the project: they are those of this repository.
    const config: InlineConfig = {
      root: project,
      configFile: false,
      customLogger: logger,
      cacheDir: join(folder, 'vite'),
      build: { chunkSizeWarningLimit: 10_000 },
    };
    const listening = { host: '127.0.0.1', port: 0 };
    if (kind === 'built') {
      await build(config);
      server = await preview({ ...config, preview: listening });
    } else {
      server = await createServer({ ...config, server: listening });
      await (server as ViteDevServer).listen();
    }
    const { port } = server.httpServer!.address() as AddressInfo;
    address = `http://127.0.0.1:${port}/`;
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--enable-unsafe-swiftshader',
        ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
        ...['--use-vulkan=swiftshader', '--use-angle=swiftshader'],
      ],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Runs the walk in a fresh page; says which hosts the page asked. */
  async function walkInPage(backend: string, { isolated = false, lost = false } = {}) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => void hosts.add(new URL(request.url()).origin));
    if (isolated) {
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        const headers = {
          ...response.headers(),
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        };
        await route.fulfill({ response, headers });
      });
    }
    await page.goto(address);
    await page.waitForFunction('window.run !== undefined');
    const result = (await page.evaluate(`window.run(${JSON.stringify(backend)}, ${lost})`)) as InPage;
    await context.close();
    return { ...result, hosts: [...hosts].filter((origin) => origin !== 'null') };
  }

  it('is built without warnings', () => {
    expect(warnings).toEqual([]);
  });

  it.each([
    ['wasm', { isolated: false }, 1e-4],
    ['wasm', { isolated: true }, 1e-4],
    ['cpu', {}, 1e-4],
    // Its trigonometry is ours, that of webgl is of the shaders.
    ['webgpu', {}, 1e-4],
    ['webgl', {}, 2e-3],
  ] as const)(
    'makes the images of Node on %s, %j',
    async (backend, options, tolerance) => {
      const result = await walkInPage(backend, options);
      expect(result.error).toBeUndefined();
      expect(result.nodeOnly, 'the entry for Node').toBe(false);
      expect(result.digests).toEqual([result.digests[0], result.digests[0]]);
      expect(result.info).toMatchObject({ name: backend, threads: 1, simd: backend === 'wasm' });
      expect(result.info.adapter?.software).toBe(backend === 'webgpu' ? true : undefined);
      expect(result.isolated).toBe('isolated' in options && options.isolated);
      expect(result.hosts).toEqual([new URL(address).origin]);
      expect(result.images).toHaveLength(inNode.images.length);
      const differences = result.images.flatMap(({ pixels }, i) =>
        pixels.map((value, j) => Math.abs(value - inNode.images[i]!.pixels[j]!)),
      );
      expect(differences.reduce((a, b) => Math.max(a, b))).toBeLessThan(tolerance);
      expect(result.images.map(({ label }) => label)).toEqual(inNode.images.map(({ label }) => label));
      expect(result.batches).toEqual(inNode.batches);
      expect(result.knn).toEqual(inNode.knn);
      expect(result.cnn.label).toEqual(inNode.cnn.label);
      expect(Math.abs(result.cnn.loss - inNode.cnn.loss)).toBeLessThan(10 * tolerance);
    },
    120_000,
  );

  it('takes wasm by itself where it is told where its files are', async () => {
    expect((await walkInPage('auto')).info).toMatchObject({ name: 'wasm', threads: 1, simd: true });
  });

  it('takes another backend, and says why, where it is not told', async () => {
    const { info, images } = await walkInPage('auto', { lost: true });
    expect(info.name).toBe('webgl');
    expect(info.reason).toMatch(/^The wasm backend does not start/);
    expect(images).toHaveLength(inNode.images.length);
  });

  it('tells how to name the files of wasm', async () => {
    const { error } = await walkInPage('wasm', { lost: true });
    expect(error).toMatchObject({ name: 'BackendError', hint: expect.stringContaining('wasmPaths') });
  });
});
