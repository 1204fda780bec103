import { UsageError } from '../core/index.js';
import { activationKnn } from './activationKnn.js';
import { exactKnn } from './knn.js';
import { type KnnEngine, knnEngineNames } from './knnEngine.js';
import { mlKnn } from './mlKnn.js';

export { createCnn } from './cnn.js';
export * from './cnnPresets.js';
export type * from './cnnTypes.js';
export {
  type Features,
  type KnnEngine,
  type KnnEngineName,
  type KnnOptions,
  knnEngineNames,
} from './knnEngine.js';
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
