export type { HallucinateOptions } from './augment/hallucinateOptions.js';
export { type ResizedCropOptions, resizedCrop } from './augment/transforms/resizedCrop.js';
export {
  type CodeOrigin,
  createLinearHead,
  type HeadFit,
  type HeadKind,
  type HeadPrediction,
  type HeadWeights,
  headKinds,
  type LinearHead,
  type LinearHeadOptions,
} from './classify/linearHead.js';
export { type HeadJson, headFromJSON, headToJSON, type ReadHeadOptions } from './classify/linearHeadJson.js';
export type { LabeledCode } from './core/code.js';
export type {
  BackboneExtractor,
  BackboneOptions,
  PixelRange,
  PixelScale,
  Preprocessing,
} from './models/backbone.js';
export type { CodeSpace, FeatureExtractor, Picture } from './models/extractor.js';
export {
  EXTRACTOR_SCHEMA,
  type ExtractorCard,
  extractorCardSchema,
} from './models/extractorCard.js';
export {
  decodeExtractor,
  type ExtractorOptions,
  type ExtractorParts,
  encodeExtractor,
} from './models/extractorFile.js';
export { type FeatureHead, type HeadFacts, withHead } from './models/featureHead.js';
export { extractorOf } from './models/modelExtractor.js';
export {
  extractorFromOnnx,
  type OnnxOptions,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
} from './models/onnxExtractor.js';
export { extractorFromTfjs, type TfjsModel, type TfjsOptions } from './models/tfjsExtractor.js';
export { type FitHeadOptions, type FittedHead, fitHead } from './training/fitHead.js';
