import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../core/errors.js';
import { loadTfjs } from '../core/tfjs.js';
import type { BackendInfoOf } from './backendInfo.js';
import { decideOnce, type RequestOf, requestFor } from './request.js';
import {
  type BackendOptions,
  checkBackendOptions,
  infoOf,
  type Started,
  startCpu,
  startWasm,
} from './start.js';
import { startWebgpu } from './webgpu.js';

export const backendNames = ['wasm', 'webgpu', 'webgl', 'cpu'] as const;

/** Name of a backend: `wasm` is WebAssembly, `webgpu` and `webgl` the graphics card, `cpu` plain JavaScript. */
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

async function openWebgpu() {
  const { gpu } = globalThis.navigator;
  if (gpu !== undefined)
    return { gpu, hint: 'Ask for wasm instead, or allow the browser to use the graphics card.' };
  throw new BackendError('The webgpu backend cannot be used: this page has no WebGPU.', {
    hint: 'Ask for wasm instead, or open the page over https in a browser that has WebGPU.',
  });
}

function starters(options: BackendOptions): Record<BackendName, () => Promise<Started>> {
  const wasm = async () => {
    try {
      return await startWasm(options);
    } catch (cause) {
      throw new BackendError('The wasm backend does not start: its .wasm file cannot be loaded or run.', {
        hint: 'Give the URLs of the files of @tensorflow/tfjs-backend-wasm as wasmPaths, and reload the page.',
        option: 'wasmPaths',
        cause,
      });
    }
  };
  return { wasm, webgpu: () => startWebgpu(openWebgpu), webgl: startWebgl, cpu: startCpu };
}

async function decide(
  { name, reason }: RequestOf<BackendName>,
  options: BackendOptions,
): Promise<BackendInfo> {
  await loadTfjs();
  const start = starters(options);
  const use = async (chosen: BackendName, why: string) => infoOf(chosen, why, await start[chosen]());
  if (name !== 'auto') return use(name, reason);
  const active = tf.getBackend();
  if (active === 'wasm' || active === 'webgpu' || active === 'webgl') {
    return use(active, 'this page uses it already');
  }
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
 * Chooses the backend, once per page or worker. A second request for the same backend, or for `auto`, gets the first
 * answer.
 *
 * ```ts
 * const { name } = await selectBackend('auto', { wasmPaths: '/assets/' });
 * ```
 *
 * @throws {UsageError} for an unknown name
 * @throws {BackendError} when the backend does not start, lacks a kernel, or another is in use already
 */
export async function selectBackend(
  request: BackendRequest = 'auto',
  options: BackendOptions = {},
): Promise<BackendInfo> {
  const resolved = requestFor(request, backendNames);
  checkBackendOptions(options);
  return once(resolved, () => decide(resolved, options));
}
