export type { Background } from '../core/background.js';
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
export { type Alphabet, inventAlphabet } from './characters/alphabet.js';
export {
  type Character,
  type CharacterStroke,
  inventCharacter,
  type Placement,
  type Spot,
} from './characters/character.js';
export { type CharacterBatchOptions, characterBatch } from './characters/characterBatch.js';
export { type Drawer, inventDrawer } from './characters/drawer.js';
export { type DrawCharacterOptions, drawCharacter } from './characters/drawing.js';
export type { FontAlphabet } from './characters/fontAlphabet.js';
export type { SubStroke, SubStrokePreferences, SubStrokeShape } from './characters/subStroke.js';
export { varyCharacter } from './characters/variant.js';
export { type ComposeClassesOptions, composeClasses } from './composeClasses.js';
export type { DecoderName, ImageDecoder } from './decode/decoder.js';
export { UnsupportedFormatError } from './decode/formats.js';
export type { ImageHeader } from './decode/imageHeader.js';
export { decodeJpeg } from './decode/jpeg.js';
export type { Pixels, Transparency } from './decode/pixels.js';
export { decodePng, encodePng } from './decode/png.js';
export type { DecodeOptions } from './decode/transparency.js';
export { type Episode, type EpisodeOptions, type EpisodeSources, sampleEpisode } from './episodes.js';
export type { InkPolarity } from './findInk.js';
export { glyphCharacters } from './glyphCharacters.js';
export { type IdxArray, parseIdx } from './idx.js';
export { byteSource, type ImageSource, joinSources, ofClasses, setSource, slice } from './imageSource.js';
export { fromInk, type InkDrawing, type InkFrame, type InkOptions, toInk } from './ink.js';
export { type InventSymbolsOptions, inventSymbols } from './inventSymbols.js';
export type { Box } from './resample.js';
export { type Fit, fits, fitTo } from './resize.js';
