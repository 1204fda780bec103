import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../core/errors.js';
import type { Adapter } from './backendInfo.js';
import type { Started } from './start.js';
import { registerWebgpuKernels } from './webgpuKernels.js';

/** WebGPU as a platform gives it. */
export interface WebgpuPlatform {
  readonly gpu: GPU;
  /**
   * Makes a function that maps a buffer for reading before it returns. Default: TensorFlow.js reads at once by way of a
   * canvas, which browsers alone have.
   */
  readonly mapper?: (device: GPUDevice) => Promise<(buffer: GPUBuffer) => void>;
  /** Next step where there is no adapter. */
  readonly hint: string;
}

/** What newer adapters tell beyond the types of TensorFlow.js. */
interface TellingAdapter {
  readonly info?: Partial<Record<'vendor' | 'architecture' | 'device' | 'description', string>> & {
    readonly isFallbackAdapter?: boolean;
  };
  readonly isFallbackAdapter?: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Limits to ask for in full; the defaults stop at the workgroups of a phone. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Name of an adapter, and whether it computes without a graphics card. */
export function describeAdapter({ info = {}, isFallbackAdapter }: TellingAdapter): Adapter {
  const { vendor, architecture, device, description } = info;
  const parts = [vendor, architecture, device].filter(Boolean);
  const software =
    info.isFallbackAdapter ?? isFallbackAdapter ?? SOFTWARE.test([...parts, description].join(' '));
  return { name: description || parts.join(' ') || 'unnamed', software };
}

/**
 * Makes WebGPU the backend, on the strongest adapter, or on one of software where there is no other.
 *
 * @param open gives WebGPU, or throws a `BackendError`
 * @throws BackendError when a package or an adapter is missing
 */
export async function startWebgpu(open: () => Promise<WebgpuPlatform>): Promise<Started> {
  const { WebGPUBackend: Backend } = await loadBackend();
  if (tf.getBackend() !== 'webgpu') await register(Backend, await open());
  const { adapter } = tf.backend() as Partial<CheckedBackend>;
  registerWebgpuKernels();
  return { threads: 1, simd: false, ...(adapter === undefined ? {} : { adapter }) };
}

interface CheckedBackend extends WebGPUBackend {
  readonly adapter: Adapter;
}

async function loadBackend(): Promise<typeof import('@tensorflow/tfjs-backend-webgpu')> {
  let cause: unknown;
  // Bundlers leave a package out that is not installed only where its import is caught; some give an empty one for it.
  const module = await import('@tensorflow/tfjs-backend-webgpu').catch((error: unknown) => {
    cause = error;
  });
  if (module?.WebGPUBackend !== undefined) return module;
  throw new BackendError(
    'The webgpu backend cannot be used: @tensorflow/tfjs-backend-webgpu does not load.',
    {
      hint: `Install it with: npm install @tensorflow/tfjs-backend-webgpu@${tf.version_core}`,
      cause,
    },
  );
}

async function register(Backend: typeof WebGPUBackend, { gpu, mapper, hint }: WebgpuPlatform): Promise<void> {
  const adapter =
    (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ??
    (await gpu.requestAdapter({ forceFallbackAdapter: true }));
  if (adapter === null)
    throw new BackendError('The webgpu backend cannot be used: there is no adapter.', { hint });
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  const { info } = adapter as unknown as { info?: GPUAdapterInfo };
  const Checked = checked(Backend, await mapper?.(device));
  const backend = withNavigator(gpu, () => new Checked(device, info));
  // Dawn ends with its `gpu`, whatever devices are left.
  Object.assign(backend, { gpu, adapter: describeAdapter(adapter as TellingAdapter) });
  if (tf.findBackendFactory('webgpu') != null) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend);
  await tf.setBackend('webgpu');
}

/** Runs `body` while `navigator.gpu` is there, which TensorFlow.js asks for though it is given a device. */
function withNavigator<T>(gpu: GPU, body: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  if (globalThis.navigator?.gpu !== undefined) return body();
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return body();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  }
}

/**
 * The backend of TensorFlow.js that fails where the device did, which else goes on with zeros, and that reads at once by
 * `map` where it is given.
 */
function checked(Backend: typeof WebGPUBackend, map: ((buffer: GPUBuffer) => void) | undefined) {
  return class extends Backend {
    private failure: string | undefined;

    constructor(device: GPUDevice, info?: GPUAdapterInfo) {
      super(device, info);
      device.addEventListener('uncapturederror', (event) => {
        this.failure ??= (event as GPUUncapturedErrorEvent).error.message;
      });
      void device.lost.then(({ message }) => {
        this.failure ??= message;
      });
    }

    override async read(dataId: object): Promise<tf.BackendValues> {
      const values = await super.read(dataId);
      this.assertSound();
      return values;
    }

    override readSync(dataId: object): tf.BackendValues {
      const data = this.tensorMap.get(dataId);
      const { resource, dtype } = data;
      if (map === undefined || data.values != null || !(resource instanceof GPUBuffer)) {
        return super.readSync(dataId);
      }
      const { size } = resource;
      const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
      const staging = this.bufferManager.acquireBuffer(size, usage);
      this.ensureCommandEncoderReady();
      this.endComputePassEncoder();
      this.submitQueue();
      const copy = this.device.createCommandEncoder();
      copy.copyBufferToBuffer(resource, 0, staging, 0, size);
      this.queue.submit([copy.finish()]);
      map(staging);
      data.values = tf.util.convertBackendValuesAndArrayBuffer(staging.getMappedRange().slice(0), dtype);
      staging.unmap();
      this.bufferManager.releaseBuffer(staging);
      this.assertSound();
      return data.values;
    }

    private assertSound(): void {
      if (this.failure === undefined) return;
      throw new BackendError(`the graphics card failed: ${this.failure.split('\n')[0]}`, {
        hint: 'Take smaller batches, or another backend.',
      });
    }
  };
}
