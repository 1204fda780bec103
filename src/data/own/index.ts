export type { Catalog, CatalogImage, CatalogImages, StoredImage } from './catalog.js';
export {
  type BadImage,
  type LoadOwnOptions,
  loadOwnImages,
  nameOfData,
  type OwnImages,
  type ReadImage,
  type ReadOwnOptions,
  readImages,
} from './loadOwnImages.js';
export { openByName, openCatalog } from './openCatalog.js';
export { type Survey, survey } from './survey.js';
