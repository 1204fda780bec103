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
export {
  type BackendInfo,
  type BackendName,
  type BackendOptions,
  type BackendRequest,
  backendNames,
  selectBackend,
} from './backend/selectInBrowser.js';
export type { WasmPaths } from './backend/start.js';
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
export { loadModel, type ModelBytes } from './models/loadModel.js';
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
