export type { DecoderName, ImageDecoder } from './decode/decoder.js';
export type { ImageHeader } from './decode/imageHeader.js';
export { decodeJpeg } from './decode/jpeg.js';
export * from './episodes.js';
export * from './faceSet.js';
export {
  type FashionMnist,
  type FashionMnistOptions,
  fashionMnistClasses,
  loadFashionMnist,
} from './fashionMnist.js';
export { type Fit, fits, fitTo } from './fitTo.js';
export { glyphCharacters } from './glyphs/characters.js';
export { type RenderGlyphsOptions, renderGlyphs } from './glyphs/renderGlyphs.js';
export type { Square } from './grayThumbnail.js';
export * from './idx.js';
export {
  type FolderImage,
  type ImageFolderOptions,
  imageFolder,
  type SplitName,
  splitNames,
} from './imageFolder.js';
export * from './imageSource.js';
export { type ComposeClassesOptions, composeClasses } from './invented/composeClasses.js';
export { type InventSymbolsOptions, inventSymbols } from './invented/inventSymbols.js';
export * from './joinSources.js';
export * from './lines.js';
export * from './mnist.js';
export * from './multiPie.js';
export { type MultiPieName, multiPieCameras, multiPieYaws } from './multiPieName.js';
export * from './own/index.js';
export type { Pixels } from './pixels.js';
export { decodePng, encodePng } from './png.js';
