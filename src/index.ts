export type { Pose } from '../paper/faces/camera.js';
export { type FaceIdentity, faceIdentity, type HairStyle } from '../paper/faces/identity.js';
export { type Light, standardLights } from '../paper/faces/light.js';
export { type RenderFacesOptions, renderFaces } from '../paper/faces/renderFaces.js';
export { headRenderer } from '../paper/faces/renderHead.js';
export { type LineInterpolationScores, scoreLineInterpolations } from '../paper/lineInterpolation.js';
export { drawLine, LINE_IMAGE_SIDE, type Lines, renderLines } from '../paper/lines.js';
export {
  type FaceFacts,
  type FaceSet,
  faceSet,
  loadMultiPie,
  type MultiPieFile,
  type MultiPieName,
  type MultiPieOptions,
  multiPieCameras,
  multiPieFiles,
  multiPieYaws,
  type Square,
} from '../paper/multiPie.js';
export { type InterpolationOnLinesOptions, interpolationOnLines } from '../paper/onLines.js';
export {
  type EncoderLabelsOptions,
  encoderLabels,
  type LabelByEncoderOptions,
  labelByEncoder,
} from './augment/encoderLabels.js';
export { type GeometricOptions, geometric } from './augment/geometric.js';
export { hallucinate, hallucinations } from './augment/hallucinate.js';
export type { DroppedHallucination, HallucinateOptions } from './augment/hallucinateOptions.js';
export type { LabelCheck } from './augment/labelCheck.js';
export { cutmix, type MixingOptions, mixup } from './augment/mixing.js';
export {
  baseOf,
  defaultPath,
  extrapolatePath,
  type LatentPath,
  latentPath,
  lerpPath,
  meanPath,
  type PathName,
  pathNames,
  restylePath,
  slerpPath,
  tangentPath,
  transportPath,
  type Waypoint,
} from './augment/paths.js';
export {
  PIPELINE_SCHEMA,
  type Pipeline,
  type PipelineJSON,
  type PipelineOptions,
  pipeline,
  pipelineFromJSON,
} from './augment/pipeline/pipeline.js';
export type {
  BalanceClassesStep,
  CutmixStep,
  GeometricStep,
  HallucinateStep,
  MixupStep,
  PipelineStep,
  ShuffleStep,
  StepJSON,
  StepName,
} from './augment/pipeline/steps.js';
export { replayHallucination } from './augment/replayHallucination.js';
export {
  type AffineOptions,
  affine,
  type RotateOptions,
  rotate,
  type ScaleOptions,
  type ShearOptions,
  type ShiftOptions,
  scale,
  shear,
  shift,
} from './augment/transforms/affine.js';
export { type BlurOptions, blur } from './augment/transforms/blur.js';
export { compose, oneOf, sometimes } from './augment/transforms/combine.js';
export { type CropOptions, crop } from './augment/transforms/crop.js';
export { type ElasticOptions, elastic } from './augment/transforms/elastic.js';
export { type EraseOptions, erase } from './augment/transforms/erase.js';
export { type FlipOptions, flip } from './augment/transforms/flip.js';
export { type NoiseOptions, noise } from './augment/transforms/noise.js';
export {
  geometricTransforms,
  type TransformKind,
  transformFromJSON,
  transformToJSON,
} from './augment/transforms/registry.js';
export {
  type BrightnessOptions,
  brightness,
  type ContrastOptions,
  contrast,
} from './augment/transforms/tone.js';
export {
  type ImageTransform,
  type Json,
  type TransformData,
  transformed,
} from './augment/transforms/transform.js';
export type { Fill } from './augment/transforms/warp.js';
export { describeBackend } from './backend/info.js';
export { assertKernels, requiredKernels } from './backend/requiredKernels.js';
export { activationKnn } from './classify/activationKnn.js';
export {
  type ActivationKnnJson,
  activationKnnFromJSON,
  activationKnnToJSON,
} from './classify/activationKnnJson.js';
export { type AddToOptions, addTo } from './classify/addTo.js';
export {
  type Cnn,
  type CnnFitOptions,
  type CnnOptions,
  type CnnProgress,
  createCnn,
} from './classify/cnn.js';
export { type CnnJson, cnnFromJSON, cnnToJSON } from './classify/cnnJson.js';
export {
  type CnnDropout,
  type CnnPreset,
  type CnnPresetName,
  type CnnRecipe,
  type ConvolutionLayer,
  cnnPresets,
} from './classify/convNet.js';
export { exactKnn } from './classify/exactKnn.js';
export {
  KnnClassifier,
  type KnnClassifierOptions,
  type KnnJson,
  type KnnPrediction,
} from './classify/knnClassifier.js';
export {
  type Features,
  type KnnEngine,
  type KnnEngineName,
  type KnnOptions,
  knnEngineNames,
} from './classify/knnEngine.js';
export { knnEngine } from './classify/knnEngines.js';
export type { KnnEncoder, KnnInput } from './classify/knnInput.js';
export { mlKnn } from './classify/mlKnn.js';
export { firstNonFinite } from './core/checks.js';
export {
  BackendError,
  DataError,
  FewshotError,
  ModelError,
  TrainingError,
  UsageError,
} from './core/errors.js';
export {
  assertUsableImage,
  countOf,
  formatShape,
  type ImageSet,
  type ImageShape,
  imagesOf,
  type Label,
  type LabeledImage,
  type LabelShare,
  labelSharesOf,
  type Provenance,
  packImages,
  select,
  sizeOf,
} from './core/image.js';
export { countPoints, pointRows } from './core/points.js';
export { type RandomStream, randomStream } from './core/random.js';
export { version } from './core/version.js';
export { type ComposeClassesOptions, composeClasses } from './data/composeClasses.js';
export type { DecoderName, ImageDecoder } from './data/decode/decoder.js';
export type { ImageHeader } from './data/decode/imageHeader.js';
export { decodeJpeg } from './data/decode/jpeg.js';
export type { Pixels } from './data/decode/pixels.js';
export { decodePng, encodePng } from './data/decode/png.js';
export { type Episode, type EpisodeOptions, type EpisodeSources, sampleEpisode } from './data/episodes.js';
export { glyphCharacters } from './data/glyphs.js';
export { type IdxArray, parseIdx } from './data/idx.js';
export {
  byteSource,
  type ImageSource,
  joinSources,
  ofClasses,
  setSource,
  slice,
} from './data/imageSource.js';
export { type InventSymbolsOptions, inventSymbols } from './data/inventSymbols.js';
export { type Fit, fits, fitTo } from './data/resize.js';
export type {
  Arm,
  ArmFacts,
  ArmTexts,
  CodeArm,
  EnlargedSupport,
  EnlargeOptions,
  ImageArm,
  TrainingPlan,
} from './evaluate/arms/arm.js';
export { armNamed, armNames, defaultArms } from './evaluate/arms/arms.js';
export { type EvaluationData, evaluationDataNames } from './evaluate/data.js';
export {
  type BalancedChoiceOptions,
  balancedChoice,
  type EmbeddingOptions,
} from './evaluate/embed/embedding.js';
export { type TsneOptions, tsne } from './evaluate/embed/tsne.js';
export { type UmapOptions, umap } from './evaluate/embed/umap.js';
export { evaluate } from './evaluate/evaluate.js';
export {
  type HeldOutClassifier,
  type HeldOutClassifierOptions,
  heldOutClassifier,
  restoreHeldOutClassifier,
} from './evaluate/interpolation/heldOutClassifier.js';
export {
  type ChoosePairsOptions,
  choosePairs,
  evenOmegas,
  type ImagePair,
  type IndexPair,
  type InterpolateOptions,
  type InterpolationPath,
  imagePairs,
  interpolate,
  interpolationPaths,
  interpolationPathsIn,
  type MidpointLabelsOptions,
  midpointLabels,
} from './evaluate/interpolation/latentInterpolation.js';
export { type ClassOrder, classOrder, spearman } from './evaluate/metrics/classOrder.js';
export {
  type FeatureGaussian,
  featureGaussian,
  frechetDistance,
} from './evaluate/metrics/frechetDistance.js';
export {
  type LabeledCodes,
  type LinearProbe,
  type LinearProbeOptions,
  linearProbe,
} from './evaluate/metrics/linearProbe.js';
export {
  type DensityCoverage,
  densityCoverage,
  type FeaturePoints,
  largestStepRatio,
  type Manifold,
  manifoldOf,
  type PrecisionRecall,
  precisionRecall,
} from './evaluate/metrics/manifold.js';
export { type PrincipalPlane, principalPlane } from './evaluate/metrics/principalPlane.js';
export { trustworthiness } from './evaluate/metrics/trustworthiness.js';
export type { EvaluateOptions } from './evaluate/onWorkers.js';
export {
  type EpisodeEncoderOptions,
  type EpisodeEncoderProtocol,
  type GivenEncoderProtocol,
  type Protocol,
  type ProtocolData,
  type ProtocolName,
  type ProtocolSources,
  protocolNames,
  protocols,
} from './evaluate/protocols.js';
export { evaluateQuality, type QualityOptions } from './evaluate/quality/evaluateQuality.js';
export { type InterpolationStepsOptions, interpolationSteps } from './evaluate/quality/interpolationSteps.js';
export {
  type AccuracyScoreOptions,
  classificationAccuracyScore,
  labelPreservation,
  naiveAugmentationScore,
} from './evaluate/quality/measureImages.js';
export {
  QUALITY_SCHEMA,
  type QualityComparison,
  type QualityFigure,
  type QualityMeasure,
  type QualityResult,
  type QualityRow,
  qualityMeasures,
} from './evaluate/quality/qualityResult.js';
export {
  defaultQuality,
  type QualityMaterial,
  type QualitySettings,
} from './evaluate/quality/qualitySettings.js';
export { type ArmResult, type Comparison, EVAL_SCHEMA, type EvaluationResult } from './evaluate/result.js';
export {
  type ClassifierName,
  defaultSettings,
  type EvaluationSettings,
  type NamedPipeline,
} from './evaluate/settings.js';
export {
  type Estimate,
  estimate,
  type Proportion,
  pairedDifference,
  proportion,
} from './evaluate/statistics.js';
export {
  type Architecture,
  type Autoencoder,
  architectureSchema,
  type LatentSpace,
  mnistArchitecture,
  type Posterior,
  weightCount,
} from './models/architecture.js';
export { type BaseCodes, baseCodes } from './models/baseCodes.js';
export { cardSchema, MODEL_SCHEMA, type ModelCard } from './models/card.js';
export { convolutionalAutoencoder } from './models/convolutional.js';
export {
  decodeModel,
  encodeModel,
  type Model,
  readWeights,
  type Weighted,
  writeWeights,
} from './models/model.js';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Precision,
  packTensors,
  type StoredTensor,
  type TensorFile,
} from './models/safetensors.js';
export {
  type BuiltInSet,
  type BuiltInSetName,
  type BuiltInSetOptions,
  fashionMnistClasses,
  holdOutValidation,
  loadFashionMnist,
  loadMnist,
} from './node/builtInSets.js';
export { type Keep, keptParts } from './node/files.js';
export { type RenderGlyphsOptions, renderGlyphs } from './node/glyphs.js';
export type { Catalog, CatalogImage, CatalogImages, StoredImage } from './node/images/catalog.js';
export {
  type FolderImage,
  type ImageFolderOptions,
  imageFolder,
  type SplitName,
  splitNames,
} from './node/images/imageFolder.js';
export {
  type BadImage,
  type LoadOwnOptions,
  loadOwnImages,
  nameOfData,
  type OwnImages,
  type ReadImage,
  type ReadOwnOptions,
  readImages,
} from './node/images/loadImages.js';
export { openByName, openCatalog } from './node/images/openCatalog.js';
export { type Survey, survey } from './node/images/survey.js';
export { loadModel, MODEL_ENDING } from './node/loadModel.js';
export {
  type BackendInfo,
  type BackendName,
  type BackendRequest,
  backendNames,
  selectBackend,
} from './node/selectBackend.js';
export { type ReadableOptions, toReadable } from './node/toReadable.js';
export { angle, angleMatrix } from './sphere/angle.js';
export { expMap } from './sphere/exp.js';
export { lerp } from './sphere/lerp.js';
export { logMap } from './sphere/log.js';
export { type FrechetMeanOptions, frechetMean } from './sphere/mean.js';
export { normalize } from './sphere/normalize.js';
export type { Omega } from './sphere/omega.js';
export { anglePoint, carryPoint, lerpPoint, meanPoint, scatterPoint, slerpPoint } from './sphere/point.js';
export { slerp } from './sphere/slerp.js';
export { transport } from './sphere/transport.js';
export type { PullSource } from './stream/backpressure.js';
export { type BalanceOptions, balanceClasses } from './stream/balanceClasses.js';
export { forEachBatch } from './stream/forEachBatch.js';
export { fromPull, type PullOptions } from './stream/fromPull.js';
export { type MixOptions, type MixSource, mixSources } from './stream/mixSources.js';
export { paced } from './stream/paced.js';
export { pullThrough } from './stream/pullThrough.js';
export { shuffleWith } from './stream/shuffleWith.js';
export { type AsyncIterableOptions, type PulledIterable, toAsyncIterable } from './stream/toAsyncIterable.js';
export { type Batch, type BatchOptions, toBatch, toBatches } from './stream/toBatches.js';
export { type BatchDataset, type DatasetOptions, type Samples, toDataset } from './stream/toDataset.js';
export {
  fitAutoencoder,
  type TrainingData,
  type TrainingOptions,
  type TrainingProgress,
} from './training/fitAutoencoder.js';
export {
  architectureFor,
  assertSuits,
  type Learner,
  type LossParts,
  type Part,
  type PreparedLearner,
  singlePart,
  type TrainingBatch,
} from './training/learner.js';
export { type AaeOptions, aae } from './training/learners/aae.js';
export { type AcaiOptions, acai } from './training/learners/acai.js';
export { ae } from './training/learners/ae.js';
export { type AtnlOptions, atnl, type SemanticsName } from './training/learners/atnl.js';
export {
  createLearner,
  type LearnerName,
  type LearnerOptions,
  learnerNames,
} from './training/learners/registry.js';
export { type VaeOptions, vae } from './training/learners/vae.js';
export { type VaeTripletLossOptions, vaeTripletLoss } from './training/learners/vaeTripletLoss.js';
export { criticLoss, discriminatorLoss, generatorLoss } from './training/losses/adversarial.js';
export {
  type AngularTripletNeighborOptions,
  angularTripletNeighbor,
} from './training/losses/angularTripletNeighbor.js';
export { angularDistances, euclideanDistances } from './training/losses/distance.js';
export { kl } from './training/losses/kl.js';
export {
  bernoulliError,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  meanSquaredError,
  squaredError,
} from './training/losses/reconstruction.js';
export { circular, nominal, ordinal, type Semantics } from './training/losses/semantics.js';
export { type TripletOptions, triplet } from './training/losses/triplet.js';
export {
  meanOfActive,
  meanOfSelected,
  type Reduction,
  type TripletRule,
  type TripletTally,
  tripletHinge,
} from './training/losses/triplets.js';
export { startFromMean } from './training/startFromMean.js';
