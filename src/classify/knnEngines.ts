import { UsageError } from '../core/errors.js';
import { activationKnn } from './activationKnn.js';
import { exactKnn } from './exactKnn.js';
import { type KnnEngine, knnEngineNames } from './knnEngine.js';
import { mlKnn } from './mlKnn.js';

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
