import { UsageError } from '../../core/errors.js';
import { shown } from '../../core/shown.js';
import type { Learner } from '../learner.js';
import { type AaeOptions, aae } from './aae.js';
import { type AcaiOptions, acai } from './acai.js';
import { type AdversarialDecoderOptions, adversarialDecoder } from './adversarialDecoder.js';
import { ae } from './ae.js';
import { type AtnlOptions, atnl } from './atnl.js';
import { type VaeOptions, vae } from './vae.js';
import { type VaeTripletLossOptions, vaeTripletLoss } from './vaeTripletLoss.js';

/** Options of each learner by its name. */
export interface LearnerOptions {
  readonly ae: Readonly<Record<never, never>>;
  readonly vae: VaeOptions;
  readonly vaeTripletLoss: VaeTripletLossOptions;
  readonly aae: AaeOptions;
  readonly acai: AcaiOptions;
  readonly atnl: AtnlOptions;
  readonly adversarialDecoder: AdversarialDecoderOptions;
}

/** Names of the learners. */
export type LearnerName = keyof LearnerOptions;

const learners: { readonly [Name in LearnerName]: (options?: LearnerOptions[Name]) => Learner } = {
  ae,
  vae,
  vaeTripletLoss,
  aae,
  acai,
  atnl,
  adversarialDecoder,
};

/** Names of the learners, for choices. */
export const learnerNames = Object.keys(learners) as readonly LearnerName[];

/** The learner of that name. Throws a `UsageError` that lists the names there are, or names an option that is out of range. */
export function createLearner<Name extends LearnerName>(name: Name, options?: LearnerOptions[Name]): Learner {
  if (typeof name !== 'string' || !Object.hasOwn(learners, name)) {
    throw new UsageError(`there is no learner named ${shown(name)}`, {
      hint: `Learners: ${learnerNames.join(', ')}.`,
    });
  }
  return learners[name](options);
}
