export * from './augment/index.js';
export * from './backend/index.js';
export * from './classify/index.js';
export * from './core/index.js';
export * from './data/index.js';
export * from './embed/index.js';
export * from './evaluate/index.js';
export * from './faces/index.js';
export { type Keep, keptParts } from './files/keptParts.js';
export * from './files/loadModel.js';
export * from './losses/index.js';
export * from './metrics/index.js';
export * from './models/index.js';
export * from './node/index.js';
export * from './pipeline/index.js';
export * from './sphere/index.js';
export * from './stream/index.js';
export {
  type FitOptions as TrainingOptions,
  fit as fitAutoencoder,
  type Progress,
  type TrainingData,
} from './training/index.js';
export { version } from './version.js';
