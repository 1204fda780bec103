export * from '../data/index.js';
export {
  type BuiltInSet,
  type BuiltInSetName,
  type BuiltInSetOptions,
  builtInSetNames,
  fashionMnistClasses,
  holdOutValidation,
  loadBuiltInSet,
  loadFashionMnist,
  loadMnist,
} from './builtInSets.js';
export { type FontAlphabetsOptions, fontAlphabets } from './fontAlphabets.js';
export type { Catalog, CatalogImage, CatalogImages, CatalogOptions, StoredImage } from './images/catalog.js';
export {
  type EmbeddedImages,
  type EmbeddingWork,
  type EmbedOptions,
  embedCatalog,
  type PictureVariants,
} from './images/embedCatalog.js';
export type { BadImage, Findings, LeftOut, PassedOver } from './images/findings.js';
export { type FolderImage, type ImageFolderOptions, imageFolder } from './images/imageFolder.js';
export { type LoadOwnOptions, loadOwnImages, nameOfData, type OwnImages } from './images/loadImages.js';
export { openCatalog } from './images/openCatalog.js';
export { type ReadImage, type ReadOwnOptions, readImages } from './images/readImages.js';
export { type SplitName, splitNames } from './images/splits.js';
export { type Survey, survey } from './images/survey.js';
export { type RenderGlyphsOptions, renderGlyphs } from './renderGlyphs.js';
