import { UsageError } from '../core/index.js';
import { activationKnn } from './activationKnn.js';
import { exactKnn } from './knn.js';
import { type KnnEngine, knnEngineNames } from './knnEngine.js';
import { mlKnn } from './mlKnn.js';

export { type ActivationKnnJson, activationKnnFromJSON, activationKnnToJSON } from './activationKnnJson.js';
export { type AddToOptions, addTo } from './addTo.js';
export { createCnn } from './cnn.js';
export { type CnnJson, cnnFromJSON, cnnToJSON } from './cnnJson.js';
export * from './cnnPresets.js';
export type * from './cnnTypes.js';
export { KnnClassifier, type KnnClassifierOptions, type KnnPrediction } from './knnClassifier.js';
export {
  type Features,
  type KnnEngine,
  type KnnEngineName,
  type KnnOptions,
  knnEngineNames,
} from './knnEngine.js';
export type { KnnEncoder, KnnInput } from './knnInput.js';
export type { KnnJson } from './knnJson.js';
export { activationKnn, exactKnn, mlKnn };

/** The engine of that name: `exact` (the default everywhere), `ml-knn` or `tfjs`. Throws a `UsageError` for another. */
export function knnEngine(name: string): KnnEngine {
  const found = [exactKnn, mlKnn, activationKnn].find((engine) => engine.name === name);
  if (found === undefined) {
    throw new UsageError(`there is no k-NN engine '${name}'`, {
      hint: `Known engines: ${knnEngineNames.join(', ')}.`,
    });
  }
  return found;
}
