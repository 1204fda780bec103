import { availableParallelism } from 'node:os';
import util from 'node:util';
import type * as tfjs from '@tensorflow/tfjs';
import { registerNativeKernels } from '../backend/nativeKernels.js';
import { packageRequire } from './packageFiles.js';

const ADDON = '@tensorflow/tfjs-node';

interface NativeBinding {
  readonly TF_Version: string;
}

/** tfjs-node, loaded and in use; or the reason why it is not. */
export type NativeOutcome =
  | { readonly loaded: true; readonly libtensorflow: string; readonly threads: number }
  | { readonly loaded: false; readonly reason: string };

/** Restores two helpers that tfjs-node calls and that Node 23 removed. Existing ones stay. */
export function restoreUtilHelpers(target: object): void {
  const helpers = target as { isArray?: unknown; isNullOrUndefined?: unknown };
  helpers.isArray ??= Array.isArray;
  helpers.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

/** Reason why loading failed, in one line. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' && message.includes(`'${ADDON}'`)) {
    return 'tfjs-node is not installed; npm run native builds it';
  }
  return `tfjs-node does not load (${message.split('\n')[0]!.trim()}); npm run native builds it`;
}

function threadsOfLibtensorflow(): number {
  const requested = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return requested > 0 ? requested : availableParallelism();
}

/**
 * Loads tfjs-node, which makes itself the backend of this process: call it only once the decision is made.
 *
 * @param load loads a module; tests pass their own
 */
export function loadNative(load: (name: string) => unknown = packageRequire()): NativeOutcome {
  // libtensorflow reads this when it is loaded, and reports on its CPU features on stderr otherwise.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreUtilHelpers(util);
  try {
    const tf = load(ADDON) as typeof tfjs;
    registerNativeKernels();
    const { binding } = tf.backend() as unknown as { binding: NativeBinding };
    return { loaded: true, libtensorflow: binding.TF_Version, threads: threadsOfLibtensorflow() };
  } catch (error) {
    return { loaded: false, reason: explain(error) };
  }
}
