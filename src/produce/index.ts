export * from './augment/index.js';
export {
  type Dataset,
  type DatasetName,
  datasetDefaults,
  datasetNames,
  type LoadDatasetOptions,
  loadDataset,
} from './dataset.js';
export type { TrainingRecipe } from './recipe.js';
export { encodeAll } from './scores.js';
export * from './trainModel.js';
