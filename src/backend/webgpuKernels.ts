import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** Tensors that a kernel adds at once: a device binds 8 buffers at least, one of which holds the result. */
const ADDENDS = 7;

const WORKGROUP = 128;

/**
 * Functions of angles that are exact to a few units of the last digit. WGSL lets its own be wrong by 5e-4 (`sin`, `cos`) or by
 * 4096 units (`atan2`, `acos`). The polynomials and the split of π/2 are those of Cephes (Moshier).
 */
const angles = /* wgsl */ `
fn turned(x : f32, quarters : i32) -> f32 {
  let k = round(x * 0.636619772367581);
  let r = ((x - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789948768648e-8;
  let z = r * r;
  let s = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let c = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
  let q = (i32(k) + quarters) & 3;
  return select(1.0, -1.0, q > 1) * select(s, c, (q & 1) == 1);
}
fn sine(x : f32) -> f32 { return select(sin(x), turned(x, 0), abs(x) < 8192.0); }
fn cosine(x : f32) -> f32 { return select(cos(x), turned(x, 1), abs(x) < 8192.0); }
fn arctan2(y : f32, x : f32) -> f32 {
  let near = max(abs(x), abs(y));
  if (isnan(x) || isnan(y)) { return uniforms.NAN; }
  if (near == 0.0) { return 0.0; }
  let low = min(abs(x), abs(y)) / near;
  let far = low > 0.4142135623730950;
  let t = select(low, (low - 1.0) / (low + 1.0), far);
  let z = t * t;
  let part = t + t * z * (-3.33329491539e-1 + z * (1.99777106478e-1 + z * (-1.38776856032e-1 + z * 8.05374449538e-2)));
  var angle = select(0.0, 0.785398163397448, far) + part;
  if (abs(y) > abs(x)) { angle = 1.57079632679490 - angle; }
  if (x < 0.0) { angle = 3.14159265358979 - angle; }
  return select(angle, -angle, y < 0.0);
}
fn arccos(x : f32) -> f32 { return arctan2(sqrt((1.0 - x) * (1.0 + x)), x); }
`;

/** A program that computes each value of the result from one of each input, which are broadcast. */
function elementwise(name: string, outputShape: number[], variableNames: string[], expression: string) {
  const size = tf.util.sizeFromShape(outputShape);
  const reads = variableNames.map((variable) => `get${variable}ByOutputIndex(index)`);
  return {
    outputShape,
    variableNames,
    shaderKey: `fewshot_${name}`,
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(size / WORKGROUP), 1, 1] as [number, number, number],
    workgroupSize: [WORKGROUP, 1, 1] as [number, number, number],
    size: true,
    getUserCode: () => `${angles}
fn main(index : i32) {
  if (index < uniforms.size) { setOutputAtIndex(index, ${expression}(${reads.join(', ')})); }
}`,
  };
}

/** Kernels in place of those of `@tensorflow/tfjs-backend-webgpu` that are too coarse for points on a sphere, or wrong. */
function replacements(): tf.KernelConfig[] {
  const unary = (kernelName: string, expression: string): tf.KernelConfig => ({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs.x as tf.TensorInfo;
      return (backend as WebGPUBackend).runWebGPUProgram(
        elementwise(expression, x.shape, ['A'], expression),
        [x],
        'float32',
      );
    },
  });
  const { kernelFunc: addSome } = tf.getKernel(tf.AddN, 'webgpu');
  return [
    unary(tf.Sin, 'sine'),
    unary(tf.Cos, 'cosine'),
    unary(tf.Acos, 'arccos'),
    {
      kernelName: tf.Atan2,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, backend }) => {
        const [a, b] = [inputs.a as tf.TensorInfo, inputs.b as tf.TensorInfo];
        const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
        const program = elementwise('arctan2', shape, ['A', 'B'], 'arctan2');
        return (backend as WebGPUBackend).runWebGPUProgram(program, [a, b], 'float32');
      },
    },
    {
      kernelName: tf.AddN,
      backendName: 'webgpu',
      // The stock one binds all at once, and the device refuses more than it has places for.
      kernelFunc: (call) => {
        let addends = Object.values(call.inputs) as tf.TensorInfo[];
        let sum: tf.TensorInfo | undefined;
        do {
          const inputs = addends.slice(0, ADDENDS) as unknown as tf.NamedTensorInfoMap;
          const next = addSome({ ...call, inputs }) as tf.TensorInfo;
          if (sum !== undefined) (call.backend as WebGPUBackend).disposeData(sum.dataId);
          sum = next;
          addends = [sum, ...addends.slice(ADDENDS)];
        } while (addends.length > 1);
        return sum;
      },
    },
  ];
}

const replaced = new WeakSet<object>();

/** Registers them, once for each backend. */
export function registerWebgpuKernels(): void {
  const backend = tf.backend();
  if (replaced.has(backend)) return;
  replaced.add(backend);
  for (const kernel of replacements()) {
    tf.unregisterKernel(kernel.kernelName, 'webgpu');
    tf.registerKernel(kernel);
  }
}
