import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../core/errors.js';
import type { BackendInfoOf } from './info.js';
import { decideOnce, type Wish, wishFor } from './request.js';
import { accountOf, type BackendOptions, loadTfjs, type Started, startCpu, startWasm } from './start.js';

export const backendNames = ['wasm', 'webgl', 'cpu'] as const;

/** `wasm` is WebAssembly, `webgl` the graphics card, `cpu` plain JavaScript. */
export type BackendName = (typeof backendNames)[number];

/** A backend by name, or `auto`: the first of wasm, webgl and cpu that starts. */
export type BackendRequest = BackendName | 'auto';

/** The backend that computes in this page or worker. */
export type BackendInfo = BackendInfoOf<BackendName>;

async function startWebgl(): Promise<Started> {
  if (!(await tf.setBackend('webgl'))) {
    throw new BackendError('WebGL does not start here.', { hint: 'Ask for wasm or cpu instead.' });
  }
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
    throw new BackendError('WebGL computes with 16 bits here, too few for points on a sphere.', {
      hint: 'Ask for wasm or cpu instead.',
    });
  }
  return { threads: 1, simd: false };
}

function starters({ wasmPaths }: BackendOptions): Record<BackendName, () => Promise<Started>> {
  const wasm = async () => {
    try {
      return await startWasm(wasmPaths);
    } catch (cause) {
      throw new BackendError('The wasm backend does not start: its .wasm file cannot be loaded or run.', {
        hint: 'Say with wasmPaths where the page finds the files of @tensorflow/tfjs-backend-wasm, and reload it.',
        cause,
      });
    }
  };
  return { wasm, webgl: startWebgl, cpu: startCpu };
}

async function decide({ name, reason }: Wish<BackendName>, options: BackendOptions): Promise<BackendInfo> {
  await loadTfjs();
  const start = starters(options);
  const use = async (chosen: BackendName, why: string) => accountOf(chosen, why, await start[chosen]());
  if (name !== 'auto') return use(name, reason);
  const active = tf.getBackend();
  if (active === 'wasm' || active === 'webgl') return use(active, 'this page uses it already');
  const failures: string[] = [];
  for (const candidate of ['wasm', 'webgl'] as const) {
    try {
      return await use(candidate, failures.join(' ') || 'it is the fastest that needs no graphics card');
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failures.push(error.message);
    }
  }
  return use('cpu', failures.join(' '));
}

const once = decideOnce<BackendName>('page', 'Choose the backend before the first call that needs one.');

/**
 * Chooses what computes, once per page or worker. Asking again for the same backend, or for `auto`, gives the first
 * answer.
 *
 * ```ts
 * const { name } = await selectBackend('auto', { wasmPaths: '/assets/' });
 * ```
 *
 * @throws {UsageError} for a name that is no backend
 * @throws {BackendError} when the backend does not start, lacks a kernel, or another is in use already
 */
export async function selectBackend(
  request: BackendRequest = 'auto',
  options: BackendOptions = {},
): Promise<BackendInfo> {
  const wish = wishFor(request, backendNames);
  return once(wish, () => decide(wish, options));
}
