import { UsageError } from '../../core/errors.js';
import type { Model } from '../../models/model.js';
import type { Arm } from './arm.js';
import { armNamed } from './arms.js';

/** Arms that an encoder can go, of some. */
export interface ArmsFor {
  readonly arms: readonly string[];
  /** What was left out and why, a sentence for each reason. */
  readonly notes: readonly string[];
}

/** The arms that an encoder can go, of those named. Without a model, it is one that an episode trains, which learns no style. */
export function armsFor(names: readonly string[], model?: Model): ArmsFor {
  const arms: string[] = [];
  const left = new Map<string, string[]>();
  for (const name of names) {
    const why = obstacle(armNamed(name), model);
    if (why === undefined) arms.push(name);
    else left.set(why, [...(left.get(why) ?? []), name]);
  }
  const whose = model === undefined ? 'encoders of episodes' : model.card.name;
  const notes = Array.from(left, ([why, some]) => `No ${some.join(', ')} with ${whose}: ${why}.`);
  return { arms, notes };
}

function obstacle(arm: Arm, model: Model | undefined): string | undefined {
  const unstyled = 'codes have no style part';
  if (model === undefined) return arm.needsStyle ? unstyled : undefined;
  try {
    arm.check?.(model, []);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (model.latentSpace !== 'sphere') return 'codes are on no sphere';
    if (arm.needsStyle && model.styleSize === 0) return unstyled;
    return arm.needsBase && model.base === undefined ? 'it holds no base codes' : error.message;
  }
}
