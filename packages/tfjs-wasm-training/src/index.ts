/** Kernels that let TensorFlow.js train on its WebAssembly backend. */
export { type Arithmetic, arithmetic } from './arithmetic.js';
export { isSupported, kernelNames, type RegisterOptions, register, threads } from './register.js';
export { onSharedMemory } from './sharedMemory.js';
