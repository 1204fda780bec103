export { criticLoss, discriminatorLoss, generatorLoss } from './adversarial.js';
export { type AngularTripletNeighborOptions, angularTripletNeighbor } from './angularTripletNeighbor.js';
export { angularDistances, euclideanDistances } from './distance.js';
export { kl } from './kl.js';
export {
  bernoulliError,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  meanSquaredError,
  squaredError,
} from './reconstruction.js';
export { circular, nominal, ordinal, type Semantics } from './semantics.js';
export { type TripletOptions, triplet } from './triplet.js';
export {
  meanOfActive,
  meanOfSelected,
  type Reduction,
  type TripletRule,
  type TripletTally,
  tripletHinge,
} from './triplets.js';
