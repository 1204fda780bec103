import type { WebgpuPlatform } from '../backend/webgpu.js';
import { BackendError } from '../core/errors.js';
import { rethrow } from '../models/extractorKinds.js';

const HINT =
  process.platform === 'linux'
    ? 'Install libvulkan1 and the Vulkan driver of the graphics card, or name a driver of software with VK_ICD_FILENAMES; or ask for wasm.'
    : 'Install the driver of the graphics card, or ask for wasm.';

/**
 * WebGPU for Node, of the npm package `webgpu` (Dawn) where it is installed. Makes the classes of WebGPU globals, as
 * they are in browsers.
 *
 * @param load imports the package; tests pass their own
 * @throws BackendError when it is not installed, or does not load
 */
export async function openDawn(
  load: () => Promise<typeof import('webgpu')> = () => import('webgpu').catch(rethrow),
): Promise<WebgpuPlatform> {
  const dawn = await load().catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ERR_MODULE_NOT_FOUND' && cause.message.includes("'webgpu'");
    const reason = missing ? 'is not installed' : `does not load (${cause.message.split('\n')[0]})`;
    throw new BackendError(`The webgpu backend cannot be used: the package webgpu ${reason}.`, {
      hint: 'Install it with: npm install webgpu; or ask for wasm.',
      cause,
    });
  });
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return { gpu: dawn.create([]), mapper, hint: HINT };
}

/** Looks for finished work without a pause between them. */
const EAGER_LOOKS = 200;

/** Milliseconds between later looks. */
const PAUSE = 0.2;

/** Nobody wakes who waits for it. */
const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * A function that maps a buffer before it returns. Dawn looks for finished work in callbacks that it gives to `setImmediate`
 * as it finds it among the globals; here they are taken from it, and called until the buffer is mapped.
 */
async function mapper(device: GPUDevice): Promise<(buffer: GPUBuffer) => void> {
  const schedule = globalThis.setImmediate;
  let look: (() => void) | undefined;
  let waiting = false;
  const taking = <T>(body: () => T): T => {
    const take = (callback: () => void) => {
      look = callback;
      waiting = true;
    };
    Object.assign(globalThis, { setImmediate: take });
    try {
      return body();
    } finally {
      Object.assign(globalThis, { setImmediate: schedule });
      if (waiting) schedule(look!);
      waiting = false;
    }
  };
  // Dawn gives a callback only while none of its own waits, as one does right after the device was made.
  while (look === undefined) {
    await new Promise((resolve) => schedule(resolve));
    await taking(() => device.queue.onSubmittedWorkDone());
  }
  return (buffer) =>
    taking(() => {
      buffer.mapAsync(GPUMapMode.READ).catch(() => {});
      for (let looks = 0; buffer.mapState === 'pending' && look !== undefined; looks++) {
        // A graphics card answers soon; one of software needs the processor.
        if (looks > EAGER_LOOKS) Atomics.wait(nobody, 0, 0, PAUSE);
        waiting = false;
        look();
      }
      if (buffer.mapState === 'mapped') return;
      throw new BackendError('the graphics card gives no values', {
        hint: 'Take smaller batches, or another backend.',
      });
    });
}
