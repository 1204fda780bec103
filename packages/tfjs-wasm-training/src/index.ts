/** Kernels that let TensorFlow.js train on its WebAssembly backend. */
export { isSupported, kernelNames, register } from './register.js';
