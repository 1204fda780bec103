export { TrainingError } from '../core/errors.js';
export {
  type Architecture,
  type Autoencoder,
  architectureSchema,
  type LatentSpace,
  mnistArchitecture,
  type Posterior,
  weightCount,
} from '../models/architecture.js';
export { type BaseCodes, baseCodes } from '../models/baseCodes.js';
export { convolutionalAutoencoder } from '../models/convolutional.js';
export { decodeModel, encodeModel, readWeights, type Weighted, writeWeights } from '../models/model.js';
export { cardSchema, MODEL_SCHEMA, type ModelCard } from '../models/modelCard.js';
export { type NormalizeOptions, normalizeFor } from '../models/normalizeFor.js';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Precision,
  type Precisions,
  packTensors,
  type StoredTensor,
  type TensorFile,
} from '../models/safetensors.js';
export type { BatchSource, TrainingData } from './batches.js';
export {
  fitAutoencoder,
  type TrainingOptions,
  type TrainingProgress,
} from './fitAutoencoder.js';
export {
  architectureFor,
  assertSuits,
  type Learner,
  type LossParts,
  type Part,
  type PreparedLearner,
  singlePart,
  type TrainingBatch,
} from './learner.js';
export { type AaeOptions, aae } from './learners/aae.js';
export { type AcaiOptions, acai } from './learners/acai.js';
export {
  type AdversarialDecoderOptions,
  adversarialDecoder,
} from './learners/adversarialDecoder.js';
export { ae } from './learners/ae.js';
export { type AtnlOptions, atnl, type SemanticsName } from './learners/atnl.js';
export {
  createLearner,
  type LearnerName,
  type LearnerOptions,
  learnerNames,
} from './learners/createLearner.js';
export { type VaeOptions, vae } from './learners/vae.js';
export { type VaeTripletLossOptions, vaeTripletLoss } from './learners/vaeTripletLoss.js';
export { startFromMean } from './startFromMean.js';
