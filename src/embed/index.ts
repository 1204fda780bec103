export { type BalancedChoiceOptions, balancedChoice } from './balancedChoice.js';
export type { EmbeddingOptions } from './options.js';
export { type TsneOptions, tsne } from './tsne.js';
export { type UmapOptions, umap } from './umap.js';
