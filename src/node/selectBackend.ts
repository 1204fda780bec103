import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import { type Arithmetic, arithmetics, type BackendInfoOf } from '../backend/backendInfo.js';
import { decideOnce, type RequestOf, requestFor } from '../backend/request.js';
import {
  type BackendOptions,
  checkBackendOptions,
  infoOf,
  loadGradients,
  type Started,
  startCpu,
  startWasm,
} from '../backend/start.js';
import { startWebgpu } from '../backend/webgpu.js';
import { BackendError, UsageError } from '../core/errors.js';
import { shown } from '../core/shown.js';
import { loadTfjs } from '../core/tfjs.js';
import { resolvePackage } from './packageFiles.js';
import { withoutRethrowers } from './rethrowers.js';

export const backendNames = ['native', 'wasm', 'webgpu', 'cpu'] as const;

/**
 * Name of a backend: `native` is libtensorflow through tfjs-node, `wasm` WebAssembly, `webgpu` the graphics card, `cpu` plain
 * JavaScript.
 */
export type BackendName = (typeof backendNames)[number];

/** A backend by name, or `auto`: that of FEWSHOT_BACKEND, else native if it can be loaded, else wasm. */
export type BackendRequest = BackendName | 'auto';

/** The backend that computes in this process. */
export type BackendInfo = BackendInfoOf<BackendName>;

function resolveRequest(request: string): RequestOf<BackendName> {
  const variable = request === 'auto' ? process.env.FEWSHOT_BACKEND : undefined;
  return variable
    ? requestFor(variable, backendNames, 'FEWSHOT_BACKEND asks for it', ' (from FEWSHOT_BACKEND)')
    : requestFor(request, backendNames);
}

function arithmeticOfEnvironment(): Arithmetic {
  const asked = process.env.FEWSHOT_ARITHMETIC || 'fma';
  const known = arithmetics.find((name) => name === asked);
  if (known !== undefined) return known;
  throw new UsageError(`There is no arithmetic "${shown(asked)}" (from FEWSHOT_ARITHMETIC).`, {
    hint: `Choose one of ${arithmetics.join(', ')}.`,
  });
}

function complete(name: BackendName, reason: string, { versions, ...started }: Started): BackendInfo {
  return infoOf(name, reason, { ...started, versions: { node: process.versions.node, ...versions } });
}

/** Folder of the .wasm files, which a bundled program does not have beside it. */
function wasmFolder(): string | undefined {
  const file = resolvePackage('@tensorflow/tfjs-backend-wasm/package.json');
  return file === undefined ? undefined : join(dirname(file), 'dist', '/');
}

/** Node 20 knows the instruction of `fma`, but only by this flag, which it takes while running. */
function allowFma(): void {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

async function startWasmInNode({
  wasmPaths,
  arithmetic = arithmeticOfEnvironment(),
  threads = 1,
}: BackendOptions): Promise<Started> {
  if (arithmetic === 'fma') allowFma();
  if (tf.getBackend() === 'wasm') return startWasm({ arithmetic, threads });
  const paths = wasmPaths ?? wasmFolder();
  if (paths !== undefined) return startWasm({ wasmPaths: paths, arithmetic, threads });
  throw new BackendError('the .wasm files of @tensorflow/tfjs-backend-wasm cannot be found', {
    hint: 'Install that package where the program runs, or name the folder with wasmPaths.',
    option: 'wasmPaths',
  });
}

async function decide(
  { name, reason }: RequestOf<BackendName>,
  options: BackendOptions,
): Promise<BackendInfo> {
  const startWasm = async () => {
    await loadGradients();
    return startWasmInNode(options);
  };
  if (name === 'wasm') return complete('wasm', reason, await startWasm());
  if (name === 'auto' && tf.getBackend() === 'wasm') {
    return complete('wasm', 'this process uses it already', await startWasm());
  }
  if (name === 'cpu') {
    await loadTfjs();
    return complete('cpu', reason, await startCpu());
  }
  if (name === 'webgpu') {
    await loadTfjs();
    const { openDawn } = await import('./dawn.js');
    return complete('webgpu', reason, await startWebgpu(openDawn));
  }
  const native = (await import('./native.js')).loadNative();
  if (native.loaded) {
    const { threads, libtensorflow } = native;
    const why = name === 'auto' ? 'tfjs-node is installed' : reason;
    return complete('native', why, { threads, simd: true, versions: { libtensorflow } });
  }
  if (name === 'auto') return complete('wasm', native.reason, await startWasm());
  throw new BackendError(`The native backend cannot be used: ${native.reason}.`, {
    hint: 'Or ask for wasm, which needs no native build.',
  });
}

const once = decideOnce<BackendName>(
  'process',
  'Choose the backend before the first call that needs one, or with the environment variable FEWSHOT_BACKEND.',
);

/**
 * Chooses the backend, once per process: importing tfjs-node later would take tensors away from the backend in use. A
 * second request for the same backend, or for `auto`, gets the first answer. Handlers of the process for uncaught
 * exceptions and unhandled rejections stay as they are.
 *
 * ```ts
 * const { name, reason } = await selectBackend();
 * console.log(name, reason);
 * ```
 *
 * @throws {UsageError} for an unknown name
 * @throws {BackendError} when the backend cannot be loaded, lacks a kernel, or another is in use already
 */
export async function selectBackend(
  request: BackendRequest = 'auto',
  options: BackendOptions = {},
): Promise<BackendInfo> {
  const resolved = resolveRequest(request);
  checkBackendOptions(options);
  return once(request === 'auto' ? { ...resolved, name: 'auto' } : resolved, () =>
    withoutRethrowers(() => decide(resolved, options)),
  );
}

/** The arithmetic that wasm computes with, for a result to name; of other backends nothing. */
export async function arithmeticInUse(): Promise<{ readonly arithmetic?: Arithmetic }> {
  if (tf.getBackend() !== 'wasm') return {};
  const { arithmetic } = await selectBackend('wasm');
  return arithmetic === undefined ? {} : { arithmetic };
}
