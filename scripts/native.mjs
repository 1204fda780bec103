/**
 * Makes @tensorflow/tfjs-node usable where its own install step cannot download libtensorflow: lays the package down from
 * package-lock.json, takes libtensorflow out of the tensorflow-cpu wheel on PyPI, and builds the binding against it.
 *
 *   npm run native                      # does nothing when tfjs-node works already
 *   npm run native -- --wheel FILE      # a wheel that is at hand, instead of pip's download
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ADDON = '@tensorflow/tfjs-node';
const WHEEL = {
  requirement: 'tensorflow-cpu==2.15.1',
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  python: '3.11',
  platform: 'manylinux2014_x86_64',
};
/** Under these names the binding looks for the libraries at run time; the linker wants the names on the right. */
const LIBRARIES = {
  'libtensorflow_cc.so.2': 'libtensorflow.so',
  'libtensorflow_framework.so.2': 'libtensorflow_framework.so',
};
const NODE_GYP = 'node-gyp@10.3.1';
const NAPI = '8';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.native');
const home = join(root, 'node_modules', ADDON);

class Stop extends Error {}

const say = (line) => writeSync(1, `native: ${line}\n`);

function run(command, args, { cwd = root, env = {} } = {}) {
  const done = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return {
    ok: done.status === 0,

    out: done.stdout ?? '',
    err: done.stderr ?? '',
  };
}

function must(what, result) {
  if (result.ok) return result.out;
  const tail = `${result.out}\n${result.err}`.trim().split('\n').slice(-15).join('\n');
  throw new Stop(`${what} failed:\n${tail}`);
}

/** The npm and the Node that run this script, not others of the PATH: the binding is built for the Node at hand. */
function npm(args) {
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? run(process.execPath, [script, ...args], { env })
    : run('npm', args, { env });
}

