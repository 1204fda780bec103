export {
  countOf,
  formatShape,
  type ImageSet,
  type ImageShape,
  imagesOf,
  type LabelShare,
  labelSharesOf,
  packImages,
  select,
  sizeOf,
} from '../core/image.js';
export { type RandomStream, randomStream } from '../core/random.js';
export { type ComposeClassesOptions, composeClasses } from '../data/composeClasses.js';
export type { DecoderName, ImageDecoder } from '../data/decode/decoder.js';
export type { ImageHeader } from '../data/decode/imageHeader.js';
export { decodeJpeg } from '../data/decode/jpeg.js';
export type { Pixels } from '../data/decode/pixels.js';
export { decodePng, encodePng } from '../data/decode/png.js';
export { type Episode, type EpisodeOptions, type EpisodeSources, sampleEpisode } from '../data/episodes.js';
export { glyphCharacters } from '../data/glyphCharacters.js';
export { type IdxArray, parseIdx } from '../data/idx.js';
export {
  byteSource,
  type ImageSource,
  joinSources,
  ofClasses,
  setSource,
  slice,
} from '../data/imageSource.js';
export { type InventSymbolsOptions, inventSymbols } from '../data/inventSymbols.js';
export { type Fit, fits, fitTo } from '../data/resize.js';
export {
  type BuiltInSet,
  type BuiltInSetName,
  type BuiltInSetOptions,
  fashionMnistClasses,
  holdOutValidation,
  loadFashionMnist,
  loadMnist,
} from './builtInSets.js';
export type { Catalog, CatalogImage, CatalogImages, StoredImage } from './images/catalog.js';
export {
  type FolderImage,
  type ImageFolderOptions,
  imageFolder,
  type SplitName,
  splitNames,
} from './images/imageFolder.js';
export { type LoadOwnOptions, loadOwnImages, nameOfData, type OwnImages } from './images/loadImages.js';
export { openCatalog } from './images/openCatalog.js';
export { type BadImage, type ReadImage, type ReadOwnOptions, readImages } from './images/readImages.js';
export { type Survey, survey } from './images/survey.js';
export { type RenderGlyphsOptions, renderGlyphs } from './renderGlyphs.js';
