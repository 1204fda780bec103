import * as tf from '@tensorflow/tfjs';
import { BackendError, UsageError } from '../core/index.js';
import { assertKernels } from './requiredKernels.js';

export const backendNames = ['native', 'wasm', 'cpu'] as const;

/** `native` is libtensorflow through tfjs-node, `wasm` WebAssembly, `cpu` plain JavaScript. */
export type BackendName = (typeof backendNames)[number];

/** A backend by name, or `auto`: what FEWSHOT_BACKEND says, else native where it can be loaded, else wasm. */
export type BackendRequest = BackendName | 'auto';

/** The backend that computes in this process. */
export interface BackendInfo {
  readonly name: BackendName;
  /** Why this one, as a clause: "FEWSHOT_BACKEND asks for it". */
  readonly reason: string;
  /** Threads that one tensor operation may use. */
  readonly threads: number;
  /** Whether vector instructions are in use. */
  readonly simd: boolean;
  readonly versions: {
    readonly tfjs: string;
    /** Absent in a browser. */
    readonly node?: string;
    readonly libtensorflow?: string;
    readonly wasm?: string;
  };
}

type Selected = Pick<BackendInfo, 'threads' | 'simd'> & {
  readonly versions?: Partial<BackendInfo['versions']>;
};

/** A request, and the clause that says where it came from. */
interface Wish {
  readonly name: BackendRequest;
  readonly reason: string;
}

const nodeVersion = (): string | undefined => globalThis.process?.versions?.node;

function parseWish(request: string): Wish {
  const variable = request === 'auto' ? globalThis.process?.env?.FEWSHOT_BACKEND : undefined;
  const name = variable || request;
  const known: readonly string[] = ['auto', ...backendNames];
  if (!known.includes(name)) {
    throw new UsageError(`There is no backend "${name}"${variable ? ' (from FEWSHOT_BACKEND)' : ''}.`, {
      hint: `Choose one of ${known.join(', ')}.`,
    });
  }
  return {
    name: name as BackendRequest,
    reason: variable ? 'FEWSHOT_BACKEND asks for it' : 'it was asked for',
  };
}

async function useWasm(): Promise<Selected> {
  const [wasm, { registerWasmKernels }] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('./wasm/index.js'),
  ]);
  if (!(await tf.setBackend('wasm'))) {
    throw new BackendError('WebAssembly does not start here.', { hint: 'Ask for the cpu backend instead.' });
  }
  registerWasmKernels();
  return {
    threads: wasm.getThreadsCount(),
    simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT').then(Boolean),
    versions: { wasm: wasm.version_wasm },
  };
}

async function useCpu(): Promise<Selected> {
  await tf.setBackend('cpu');
  // Its first tensor would print an advertisement for tfjs-node.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
  return { threads: 1, simd: false };
}

async function loadNative() {
  if (nodeVersion() === undefined) return { loaded: false, reason: 'tfjs-node needs Node' } as const;
  return (await import('./native.js')).loadNative();
}

async function decide({ name, reason }: Wish): Promise<BackendInfo> {
  if (name === 'cpu') return complete('cpu', reason, await useCpu());
  if (name === 'wasm') return complete('wasm', reason, await useWasm());
  if (name === 'auto' && tf.getBackend() === 'wasm') {
    return complete('wasm', 'this process uses it already', await useWasm());
  }
  const native = await loadNative();
  if (native.loaded) {
    const { threads, libtensorflow } = native;
    const why = name === 'auto' ? 'tfjs-node is installed' : reason;
    return complete('native', why, { threads, simd: true, versions: { libtensorflow } });
  }
  if (name === 'auto') return complete('wasm', native.reason, await useWasm());
  throw new BackendError(`The native backend cannot be used: ${native.reason}.`, {
    hint: 'Or ask for wasm, which needs no native build.',
  });
}

function complete(name: BackendName, reason: string, { threads, simd, versions }: Selected): BackendInfo {
  assertKernels(tf.getBackend());
  const node = nodeVersion();
  const runtime = { tfjs: tf.version.tfjs, ...(node === undefined ? {} : { node }) };
  return { name, reason, threads, simd, versions: { ...runtime, ...versions } };
}

let decision: Promise<BackendInfo> | undefined;

/**
 * Chooses what computes, once per process: importing tfjs-node later would take tensors away from the backend in use.
 * Asking again for the same backend, or for `auto`, gives the first answer.
 *
 * @throws {UsageError} for a name that is no backend
 * @throws {BackendError} when the backend cannot be loaded, lacks a kernel, or another is in use already
 */
export async function selectBackend(request: BackendRequest = 'auto'): Promise<BackendInfo> {
  const wish = parseWish(request);
  if (decision === undefined) {
    decision = decide(wish);
    // A backend that did not start is no decision: another may be asked for.
    decision.catch(() => {
      decision = undefined;
    });
    return decision;
  }
  const info = await decision;
  if (request === 'auto' || wish.name === info.name) return info;
  throw new BackendError(
    `This process computes with ${info.name} already; ${wish.name} was asked for too late.`,
    {
      hint: 'Choose the backend before the first call that needs one, or with the environment variable FEWSHOT_BACKEND.',
    },
  );
}
