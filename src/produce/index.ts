export * from './augment/index.js';
export {
  type Dataset,
  type DatasetName,
  datasetDefaults,
  datasetNames,
  isDatasetName,
  type LoadDatasetOptions,
  labelsOf,
  loadDataset,
} from './dataset.js';
export type { TrainingRecipe } from './recipe.js';
export { encodeAll } from './scores.js';
export * from './trainModel.js';
