export * from './architecture.js';
export * from './autoencoder.js';
export { type BaseCodes, baseCodes } from './baseCodes.js';
export * from './card.js';
export * from './convolutional.js';
export * from './learner.js';
export * from './learners/index.js';
export * from './model.js';
export * from './safetensors.js';
