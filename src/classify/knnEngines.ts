import { UsageError } from '../core/errors.js';
import { shown } from '../core/shown.js';
import { activationKnn } from './activationKnn.js';
import { exactKnn } from './exactKnn.js';
import { type KnnEngine, type KnnEngineName, knnEngineNames } from './knnEngine.js';
import { mlKnn } from './mlKnn.js';

const engines: Readonly<Record<KnnEngineName, KnnEngine>> = {
  exact: exactKnn,
  'ml-knn': mlKnn,
  tfjs: activationKnn,
};

/** The engine of that name. Throws a `UsageError` for an unknown one. */
export function knnEngine(name: string): KnnEngine {
  if (typeof name === 'string' && Object.hasOwn(engines, name)) return engines[name as KnnEngineName];
  throw new UsageError(`there is no k-NN engine '${shown(name)}'`, {
    hint: `Known engines: ${knnEngineNames.join(', ')}.`,
  });
}