/** In a process of its own: a binding that does not load may take the process down with it. */
function verify() {
  const done = run(process.execPath, [fileURLToPath(import.meta.url), '--check'], {
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  return done.ok ? done.out.trim() : undefined;
}

async function check() {
  const require = createRequire(import.meta.url);
  // tfjs-node calls two helpers that Node 23 removed.
  const util = require('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
  const tf = require(ADDON);
  const near = (got, want) => {
    if (got.length !== want.length || got.some((value, i) => Math.abs(value - want[i]) > 1e-5))
      throw new Error(`got ${got}, not ${want}`);
  };
  near(Array.from(await tf.matMul([[1, 2]], [[3], [4]]).data()), [11]);
  const filterGradient = tf.grad((w) => tf.conv2d(tf.ones([1, 3, 3, 1]), w, 1, 'valid').sum())(
    tf.zeros([2, 2, 1, 1]),
  );
  near(Array.from(await filterGradient.data()), [4, 4, 4, 4]);
  say(
    `tfjs-node ${tf.version['tfjs-node']}, libtensorflow ${tf.backend().binding.TF_Version}, Node ${process.versions.node}`,
  );
}

function assertTools() {
  const { platform, arch } = process;
  if (platform !== 'linux' || arch !== 'x64' || !process.report.getReport().header.glibcVersionRuntime)
    throw new Stop(
      `only Linux x64 with glibc is supported for now, not ${platform} ${arch}; the wasm backend works everywhere`,
    );
  if (!run('python3', ['--version']).ok)
    throw new Stop('python3 is missing (pip and node-gyp need it); install it and try again');
  if (!run(process.env.CXX ?? 'g++', ['--version']).ok)
    throw new Stop(
      `no C++ compiler (${process.env.CXX ?? 'g++'}); install one, as in: apt-get install g++ make`,
    );
  if (!run('make', ['--version']).ok)
    throw new Stop('make is missing; install it, as in: apt-get install make');
}

function layDown() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const wanted = lock.packages[`node_modules/${ADDON}`]?.version;
  if (!wanted) throw new Stop(`package-lock.json does not list ${ADDON}; run npm install first`);
  say(`laying down ${ADDON} ${wanted} as package-lock.json has it`);
  must('npm install', npm(['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund']));
  if (!existsSync(join(home, 'binding.gyp')))
    throw new Stop(`npm left ${ADDON} out of node_modules (is "omit=optional" set?)`);
}

async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

const wheelIn = (folder) => readdirSync(folder).find((name) => name.endsWith('.whl'));

async function fetchWheel(given) {
  if (given && !existsSync(given)) throw new Stop(`there is no wheel at ${given}`);
  const kept = wheelIn(cache);
  if (!given && kept) say(`taking ${kept} from .native/`);
  if (!given && !kept) {
    if (!run('python3', ['-m', 'pip', '--version']).ok)
      throw new Stop('pip is missing (python3 -m pip); install it, or give the wheel with --wheel FILE');
    say(`downloading ${WHEEL.requirement} with pip (207 MB)`);
    const only = [
      '--no-deps',
      '--only-binary=:all:',
      '--python-version',
      WHEEL.python,
      '--platform',
      WHEEL.platform,
    ];
    must(
      'pip download',
      run('python3', ['-m', 'pip', 'download', ...only, '--dest', cache, WHEEL.requirement]),
    );
  }
  const wheel = given ? resolve(given) : join(cache, wheelIn(cache));
  const found = await sha256(wheel);
  if (found === WHEEL.sha256) return wheel;
  if (!given) rmSync(wheel);
  throw new Stop(
    `${wheel} has SHA-256 ${found}, not ${WHEEL.sha256}; ${given ? 'give another' : 'it was removed, try again'}`,
  );
}

const UNZIP = `
import sys, zipfile
wheel, to, libraries = sys.argv[1], sys.argv[2], sys.argv[3:]
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        if name in libraries or name.startswith(('tensorflow/include/tensorflow/', 'tensorflow/include/tsl/')):
            z.extract(name, to)
`;

function unpack(wheel, scratch) {
  say('unpacking libtensorflow and its headers');
  const names = Object.keys(LIBRARIES);
  must(
    'unpacking',
    run('python3', ['-c', UNZIP, wheel, scratch, ...names.map((name) => `tensorflow/${name}`)]),
  );
  const deps = join(home, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  renameSync(join(scratch, 'tensorflow', 'include'), join(deps, 'include'));
  for (const [name, alias] of Object.entries(LIBRARIES)) {
    renameSync(join(scratch, 'tensorflow', name), join(deps, 'lib', name));
    symlinkSync(name, join(deps, 'lib', alias));
  }
}

function build() {
  say('building the binding (about half a minute)');
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const into = join(home, 'lib', `napi-v${NAPI}`);
  const options = [
    ...['configure', 'build', `--directory=${home}`, ...headers],
    ...['--module_name=tfjs_binding', `--module_path=${into}`, `--module=${join(into, 'tfjs_binding.node')}`],
    ...[`--napi_version=${NAPI}`, `--napi_build_version=${NAPI}`],
  ];
  must('node-gyp', npm(['exec', '--yes', '--', NODE_GYP, ...options]));
  rmSync(join(home, 'build'), { recursive: true, force: true });
  rmSync(join(home, 'deps', 'include'), { recursive: true, force: true });
}

async function main(given) {
  const works = verify();
  if (works) return say(`already works: ${works.replace('native: ', '')}`);
  assertTools();
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'unpacked-'));
  const clean = () => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', clean);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  const wheel = await fetchWheel(given);
  if (!existsSync(join(home, 'binding.gyp'))) layDown();
  unpack(wheel, scratch);
  build();
  const built = verify();
  if (!built)
    throw new Stop('the binding was built but does not load; node scripts/native.mjs --check says why');
  say(`ready: ${built.replace('native: ', '')}`);
}

try {
  const { values } = parseArgs({ options: { wheel: { type: 'string' }, check: { type: 'boolean' } } });
  await (values.check ? check() : main(values.wheel));
} catch (error) {
  if (!(error instanceof Stop) && error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error;
  writeSync(2, `native: ${error.message}\n`);
  process.exitCode = 1;
}
