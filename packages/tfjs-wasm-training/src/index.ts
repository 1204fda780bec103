/** Kernels that let TensorFlow.js train on its WebAssembly backend. */
export { type Arithmetic, arithmetic } from './arithmetic.js';
export { type RecordedStep, recorded, type Step } from './recorded.js';
export { isSupported, kernelNames, type RegisterOptions, register, threads } from './register.js';
export { useReluGrad } from './reluGradient.js';
export { onSharedMemory } from './sharedMemory.js';
